package fapi_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"testing"

	"github.com/ory/fosite"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/cnf"
	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

// What a rule gets is its own: it changes neither the request nor what the next rule sees.
func TestRulesCannotChangeTheRequest(t *testing.T) {
	t.Parallel()
	for _, stage := range []fapi.Stage{
		fapi.AtClientAuthentication, fapi.AtPushedRequest, fapi.AtAuthorization, fapi.AtToken, fapi.AtRefresh, fapi.AtIntrospection, fapi.AtRevocation, fapi.AtResource,
	} {
		t.Run(string(stage), func(t *testing.T) {
			t.Parallel()
			var first, second []fapi.Request
			b := newBench(t, "json")
			b.recompose(fapi.FAPI2Security().With(
				rule("ACME-1", stage, func(r *fapi.Request) error {
					kept := *r
					kept.Scopes, kept.Parameters = slices.Clone(r.Scopes), url.Values{}
					for name, values := range r.Parameters {
						kept.Parameters[name] = slices.Clone(values)
						values[0] = "admin"
					}
					first = append(first, kept)
					for i := range r.Scopes {
						r.Scopes[i] = "admin"
					}
					r.Parameters["redirect_uri"] = []string{"https://elsewhere.example.com/"}
					r.Metadata.ClientName, r.Metadata.TokenEndpointAuthMethod = "changed", "none"
					r.Subject, r.Stage = "mallory", fapi.AtComposition
					return nil
				}),
				rule("ACME-2", stage, func(r *fapi.Request) error {
					second = append(second, *r)
					return nil
				}),
			))
			assert.Equal(t, []string{"ok"}, b.everything(t))
			require.Len(t, second, len(first))
			require.NotEmpty(t, first)
			for i := range first {
				assert.Equal(t, first[i].Parameters, second[i].Parameters)
				assert.Equal(t, first[i].Scopes, second[i].Scopes)
				assert.Equal(t, first[i].Subject, second[i].Subject)
				assert.NotEqual(t, "none", second[i].Metadata.TokenEndpointAuthMethod)
			}
			a := b.authorize(b.a, b.a.Request(verifier, usualScope))
			assert.Equal(t, "client-a.example.com", a.Location().Host)
			assert.Equal(t, usualScope, b.got(b.a.Redeem(t.Context(), a.Location().Query().Get("code"), verifier)).Text("scope"))
		})
	}
}

// However a rule fails, the request is refused under its ID, with a status that says so, and its text stays inside.
func TestRulesThatFail(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		check  func(*fapi.Request) error
		code   string
		status int
	}{
		"a panic":          {func(*fapi.Request) error { panic("inside") }, "server_error", 500},
		"a nil pointer":    {func(*fapi.Request) error { var none *fosite.RFC6749Error; return none }, "invalid_request", 400},
		"any error":        {func(*fapi.Request) error { return errors.New("inside") }, "invalid_request", 400},
		"unknown code":     {func(*fapi.Request) error { return &fosite.RFC6749Error{ErrorField: "inside", CodeField: 400} }, "invalid_request", 400},
		"debug":            {func(*fapi.Request) error { return fosite.ErrInvalidScope.WithDebug("inside") }, "invalid_scope", 400},
		"no status":        {func(*fapi.Request) error { return &fosite.RFC6749Error{ErrorField: "invalid_request"} }, "invalid_request", 400},
		"no status, 401":   {func(*fapi.Request) error { return &fosite.RFC6749Error{ErrorField: "invalid_client"} }, "invalid_client", 401},
		"no status, 500":   {func(*fapi.Request) error { return &fosite.RFC6749Error{ErrorField: "server_error"} }, "server_error", 500},
		"no status, 503":   {func(*fapi.Request) error { return &fosite.RFC6749Error{ErrorField: "temporarily_unavailable"} }, "temporarily_unavailable", 503},
		"status 200":       {func(*fapi.Request) error { return &fosite.RFC6749Error{ErrorField: "access_denied", CodeField: 200} }, "access_denied", 400},
		"status of no use": {func(*fapi.Request) error { return &fosite.RFC6749Error{ErrorField: "access_denied", CodeField: 9999} }, "access_denied", 400},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, "json")
			b.recompose(fapi.FAPI2Security().With(rule("ACME-1", fapi.AtPushedRequest, c.check)))
			a := b.push(b.a, b.a.Request(fapitest.Verifier(), "accounts"))
			assert.Equal(t, c.status, a.Status)
			assert.Equal(t, c.code, a.Text("error"))
			assert.NotContains(t, string(a.Body), "inside")
			assert.Equal(t, "ACME-1", b.events.last())
		})
	}
}

