package fapitest_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"testing"

	"github.com/ory/fosite"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

func ruleOf(stage fapi.Stage, check func(*fapi.Request) error) fapi.Rule {
	return fapi.Rule{
		Requirement: fapi.Requirement{ID: "ACME-1", Stage: stage},
		Check:       func(_ context.Context, r *fapi.Request) error { return check(r) },
	}
}

func TestJudgement(t *testing.T) {
	t.Parallel()
	purpose := ruleOf(fapi.AtPushedRequest, func(r *fapi.Request) error {
		switch r.Parameters.Get("purpose") {
		case "":
			return fosite.ErrAccessDenied.WithHint("Send purpose.")
		case "broken":
			return errors.New("the database is down")
		case "written":
			r.Parameters.Set("purpose", "changed")
		case "appended":
			r.Parameters["scope"][0] = "changed"
		}
		return nil
	})
	for _, c := range []struct {
		name string
		fapitest.Judgement
		says string
	}{
		{"passes", fapitest.Judgement{Rule: purpose, Given: fapitest.Given("purpose", "rent")}, ""},
		{"refused", fapitest.Judgement{Rule: purpose, Want: "access_denied"}, ""},
		{"refused by an error without a code", fapitest.Judgement{Rule: purpose, Given: fapitest.Given("purpose", "broken"), Want: "invalid_request"}, ""},
		{"passes, and should not", fapitest.Judgement{Rule: purpose, Given: fapitest.Given("purpose", "rent"), Want: "access_denied"}, "access_denied"},
		{"refused, and should not be", fapitest.Judgement{Rule: purpose}, "access_denied"},
		{"refused by another code", fapitest.Judgement{Rule: purpose, Want: "invalid_request"}, "invalid_request"},
		{"sets a parameter", fapitest.Judgement{Rule: purpose, Given: fapitest.Given("purpose", "written")}, "ACME-1 changes the request"},
		{"changes a value in place", fapitest.Judgement{Rule: purpose, Given: fapitest.Given("purpose", "appended")}, "ACME-1 changes the request"},
		{"no check", fapitest.Judgement{Rule: fapi.Rule{Requirement: purpose.Requirement}}, "needs a Check"},
		{"no ID", fapitest.Judgement{Rule: fapi.Rule{Check: purpose.Check}}, "needs an ID"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.says == "" {
				passes(t, c.Test)
			} else {
				fails(t, c.says, c.Test)
			}
		})
	}

	kept := fapitest.Judgement{Name: "kept", Rule: purpose, Given: fapitest.Given("purpose", "rent")}
	refused := fapitest.Judgement{Name: "refused", Rule: purpose, Want: "access_denied"}
	fapitest.Judgements{kept, refused}.Run(t)
	assert.ErrorContains(t, fapitest.Complete(fapitest.Judgements{kept}), "one that is refused")
	assert.ErrorContains(t, fapitest.Complete(fapitest.Judgements{refused}), "a case that passes")
	assert.ErrorContains(t, fapitest.Complete(fapitest.Judgements{kept, refused, kept}), `two rows are named "kept"`)
	assert.ErrorContains(t, fapitest.Complete(nil), "no rows")
}

// What a rule is tried on is what it sees of a server, at every stage where there are rules.
func TestNewRequest(t *testing.T) {
	t.Parallel()
	for stage, do := range map[fapi.Stage]func(s *fapitest.Server){
		fapi.AtClientAuthentication: does(fapitest.Push()),
		fapi.AtPushedRequest:        does(fapitest.Push()),
		fapi.AtAuthorization:        does(fapitest.Visit()),
		fapi.AtToken:                does(fapitest.Redeem()),
		fapi.AtRefresh:              does(fapitest.Refresh()),
		fapi.AtIntrospection:        does(fapitest.Introspect()),
		fapi.AtRevocation:           does(fapitest.Revoke()),
		fapi.AtResource:             does(fapitest.Resource()),
		fapi.AtRegistration:         func(s *fapitest.Server) { assert.NoError(s, s.Provider.Check(s.Context(), s.Registration("client-a"))) },
	} {
		t.Run(string(stage), func(t *testing.T) {
			var seen *fapi.Request
			rule := ruleOf(stage, func(r *fapi.Request) error {
				copied := *r
				copied.Parameters = maps.Clone(r.Parameters)
				seen = &copied
				return nil
			})
			fapitest.Run(t, fapitest.Config{Rules: []fapi.Rule{rule}}, do)
			require.NotNil(t, seen)
			made := fapitest.NewRequest(stage)
			assert.ElementsMatch(t, slices.Collect(maps.Keys(seen.Parameters)), slices.Collect(maps.Keys(made.Parameters)))
			assert.Equal(t, seen.Client.GetID(), made.Client.GetID())
			seen.Parameters, seen.Time, seen.Client = made.Parameters, made.Time, made.Client
			assert.Equal(t, seen, made)
		})
	}
}

func does(step fapitest.Step) func(s *fapitest.Server) {
	return func(s *fapitest.Server) { fapitest.Accepted()(s, step(s)) }
}
