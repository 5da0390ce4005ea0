package fapitest_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

func TestTableNeedsRows(t *testing.T) {
	t.Parallel()
	push := fapitest.Push()
	assert.ErrorContains(t, fapitest.Distinct(nil), "no rows")
	assert.ErrorContains(t, fapitest.Distinct(fapitest.Table{{Name: "x", Do: push}, {Name: "x", Do: push}}), `two rows are named "x"`)
	assert.NoError(t, fapitest.Distinct(fapitest.Table{{Name: "x"}, {Name: "y"}}))
}

// Rows that are named by a rule fail without it, or they try something else.
func TestTableNeedsItsRules(t *testing.T) {
	t.Parallel()
	idle := fapi.Rule{
		Requirement: fapi.Requirement{ID: "ACME-70", Stage: fapi.AtPushedRequest},
		Check:       func(context.Context, *fapi.Request) error { return nil },
	}
	config := fapitest.Config{Rules: []fapi.Rule{acme7, idle}}
	stated := fapitest.Param("purpose", "rent")
	rows := fapitest.Table{
		{Name: "ACME-7/kept", Do: fapitest.Push(stated), Want: fapitest.Accepted()},
		{Name: "ACME-7/refused", Do: fapitest.Push(), Want: fapitest.Refused("ACME-7", "invalid_request", 400)},
		{Name: "ACME-70/refused for another reason", Do: fapitest.Push(stated, fapitest.NoClaim("jti")), Want: fapitest.Refused("CA-06", "invalid_client", 401)},
		{Name: "ACME-7", Do: fapitest.Push(stated, func(*fapitest.Message) {}), Want: fapitest.Accepted()},
	}
	assert.Len(t, fapitest.Named(rows, "ACME-7"), 3)
	assert.Len(t, fapitest.Named(rows, "ACME-70"), 1)
	assert.True(t, fapitest.Fail(t, fapitest.Named(rows, "ACME-7"), fapitest.Without(config, "ACME-7")))
	assert.False(t, fapitest.Fail(t, fapitest.Named(rows, "ACME-7"), config))
	assert.False(t, fapitest.Fail(t, fapitest.Named(rows, "ACME-70"), fapitest.Without(config, "ACME-70")), "a row that lies")
	assert.Len(t, config.Rules, 2)

	broken := fapitest.Table{{Name: "panics", Do: func(*fapitest.Server) *fapitest.Answer { panic("broken") }, Want: fapitest.Accepted()}}
	assert.True(t, fapitest.Fail(t, broken, config))
	for name, end := range map[string]func(s *fapitest.Server){
		"Error":  func(s *fapitest.Server) { s.Error("x") },
		"Errorf": func(s *fapitest.Server) { s.Errorf("x") },
		"Fatal":  func(s *fapitest.Server) { s.Fatal("x") },
		"Fatalf": func(s *fapitest.Server) { s.Fatalf("x") },
		"Fail":   func(s *fapitest.Server) { s.Fail() },
	} {
		row := fapitest.Row{Name: name, Do: fapitest.Push(), Want: func(s *fapitest.Server, _ *fapitest.Answer) { s.Log("x"); s.Logf("x"); end(s) }}
		assert.True(t, fapitest.Fail(t, fapitest.Table{row}, fapitest.Config{}), name)
	}
	for name, end := range map[string]func(s *fapitest.Server){
		"Skip":    func(s *fapitest.Server) { s.Skip("x") },
		"Skipf":   func(s *fapitest.Server) { s.Skipf("x") },
		"SkipNow": func(s *fapitest.Server) { s.SkipNow() },
	} {
		row := fapitest.Row{Name: name, Do: fapitest.Push(), Want: func(s *fapitest.Server, _ *fapitest.Answer) { end(s) }}
		assert.False(t, fapitest.Fail(t, fapitest.Table{row}, fapitest.Config{}), name)
	}
}
