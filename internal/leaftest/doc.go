// Package leaftest is what the tests of the leaves share: keys, tokens that break any rule, a replay store and a key source
// that do as they are told, a clock, and the floor under a benchmark.
//
// Nothing here uses the packages under test: a token is put together from bytes, and signed by the standard library, so
// that it may say what no decent signer would.
package leaftest