// A rule about resources has the codes of RFC 6750 3.1.
func TestRuleThatWantsMoreScope(t *testing.T) {
	t.Parallel()
	b := newBench(t, "json")
	b.recompose(fapi.FAPI2Security().With(rule("ACME-1", fapi.AtResource, func(*fapi.Request) error {
		return &fosite.RFC6749Error{ErrorField: "insufficient_scope", HintField: "Ask for \"more\".\r\nX: y"}
	})))
	r := httptest.NewRequest(http.MethodGet, issuer+"/accounts", nil)
	r.Header.Set("Authorization", "Bearer "+b.tokens(b.a, "accounts").Text("access_token"))
	r.TLS = &tls.ConnectionState{PeerCertificates: []*x509.Certificate{b.certA.Leaf}}
	_, err := b.provider.Authorize(t.Context(), r, fapi.NewSession(""))
	rec := httptest.NewRecorder()
	fapi.WriteResourceError(rec, err)
	assert.Equal(t, http.StatusForbidden, rec.Code)
	assert.Contains(t, rec.Header().Get("WWW-Authenticate"), `error="insufficient_scope", error_description="Ask for 'more'.  X: y (ACME-1)"`)
}

// Nor is there a way around a rule about resources by the method that knows no HTTP request.
func TestRulesOfIntrospectToken(t *testing.T) {
	t.Parallel()
	refusing := false
	b := newBench(t, "json")
	b.recompose(fapi.FAPI2Security().With(rule("ACME-1", fapi.AtResource, func(r *fapi.Request) error {
		assert.Empty(t, r.Path)
		if refusing {
			return fosite.ErrAccessDenied
		}
		return nil
	})))
	ctx := fapi.WithBinding(t.Context(), cnf.Confirmation{X5TS256: cnf.Thumbprint(b.certA.Leaf)})
	token := b.tokens(b.a, "accounts").Text("access_token")
	_, _, err := b.provider.IntrospectToken(ctx, token, fosite.AccessToken, fapi.NewSession(""), "accounts")
	require.NoError(t, err)
	refusing = true
	_, _, err = b.provider.IntrospectToken(ctx, token, fosite.AccessToken, fapi.NewSession(""), "accounts")
	require.Error(t, err)
	assert.Equal(t, "ACME-1", b.events.last())
}

// What the host says instead of the provider has the ID of the clause that lets it, but its faults have not.
func TestIDsOfTheHostsOwnErrors(t *testing.T) {
	t.Parallel()
	b := newBench(t, "json")
	house := rule("ACME-1", fapi.AtToken, func(*fapi.Request) error { return fosite.ErrInvalidScope })
	for name, c := range map[string]struct {
		err    error
		id     string
		status int
	}{
		"a fault":              {errors.New("the database is down"), "FAPI-HOST", 500},
		"a no":                 {fosite.ErrInvalidScope, "OA-13", 400},
		"its server's":         {fosite.ErrTemporarilyUnavailable, "FAPI-HOST", 503},
		"a rule that it asked": {house.Judge(t.Context(), &fapi.Request{}), "ACME-1", 400},
	} {
		rec := httptest.NewRecorder()
		b.provider.WriteAccessError(t.Context(), rec, nil, c.err)
		assert.Equal(t, c.status, rec.Code, name)
		assert.Equal(t, c.id, b.events.last(), name)
	}
}

// In report-only mode the request belongs to a lane that must not notice.
func TestReportOnlyRulesThatMisbehave(t *testing.T) {
	t.Parallel()
	for _, stage := range []fapi.Stage{fapi.AtClientAuthentication, fapi.AtPushedRequest, fapi.AtAuthorization, fapi.AtToken, fapi.AtRefresh} {
		t.Run(string(stage), func(t *testing.T) {
			t.Parallel()
			misbehaving := toFAPI2
			misbehaving.judging = misbehaving.judging.With(rule("ACME-1", stage, func(r *fapi.Request) error {
				for i := range r.Scopes {
					r.Scopes[i] = "admin"
				}
				for _, values := range r.Parameters {
					values[0] = "admin"
				}
				panic("inside")
			}))
			b, got := misbehaving.start(t, "json")
			tokens := refresh()(b)
			require.Equal(t, http.StatusOK, tokens.Status, string(tokens.Body))
			assert.Equal(t, usualScope, tokens.Text("scope"))
			var told []string
			for _, r := range got.of(b) {
				told = append(told, ids(r)...)
			}
			assert.Contains(t, told, "ACME-1", "the panic is reported as what it would be: a refusal")
		})
	}
}
