// Package upgrade shows an authorization server on fosite before and after it got the FAPI 2.0 Security Profile.
//
// Package shop is the host: its store, clients, sessions, login page and endpoints. Commands before and after run it.
// They differ by one call, and share their data. docs/upgrade.md goes through it step by step.
//
//	go run ./examples/upgrade/before -data data -cert server.pem -key server-key.pem
package upgrade
