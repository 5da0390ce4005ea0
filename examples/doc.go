// Package examples holds runnable servers, clients and stores built on the
// public packages of this library. It is a module of its own, so what the
// examples depend on (database drivers, say) never reaches a host.
//
// Each directory is one program, run from the root of the repository:
//
//	go run ./examples/quickstart
package examples
