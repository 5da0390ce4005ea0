package main

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/keys"
	"github.com/fosite-fapi/fosite-fapi/pkce"
)

// legacyPost sends a form with HTTP Basic.
func (w *world) legacyPost(id, path string, form url.Values) *fapitest.Answer {
	w.Helper()
	return w.do(w.outside, http.MethodPost, w.main+path, http.Header{
		"Content-Type":  {"application/x-www-form-urlencoded"},
		"Authorization": {"Basic " + base64.StdEncoding.EncodeToString([]byte(url.QueryEscape(id)+":"+url.QueryEscape(w.secret)))},
	}, strings.NewReader(form.Encode()))
}

func (w *world) legacyToken(id string, form url.Values) *fapitest.Answer {
	w.Helper()
	answer := w.legacyPost(id, "/token", form)
	require.Equal(w, http.StatusOK, answer.Status, string(answer.Body))
	return answer
}

const legacyCallback = "https://legacy.example/callback"

func legacyRequest(more ...string) url.Values {
	params := url.Values{
		"client_id": {"legacy"}, "response_type": {"code"}, "redirect_uri": {legacyCallback}, "scope": {"openid offline_access accounts"},
		"state": {"a state that is long enough"}, "nonce": {"a nonce that is long enough"},
	}
	for i := 0; i < len(more); i += 2 {
		params.Set(more[i], more[i+1])
	}
	return params
}

func redemption(code string, more ...string) url.Values {
	form := url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {legacyCallback}}
	for i := 0; i < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	return form
}

func TestLegacyFlow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	got := w.browser().visit(w.main+"/authorize?"+legacyRequest().Encode()).logIn("alice", password).press("approve").callback()
	assert.Equal(t, "a state that is long enough", got.Get("state"))
	assert.Equal(t, w.main, got.Get("iss"), "ISS-01 the metadata says so to every client")
	tokens := w.legacyToken("legacy", redemption(got.Get("code")))
	set, err := keys.ParseJWKS(serverKeys())
	require.NoError(t, err)
	claims, _, err := set.Verify(tokens.Text("id_token"), "JWT")
	require.NoError(t, err, "signed with a published key")
	assert.Contains(t, string(claims), `"nonce":"a nonce that is long enough"`)

	// Legacy tokens are not bound.
	header := http.Header{"Authorization": {"Bearer " + tokens.Text("access_token")}}
	assert.JSONEq(t, `{"sub":"alice"}`, string(w.get(w.outside, w.main+"/userinfo", header).Body))
	assert.Equal(t, http.StatusOK, w.get(w.outside, w.main+"/accounts", header).Status)

	rotated := w.legacyToken("legacy", url.Values{"grant_type": {"refresh_token"}, "refresh_token": {tokens.Text("refresh_token")}})
	assert.NotEqual(t, tokens.Text("refresh_token"), rotated.Text("refresh_token"))
	assert.NotEmpty(t, rotated.Text("id_token"))
	assert.Equal(t, http.StatusUnauthorized, w.get(w.outside, w.main+"/accounts", header).Status)

	header.Set("Authorization", "Bearer "+rotated.Text("access_token"))
	assert.Equal(t, http.StatusOK, w.get(w.outside, w.main+"/accounts", header).Status)
	assert.Equal(t, http.StatusOK, w.legacyPost("legacy", "/revoke", url.Values{"token": {rotated.Text("access_token")}}).Status)
	assert.Equal(t, http.StatusUnauthorized, w.get(w.outside, w.main+"/accounts", header).Status)
}

func TestLegacyPKCE(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b, verifier := w.browser(), fapitest.Verifier()
	address := w.main + "/authorize?" + legacyRequest("code_challenge", pkce.S256(verifier), "code_challenge_method", "S256").Encode()
	code := b.visit(address).logIn("alice", password).press("approve").callback().Get("code")
	w.legacyToken("legacy", redemption(code, "code_verifier", verifier))
	code = b.visit(address).press("approve").callback().Get("code")
	assert.Equal(t, "invalid_grant", w.legacyPost("legacy", "/token", redemption(code, "code_verifier", fapitest.Verifier())).Text("error"))
}

func TestLegacyPushedRequest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	pushed := w.legacyPost("legacy", "/par", legacyRequest())
	require.Equal(t, http.StatusCreated, pushed.Status, string(pushed.Body))
	address := w.main + "/authorize?" + url.Values{"client_id": {"legacy"}, "request_uri": {pushed.Text("request_uri")}}.Encode()
	got := w.browser().visit(address).logIn("alice", password).press("approve").callback()
	w.legacyToken("legacy", redemption(got.Get("code")))
}

