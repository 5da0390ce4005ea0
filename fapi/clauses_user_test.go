package fapi_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/ory/fosite"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

// What a request says of the user whom it is about.
func TestClausesUser(t *testing.T) {
	t.Parallel()
	clauses{
		{"OIDC-3.1.2.1/kept id_token_hint of the client's own", hinting(false), approved},
		{"OIDC-3.1.2.1/refused id_token_hint of another client", hinting(true), sentBack("invalid_request", "OIDC-3.1.2.1")},
		{"OIDC-3.1.2.1/refused id_token_hint that is no ID token", authorize(param("id_token_hint", "e30.e30.e30")), sentBack("invalid_request", "OIDC-3.1.2.1")},
		{"OIDC-3.1.2.2/kept claims for this user", authorize(param("claims", `{"id_token":{"sub":{"value":"alice"}}}`)), approved},
		{"OIDC-3.1.2.2/kept claims for one of several users", authorize(param("claims", `{"id_token":{"sub":{"values":["bob","alice"]}}}`)), approved},
		{"OIDC-3.1.2.2/refused claims for another user", authorize(param("claims", `{"id_token":{"sub":{"value":"bob"}}}`)), sentBack("login_required", "OIDC-3.1.2.1")},
	}.run(t)
}

// What was asked for by name is asked for in refreshed ID tokens too, and what a token request says is not.
func TestClausesClaims(t *testing.T) {
	t.Parallel()
	told := func(want any) check {
		return func(b *bench, a *fapitest.Answer) { b.Helper(); assert.Equal(b, want, idToken(b, a)["name"]) }
	}
	clauses{
		{"OIDC-5.5/kept", claiming(`{"id_token":{"name":null}}`, false), told("Alice")},
		{"OIDC-5.5/refused what was not asked for", claiming(`{"id_token":{"email":null}}`, false), told(nil)},
		{"OIDC-12.2/kept", claiming(`{"id_token":{"name":null}}`, true), told("Alice")},
		{"OIDC-12.2/refused claims of the refresh", claiming("", true, param("claims", `{"id_token":{"name":null}}`)), told(nil)},
	}.run(t, fapi.WithIDTokenClaims(func(_ context.Context, _ fosite.Client, _ fosite.Session, _ []string, r *fapi.ClaimsRequest) (map[string]any, error) {
		if r == nil {
			return map[string]any{}, nil
		}
		if _, ok := r.IDToken["name"]; ok {
			return map[string]any{"name": "Alice"}, nil
		}
		return map[string]any{}, nil
	}))
}

// claiming is the flow of a request with claims, up to the tokens or to the first refresh.
func claiming(claims string, again bool, m ...fapitest.Mutation) step {
	return func(b *bench) *fapitest.Answer {
		code := b.response(authorize(param("claims", claims))(b)).Get("code")
		tokens := b.got(b.a.Redeem(b.Context(), code, verifier))
		if !again {
			return tokens
		}
		return b.got(b.a.Refresh(b.Context(), tokens.Text("refresh_token"), m...))
	}
}

func hinting(ofOther bool) step {
	return func(b *bench) *fapitest.Answer {
		if ofOther {
			b.a, b.b = b.b, b.a
		}
		hint := redeem()(b).Text("id_token")
		require.NotEmpty(b, hint)
		if ofOther {
			b.a, b.b = b.b, b.a
		}
		return authorize(param("id_token_hint", hint))(b)
	}
}

// Several profiles need no legacy lane, and none is made up for a client that is said to belong there.
func TestSeveralProfilesWithoutLegacy(t *testing.T) {
	t.Parallel()
	b := newBench(t, "memory")
	profile := fapi.FAPI2Security().Name
	var err error
	b.provider, err = composed(hostConfig(), b.store, fapi.WithAudit(b.events), fapi.WithProfiles(func(context.Context, fosite.Client) (string, error) {
		return profile, nil
	}, fapi.FAPI2Security(), fapi.FAPI1Advanced()))
	require.NoError(t, err)
	b.mount()
	b.connect(b.a, &b.certA)
	created(b, push()(b))
	profile = fapi.Legacy
	plainError(b, push()(b), http.StatusBadRequest, "unauthorized_client")
	audited(b, "unauthorized_client", "FAPI-SEL")
}
