package fapitest

import "testing"

// Distinct is what [Table.Run] wants of its rows.
func Distinct(rows Table) error { return distinct(rows, func(r Row) string { return r.Name }) }

// Complete is what [Judgements.Run] wants of its cases.
func Complete(cases Judgements) error { return cases.complete() }

// Fail reports whether a row does: what [Table.Run] wants where a rule is left out.
func Fail(t *testing.T, rows Table, config Config) bool { return rows.fail(t, config) }

// Without leaves a rule out of a config, Named the rows of other rules out of a table.
var (
	Without = Config.without
	Named   = Table.named
)