func TestLegacyPushedRequestKeepsTheSecret(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *config) { c.Clients[2].TokenEndpointAuthMethod = "client_secret_post" })
	pushed := w.do(w.outside, http.MethodPost, w.main+"/par", http.Header{"Content-Type": {"application/x-www-form-urlencoded"}},
		strings.NewReader(legacyRequest("client_secret", w.secret).Encode()))
	require.Equal(t, http.StatusCreated, pushed.Status, string(pushed.Body))
	address := w.main + "/authorize?" + url.Values{"client_id": {"legacy"}, "request_uri": {pushed.Text("request_uri")}}.Encode()
	page := w.browser().visit(address).at("/login", http.StatusOK)
	assert.NotContains(t, page.url.RawQuery, "secret")
}

func TestLegacyDeny(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	got := w.browser().visit(w.main+"/authorize?"+legacyRequest().Encode()).logIn("alice", password).press("deny").callback()
	assert.Equal(t, "access_denied", got.Get("error"))
	assert.Equal(t, w.main, got.Get("iss"), "ISS-01")
	assert.Equal(t, "a state that is long enough", got.Get("state"))
}

func TestLegacyPrompt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b, address := w.browser(), func(more ...string) string { return w.main + "/authorize?" + legacyRequest(more...).Encode() }
	assert.Equal(t, "login_required", b.visit(address("prompt", "none")).callback().Get("error"))
	b.visit(address()).logIn("alice", password).press("approve").callback()
	assert.NotEmpty(t, b.visit(address("prompt", "none")).callback().Get("code"))
	assert.Equal(t, "consent_required", b.visit(address("prompt", "none", "scope", "openid email")).callback().Get("error"))
	for _, more := range [][]string{{"prompt", "login"}, {"max_age", "0"}} {
		code := b.visit(address(more...)).logIn("alice", password).press("approve").callback().Get("code")
		w.legacyToken("legacy", redemption(code))
	}
}

// A client that can't authenticate is there to be found in the metadata (RFC 8414 2).
func TestLegacyPublicClient(t *testing.T) {
	t.Parallel()
	methods := func(w *world) [][]string {
		return [][]string{w.a.Server.TokenEndpointAuthMethodsSupported, w.a.Server.RevocationEndpointAuthMethodsSupported}
	}
	for _, listed := range methods(newWorld(t)) {
		assert.NotContains(t, listed, "none")
	}
	w := newWorld(t, func(c *config) {
		legacy := &c.Clients[2]
		legacy.TokenEndpointAuthMethod, legacy.ClientSecret, legacy.GrantTypes = "none", "", []string{"authorization_code", "refresh_token"}
	})
	for _, listed := range methods(w) {
		assert.Contains(t, listed, "none")
	}
	assert.NotContains(t, w.a.Server.IntrospectionEndpointAuthMethodsSupported, "none")
	b, verifier := w.browser(), fapitest.Verifier()
	address := w.main + "/authorize?" + legacyRequest("code_challenge", pkce.S256(verifier), "code_challenge_method", "S256").Encode()
	form := redemption(b.visit(address).logIn("alice", password).press("approve").callback().Get("code"), "code_verifier", verifier, "client_id", "legacy")
	answer := w.do(w.outside, http.MethodPost, w.main+"/token", http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, strings.NewReader(form.Encode()))
	assert.Equal(t, http.StatusOK, answer.Status, string(answer.Body))
}

// The lanes can't spend each other's artefacts.
func TestLanesAreApart(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	verifier := fapitest.Verifier()
	code := w.code(w.a, verifier, "openid offline_access")
	form := redemption(code, "code_verifier", verifier, "redirect_uri", w.a.RedirectURI)
	assert.Equal(t, "invalid_grant", w.legacyPost("legacy", "/token", form).Text("error"))
	plain := w.get(w.outside, w.main+"/authorize?"+w.a.Request(verifier, "openid").Encode(), nil)
	assert.Equal(t, http.StatusBadRequest, plain.Status, "a profiled client that did not push")
	assert.Equal(t, "invalid_client", w.legacyPost("client-a", "/token", form).Text("error"))
	tokens, err := w.a.Redeem(t.Context(), code, verifier)
	require.NoError(t, err)
	assert.Equal(t, http.StatusOK, tokens.Status)
}
