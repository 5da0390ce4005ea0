// Command before is an authorization server on fosite, of the usual shape. Where it finds no data it makes a sample, and
// says what to do with it:
//
//	go run ./examples/upgrade/before
package main
