// Package archtest keeps the rules about who may import whom.
//
// [Check] reads every Go file of the repository and returns what breaks a
// rule; the package's test runs it over the repository itself. The rules stand
// in rules.go, as a map from package to what it may import. A package missing
// from the map is a violation, so a new one is placed deliberately.
//
// The files are read in-process with [go/parser]: Go's test cache sees the
// files a test opens, and reruns it when one changes. Where a test asks the go
// command what a package links, third-party packages included, it opens the
// same files first for that reason.
package archtest
