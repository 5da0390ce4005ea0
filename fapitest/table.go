package fapitest

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"unicode"

	"github.com/stretchr/testify/require"
)

// Run makes a server in a bubble of testing/synctest and tries test on it. The clock begins in the year 2000 and
// moves by [After] and [Pass] alone, at no cost. What the host adds must not leave goroutines behind; see
// [synctest.Test]. A test that needs the real clock calls [NewServer] instead.
func Run(t *testing.T, config Config, test func(s *Server)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		t.Helper()
		test(NewServer(t, config))
	})
}

// A Row is one sentence of a policy: what is done, and what is wanted of the answer. Name begins with the ID of the
// requirement that it tries, "ACME-7/refused without a purpose".
type Row struct {
	Name string
	Do   Step
	Want Check
}

// Test tries the row on a server.
func (r Row) Test(s *Server) {
	s.Helper()
	require.True(s, r.Do != nil && r.Want != nil, "the row needs Do and Want")
	r.Want(s, r.Do(s))
}

// A Table is a policy, sentence by sentence. A rule is tried from both sides: a row that is kept, and one that is
// refused and differs in one mutation.
type Table []Row

// Run tries every row as a subtest, each on a server of its own, as by [Run].
//
// The rules of the config that rows are named by are then left out, one after the other: a subtest wants a row of that
// name to fail. One that passes without its rule tries something else.
func (rows Table) Run(t *testing.T, config Config) {
	t.Helper()
	require.NoError(t, distinct(rows, func(r Row) string { return r.Name }))
	for _, row := range rows {
		t.Run(row.Name, func(t *testing.T) {
			t.Helper()
			Run(t, config, row.Test)
		})
	}
	for _, rule := range config.Rules {
		if named := rows.named(rule.ID); len(named) > 0 {
			t.Run(rule.ID+"/needed", func(t *testing.T) {
				require.True(t, named.fail(t, config.without(rule.ID)), "these rows pass without the rule, too")
			})
		}
	}
}

// named are the rows whose name begins with an ID.
func (rows Table) named(id string) Table {
	return slices.DeleteFunc(slices.Clone(rows), func(r Row) bool {
		rest, ok := strings.CutPrefix(r.Name, id)
		return !ok || rest != "" && (unicode.IsLetter(rune(rest[0])) || unicode.IsDigit(rune(rest[0])))
	})
}

// fail reports whether one of the rows does.
func (rows Table) fail(t *testing.T, config Config) bool {
	return slices.ContainsFunc(rows, func(row Row) bool {
		var p *probe
		synctest.Test(t, func(t *testing.T) {
			s := NewServer(t, config)
			p = &probe{TB: t}
			s.TB = p
			p.run(func() { row.Test(s) })
		})
		return p.Failed()
	})
}
