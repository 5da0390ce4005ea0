package main

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/cnf"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

func TestFlow(t *testing.T) {
	for _, format := range []string{"opaque", "jwt"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, func(c *config) { c.AccessTokenFormat = format })
			verifier := fapitest.Verifier()
			params := w.a.Request(verifier, "openid profile offline_access accounts")
			consent := w.browser().visit(w.pushed(w.a, params)).logIn("alice", password)
			assert.Contains(t, string(consent.Body), "The &lt;b&gt;client-a&lt;/b&gt;")
			assert.Contains(t, string(consent.Body), "<li>accounts</li>")
			got := consent.press("approve").callback()
			assert.Equal(t, params.Get("state"), got.Get("state"))
			assert.Equal(t, w.main, got.Get("iss"))

			tokens, err := w.a.Redeem(t.Context(), got.Get("code"), verifier)
			require.NoError(t, err)
			require.Equal(t, http.StatusOK, tokens.Status, string(tokens.Body))
			assert.NotEmpty(t, tokens.Text("id_token"))

			user := w.resource(w.a, "/userinfo", tokens.Text("access_token"))
			assert.JSONEq(t, `{"sub":"alice","name":"Alice"}`, string(user.Body))
			accounts := w.resource(w.a, "/accounts", tokens.Text("access_token"))
			assert.Equal(t, http.StatusOK, accounts.Status)
			assert.Contains(t, string(accounts.Body), `"holder":"alice"`)

			seen, err := w.a.Introspect(t.Context(), tokens.Text("access_token"))
			require.NoError(t, err)
			assert.Equal(t, map[string]any{"x5t#S256": cnf.Thumbprint(w.certA.Leaf)}, seen.JSON["cnf"], string(seen.Body))
			assert.Equal(t, "alice", seen.Text("username"))

			again, err := w.a.Redeem(t.Context(), got.Get("code"), verifier)
			require.NoError(t, err)
			assert.Equal(t, "invalid_grant", again.Text("error"))
			assert.Equal(t, http.StatusUnauthorized, w.resource(w.a, "/accounts", tokens.Text("access_token")).Status, "the replay of a code revokes")
		})
	}
}

func TestRefreshAndRevoke(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tokens := w.tokens(w.a, "openid offline_access accounts")
	first := tokens.Text("access_token")
	refreshed, err := w.a.Refresh(t.Context(), tokens.Text("refresh_token"))
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, refreshed.Status, string(refreshed.Body))
	assert.Equal(t, http.StatusUnauthorized, w.resource(w.a, "/accounts", first).Status)
	assert.Equal(t, http.StatusOK, w.resource(w.a, "/accounts", refreshed.Text("access_token")).Status)

	revoked, err := w.a.Revoke(t.Context(), tokens.Text("refresh_token"))
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, revoked.Status)
	assert.Equal(t, http.StatusUnauthorized, w.resource(w.a, "/accounts", refreshed.Text("access_token")).Status)
	refreshed, err = w.a.Refresh(t.Context(), tokens.Text("refresh_token"))
	require.NoError(t, err)
	assert.Equal(t, "invalid_grant", refreshed.Text("error"))
}

func TestDeny(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	params := w.a.Request(fapitest.Verifier(), "openid")
	params.Set("redirect_uri", w.a.RedirectURI+"?dummy1=lorem&dummy2=ipsum")
	address, b := w.pushed(w.a, params), w.browser()
	got := b.visit(address).logIn("alice", password).press("deny").callback()
	assert.Equal(t, "access_denied", got.Get("error"))
	assert.Equal(t, params.Get("state"), got.Get("state"))
	assert.Equal(t, w.main, got.Get("iss"))
	assert.Equal(t, "ipsum", got.Get("dummy2"))

	again := b.visit(address)
	again.at("/authorize", http.StatusBadRequest)
	assert.Contains(t, string(again.Body), "invalid_request_uri")
}

func TestConsentIsAskedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	address := w.pushed(w.a, w.a.Request(fapitest.Verifier(), "openid"))
	page := b.visit(address).logIn("alice", password)
	page.at("/consent", http.StatusOK)
	b.visit(address).at("/consent", http.StatusOK).press("approve").callback()
	// The page of before, in another tab.
	page.submit(url.Values{"approve": {"1"}}).at("/consent", http.StatusNotFound)
	b.visit(w.pushed(w.a, w.a.Request(fapitest.Verifier(), "openid"))).press("deny").callback()
}

func TestAutoConsent(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *config) { c.Consent = "auto" })
	verifier := fapitest.Verifier()
	params := w.a.Request(verifier, "openid accounts")
	params.Set("prompt", "none")
	params.Set("max_age", "60")
	code := w.browser().visit(w.pushed(w.a, params)).callback().Get("code")
	tokens, err := w.a.Redeem(t.Context(), code, verifier)
	require.NoError(t, err)
	user := w.resource(w.a, "/userinfo", tokens.Text("access_token"))
	assert.JSONEq(t, `{"sub":"alice"}`, string(user.Body))
}

func TestCertificateClient(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *config) {
		c.Clients[0].TokenEndpointAuthMethod, c.Clients[0].TLSClientAuthSubjectDN = "tls_client_auth", "CN=client-a"
	})
	w.a.AuthMethod = "tls_client_auth"
	tokens, err := w.a.Token(t.Context(), url.Values{"grant_type": {"client_credentials"}, "scope": {"accounts"}})
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, tokens.Status, string(tokens.Body))
	assert.Contains(t, string(w.resource(w.a, "/accounts", tokens.Text("access_token")).Body), `"holder":"client-a"`)

	w.a.HTTP = w.b.HTTP
	refused, err := w.a.Token(t.Context(), url.Values{"grant_type": {"client_credentials"}, "scope": {"accounts"}})
	require.NoError(t, err)
	assert.Equal(t, "invalid_client", refused.Text("error"))
}
