// Package shop is what a team that has run an authorization server on fosite for a while has written itself: its clients,
// its sessions, its store, its login page and its endpoints. Nothing in it knows this library. Only the programs before
// and after do, and they differ by one call.
//
// The store keeps JSON in files: [Store] passes fapitest's contract of a storage. Real servers have a database there.
package shop
