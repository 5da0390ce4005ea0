// Package clauses knows which requirement stands where: in which specification, in which file, in which tests.
//
// It reads the sources with [go/parser] and runs none of them. Requirements are the rows of type Requirement in package
// fapi. A requirement is enforced where the sentinels are returned that the tables of packages fapi and resource give
// its ID, or where the ID itself stands. Its tests are found by their names, see [Test].
//
// docs/clauses.md is written from it, and the package's test fails where a requirement has no test that keeps it or none
// that is refused.
package clauses

//go:generate go run ./index ../..
