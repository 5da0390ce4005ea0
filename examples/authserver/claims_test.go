package main

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

// OIDC-5.5: what a client asks for by name is shown to the user, and told where it was asked for; also after a refresh.
func TestClaimsByName(t *testing.T) {
	for _, format := range []string{"opaque", "jwt"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, func(c *config) { c.AccessTokenFormat = format })
			verifier := fapitest.Verifier()
			params := w.a.Request(verifier, "openid email offline_access")
			params.Set("claims", `{"id_token":{"name":null,"sub":{"value":"alice"}},"userinfo":{"address":{"essential":true},"phone_number":null}}`)
			consent := w.browser().visit(w.pushed(w.a, params)).logIn("alice", password)
			for _, item := range []string{"openid", "to know your name", "to know your address"} {
				assert.Contains(t, string(consent.Body), "<li>"+item+"</li>")
			}
			assert.NotContains(t, string(consent.Body), "phone_number", "she has none")
			tokens, err := w.a.Redeem(t.Context(), consent.press("approve").callback().Get("code"), verifier)
			require.NoError(t, err)
			for range 2 {
				require.Equal(t, http.StatusOK, tokens.Status, string(tokens.Body))
				claims := w.claims(tokens.Text("id_token"))
				assert.Equal(t, "Alice", claims["name"])
				assert.NotContains(t, claims, "address")
				assert.NotContains(t, claims, "email", "the scope is for /userinfo")
				assert.JSONEq(t, `{"sub":"alice","email":"alice@example.com","address":{"country":"DE"}}`,
					string(w.resource(w.a, "/userinfo", tokens.Text("access_token")).Body))
				tokens, err = w.a.Refresh(t.Context(), tokens.Text("refresh_token"))
				require.NoError(t, err)
			}
		})
	}
}

// claims are those of an ID token.
func (w *world) claims(idToken string) map[string]any {
	w.Helper()
	payload, _, err := w.keys.Verify(idToken, "JWT")
	require.NoError(w, err)
	var claims map[string]any
	require.NoError(w, json.Unmarshal(payload, &claims))
	return claims
}

// OIDC-5.5.1.1: acr is what the configuration says of the user's logins.
func TestAuthenticationContextClass(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *config) { c.Users[0].ACR = "urn:example:two-factors" })
	assert.Equal(t, []string{"urn:example:two-factors"}, w.a.Server.ACRValuesSupported)
	ask := func(user, values string) (url.Values, string) {
		verifier := fapitest.Verifier()
		params := w.a.Request(verifier, "openid")
		params.Set("claims", `{"id_token":{"acr":{"essential":true,"values":[`+values+`]},"auth_time":{"essential":true}}}`)
		return w.browser().visit(w.pushed(w.a, params)).logIn(user, password).press("approve").callback(), verifier
	}
	got, verifier := ask("alice", `"urn:example:two-factors","urn:example:three"`)
	tokens, err := w.a.Redeem(t.Context(), got.Get("code"), verifier)
	require.NoError(t, err)
	claims := w.claims(tokens.Text("id_token"))
	assert.Equal(t, "urn:example:two-factors", claims["acr"])
	assert.InDelta(t, time.Now().Unix(), claims["auth_time"], 5)

	got, _ = ask("alice", `"urn:example:three"`)
	assert.Equal(t, "access_denied", got.Get("error"))
	got, _ = ask("bob", `"urn:example:two-factors"`)
	assert.Equal(t, "access_denied", got.Get("error"), "of bob's logins nothing is said")
}

// OpenID Connect Registration 2: default_max_age counts where the request says nothing.
func TestDefaultMaxAge(t *testing.T) {
	t.Parallel()
	hour := int64(3600)
	w := newWorld(t, func(c *config) { c.Clients[0].DefaultMaxAge = &hour })
	b := w.browser()
	visit := func(more ...string) *page {
		params := w.a.Request(fapitest.Verifier(), "openid")
		for i := 0; i < len(more); i += 2 {
			params.Set(more[i], more[i+1])
		}
		return b.visit(w.pushed(w.a, params))
	}
	visit().logIn("alice", password).press("approve").callback()
	w.later(30 * time.Minute)
	visit().at("/consent", http.StatusOK)
	w.later(29*time.Minute + 59*time.Second)
	visit("max_age", "60").at("/login", http.StatusOK)
	assert.True(t, strings.HasPrefix(visit("max_age", "7200").url.Path, "/consent"))
}
