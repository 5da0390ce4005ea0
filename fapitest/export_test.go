package fapitest

// Distinct is what [Table.Run] wants of its rows.
func Distinct(rows Table) error { return distinct(rows, func(r Row) string { return r.Name }) }

// Complete is what [Judgements.Run] wants of its cases.
func Complete(cases Judgements) error { return cases.complete() }
