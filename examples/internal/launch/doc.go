// Package launch builds and runs the programs of this module as processes, for tests of how they work together.
package launch
