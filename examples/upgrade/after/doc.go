// Command after is the server of command before with one call changed: the clients that are banks get the FAPI 2.0
// Security Profile, the others notice nothing. Its data are those of command before, as they are:
//
//	go run ./examples/upgrade/after
package main
