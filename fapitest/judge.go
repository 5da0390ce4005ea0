package fapitest

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/cnf"
	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/internal/must"
)

// A Judgement is one case of a rule, tried without any server: what [NewRequest] makes for the rule's stage, changed,
// and how the rule judges it.
type Judgement struct {
	Name string
	Rule fapi.Rule
	// Given changes the usual request; nil leaves it as it is. See [Given] for the commonest change.
	Given func(*fapi.Request)
	// Want is the OAuth error code that the client gets; "" passes.
	Want string
}

// Given sets a parameter of the request that a rule judges.
func Given(name string, values ...string) func(*fapi.Request) {
	return func(r *fapi.Request) { r.Parameters[name] = values }
}

// Test tries the case. It fails too where the rule changes the request, which is read only.
func (j Judgement) Test(tb testing.TB) {
	tb.Helper()
	require.NotNil(tb, j.Rule.Check, "the rule needs a Check")
	require.NotEmpty(tb, j.Rule.ID, "the rule needs an ID")
	r := NewRequest(j.Rule.Stage)
	if j.Given != nil {
		j.Given(r)
	}
	before := maps.Collect(func(yield func(string, []string) bool) {
		for name, values := range r.Parameters {
			if !yield(name, slices.Clone(values)) {
				return
			}
		}
	})
	scopes := slices.Clone(r.Scopes)
	err := j.Rule.Judge(tb.Context(), r)
	assert.Equal(tb, url.Values(before), r.Parameters, "%s changes the request", j.Rule.ID)
	assert.Equal(tb, scopes, r.Scopes, "%s changes the request", j.Rule.ID)
	assert.Equal(tb, j.Want, codeOf(err), "%s says: %v", j.Rule.ID, err)
}

// codeOf is the code by which a rule's refusal goes out.
func codeOf(err error) string {
	var refusal *fapi.Refusal
	if !errors.As(err, &refusal) {
		return ""
	}
	return refusal.Code()
}

// Judgements are the cases of one or more rules. Each rule has one that passes and one that doesn't, or it was not
// tried.
type Judgements []Judgement

// Run tries every case as a subtest.
func (cases Judgements) Run(t *testing.T) {
	t.Helper()
	require.NoError(t, cases.complete())
	for _, j := range cases {
		t.Run(j.Name, func(t *testing.T) { j.Test(t) })
	}
}

// complete says what is missing.
func (cases Judgements) complete() error {
	passes, refuses := map[string]bool{}, map[string]bool{}
	for _, j := range cases {
		if j.Want == "" {
			passes[j.Rule.ID] = true
		} else {
			refuses[j.Rule.ID] = true
		}
	}
	for _, j := range cases {
		if !passes[j.Rule.ID] || !refuses[j.Rule.ID] {
			return fmt.Errorf("fapitest: rule %q needs a case that passes and one that is refused", j.Rule.ID)
		}
	}
	return distinct(cases, func(j Judgement) string { return j.Name })
}

// distinct wants rows, of different names.
func distinct[R any](rows []R, name func(R) string) error {
	seen := make(map[string]bool, len(rows))
	for _, row := range rows {
		if seen[name(row)] {
			return fmt.Errorf("fapitest: two rows are named %q", name(row))
		}
		seen[name(row)] = true
	}
	if len(rows) == 0 {
		return errors.New("fapitest: there are no rows")
	}
	return nil
}

// NewRequest is what a rule sees of a usual request at a stage: of client-a, with its certificate, received now; once
// there is a grant, alice's. Parameters are never nil.
func NewRequest(stage fapi.Stage) *fapi.Request {
	const scope = "openid offline_access accounts"
	profile := fapi.FAPI2Security()
	m := must.Get(ClientConfig{}.withDefaults(0, profile.Name).enrol(scope+" payments", &profile))
	r := &fapi.Request{
		Stage: stage, Issuer: Issuer, Client: m.registered, Metadata: m.registered.RegistrationMetadata(), Profile: profile.Name,
		AuthMethod: m.AuthMethod, Certificate: m.certificate.Leaf, Parameters: url.Values{}, Time: time.Now(),
	}
	granted := func() {
		r.Scopes, r.Subject = strings.Fields(scope), "alice"
		r.Confirmation = cnf.Confirmation{X5TS256: cnf.Thumbprint(m.certificate.Leaf)}
	}
	switch stage {
	case fapi.AtClientAuthentication:
		r.Parameters = m.Request(Verifier(), scope)
	case fapi.AtPushedRequest:
		r.Parameters, r.Scopes = m.Request(Verifier(), scope), strings.Fields(scope)
	case fapi.AtAuthorization:
		r.Parameters, r.Scopes = m.Request(Verifier(), scope), strings.Fields(scope)
		r.AuthMethod, r.Certificate = "", nil
	case fapi.AtToken:
		granted()
		r.GrantType = "authorization_code"
		r.Parameters = url.Values{"grant_type": {r.GrantType}, "client_id": {m.ID}, "code": {"a code"}, "redirect_uri": {m.RedirectURI}, "code_verifier": {Verifier()}}
	case fapi.AtRefresh:
		granted()
		r.GrantType = "refresh_token"
		r.Parameters = url.Values{"grant_type": {r.GrantType}, "client_id": {m.ID}, "refresh_token": {"a refresh token"}}
	case fapi.AtIntrospection, fapi.AtRevocation:
		r.Parameters = url.Values{"client_id": {m.ID}, "token": {"a token"}}
	case fapi.AtResource:
		granted()
		r.Method, r.Path = http.MethodGet, resourcePath
		r.AuthMethod, r.Certificate = "", nil
	case fapi.AtRegistration:
		r.AuthMethod, r.Certificate = "", nil
	}
	return r
}
