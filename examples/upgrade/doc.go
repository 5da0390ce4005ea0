// Package upgrade shows an authorization server on fosite before and after it got the FAPI 2.0 Security Profile.
//
// Package shop is the host: its store, clients, sessions, login page and endpoints. Commands before and after run it.
// They differ by one call, and share their data. docs/upgrade.md goes through it step by step.
//
//	go run ./examples/upgrade/before
//	go run ./examples/upgrade/after
//
// Without a folder of data, the first of them makes one with a sample, shop-data; they say what to do with it.
package upgrade
