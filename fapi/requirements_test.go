package fapi_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
)

func builtIn() []fapi.Profile {
	return []fapi.Profile{
		fapi.FAPI1Advanced(), fapi.FAPI2Security(), fapi.FAPI2MessageSigning(),
		fapi.FAPI2MessageSigning(fapi.SignedRequests), fapi.FAPI2MessageSigning(fapi.SignedResponses), fapi.FAPI2MessageSigning(fapi.SignedIntrospection),
	}
}

func TestRequirementsAreWhole(t *testing.T) {
	t.Parallel()
	everywhere := map[string]fapi.Requirement{}
	for _, p := range builtIn() {
		here := map[string]bool{}
		for _, r := range p.Requirements() {
			assert.NotEmpty(t, r.ID, "%+v", r)
			assert.NotEmpty(t, r.Clause, "%+v", r)
			assert.NotEmpty(t, r.Stage, "%+v", r)
			assert.Regexp(t, `^[A-Za-z\d_#]+.*\.$`, r.Text, r.ID)
			assert.False(t, here[r.ID], "profile %q has %s twice", p.Name, r.ID)
			here[r.ID] = true
			if known, ok := everywhere[r.ID]; ok {
				assert.Equal(t, known, r)
			}
			everywhere[r.ID] = r
		}
	}
}

// A refusal names a requirement that its profile has, so that a log can be looked up.
func TestEveryRefusalHasARequirement(t *testing.T) {
	t.Parallel()
	for _, p := range builtIn() {
		known := map[string]bool{}
		for _, r := range p.Requirements() {
			known[r.ID] = true
		}
		for sentinel, id := range fapi.Named(p) {
			switch { // what can't come up without the family
			case !known["DPOP-02"] && strings.HasPrefix(sentinel.Error(), "dpop: "):
			case !known["JARM-01"] && strings.HasPrefix(id, "JARM-"):
			default:
				assert.True(t, known[id], "profile %q refuses %q by %s, which it does not have", p.Name, sentinel, id)
			}
		}
	}
}

func TestRequirementsFollowTheProfile(t *testing.T) {
	t.Parallel()
	rule := fapi.Rule{
		Requirement: fapi.Requirement{ID: "ACME-7", Clause: "ACME 7", Text: "No more than one account.", Stage: fapi.AtToken},
		Check:       func(context.Context, *fapi.Request) error { return nil },
	}
	ids := func(p fapi.Profile) (all []string) {
		for _, r := range p.Requirements() {
			all = append(all, r.ID)
		}
		return all
	}
	fapi1, fapi2 := ids(fapi.FAPI1Advanced()), ids(fapi.FAPI2Security().With(rule))
	require.Equal(t, "ACME-7", fapi2[len(fapi2)-1], "rules are last")
	assert.Equal(t, "F1B-AS-01", fapi1[0], "its own first")
	assert.Contains(t, fapi2, "DPOP-15")
	assert.NotContains(t, fapi1, "DPOP-15", "FAPI 1.0 has no DPoP")
	assert.Contains(t, fapi1, "JARM-01")
	assert.NotContains(t, fapi2, "JARM-01", "nothing is answered by JARM")
	assert.Contains(t, ids(fapi.FAPI2MessageSigning()), "JARM-01")
	narrow := fapi.FAPI2Security()
	narrow.Bindings = []fapi.Binding{fapi.BindingMTLS}
	assert.NotContains(t, ids(narrow), "DPOP-15", "the host left no DPoP")
}
