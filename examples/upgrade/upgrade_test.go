package upgrade_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/examples/internal/launch"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

// Both programs run on the same data, one after the other. Legacy clients get the same answers; a token of the server
// before works after; and a bank gets FAPI 2.0.
func TestUpgrade(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var was []said
	var refreshToken string
	w.running(t, launch.Build(t, "upgrade/before"), func(w *world) {
		was = w.legacy()
		refreshToken = w.cups().Text("refresh_token")
	})
	w.running(t, launch.Build(t, "upgrade/after"), func(w *world) {
		same(w, was, w.legacy())
		fresh := w.refreshCups(refreshToken)
		assert.Equal(w, http.StatusOK, fresh.Status, "the server before issued the refresh token: %s", fresh.Body)
		w.fapi()
	})
}

// fapi is the flow of FAPI 2.0, and what it withstands.
func (w *world) fapi() {
	bank, browser := w.bank(), w.https(nil)
	verifier := fapitest.Verifier()
	request := bank.Request(verifier, "openid offline orders")

	// As legacy clients do it: refused.
	byValue, err := bank.Authorize(w.Context(), browser, request)
	require.NoError(w, err)
	assert.Equal(w, http.StatusBadRequest, byValue.Status, "F2-AZ-02 the request must be pushed: %s", byValue.Body)
	unproved, err := bank.Push(w.Context(), request, fapitest.Unauthenticated)
	require.NoError(w, err)
	refused(w, unproved, http.StatusUnauthorized, "invalid_client")

	pushed, err := bank.Push(w.Context(), request)
	require.NoError(w, err)
	require.Equal(w, http.StatusCreated, pushed.Status, string(pushed.Body))
	page, err := bank.Authorize(w.Context(), browser, url.Values{"client_id": {"bank"}, "request_uri": {pushed.Text("request_uri")}})
	require.NoError(w, err)
	assert.Contains(w, string(page.Body), "A bank would like to see: <b>openid</b> <b>offline</b> <b>orders</b>")
	back := w.login(w.login(page, "cup", "allow"), "kettle", "allow")
	require.Equal(w, http.StatusSeeOther, back.Status, string(back.Body))
	assert.Equal(w, issuer, back.Location().Query().Get("iss"))
	assert.Equal(w, request.Get("state"), back.Location().Query().Get("state"))
	code := back.Location().Query().Get("code")

	unbound, err := bank.Redeem(w.Context(), code, verifier, fapitest.Unproven)
	require.NoError(w, err)
	refused(w, unbound, http.StatusBadRequest, "invalid_request")
	tokens, err := bank.Redeem(w.Context(), code, verifier)
	require.NoError(w, err)
	require.Equal(w, http.StatusOK, tokens.Status, string(tokens.Body))
	assert.Equal(w, "DPoP", tokens.Text("token_type"))
	claims := w.verified(tokens.Text("id_token"))
	assert.Equal(w, []any{"alice", issuer, request.Get("nonce")}, []any{claims["sub"], claims["iss"], claims["nonce"]})

	seen, err := bank.Introspect(w.Context(), tokens.Text("access_token"))
	require.NoError(w, err)
	assert.Equal(w, true, seen.JSON["active"])
	assert.Contains(w, seen.JSON["cnf"], "jkt")
	assert.Equal(w, http.StatusUnauthorized, w.do(http.MethodGet, "/orders", nil, http.Header{"Authorization": {"Bearer " + tokens.Text("access_token")}}).Status,
		"the resource knows nothing of proofs, and refuses a token that is bound to one")

	fresh, err := bank.Refresh(w.Context(), tokens.Text("refresh_token"))
	require.NoError(w, err)
	assert.Equal(w, http.StatusOK, fresh.Status, string(fresh.Body))
	again, err := bank.Redeem(w.Context(), code, verifier)
	require.NoError(w, err)
	refused(w, again, http.StatusBadRequest, "invalid_grant")
	stolen, err := bank.Introspect(w.Context(), fresh.Text("access_token"))
	require.NoError(w, err)
	assert.Equal(w, map[string]any{"active": false}, stolen.JSON, "a code that came twice ends the grant")
}

func refused(w *world, a *fapitest.Answer, status int, code string) {
	w.Helper()
	assert.Equal(w, status, a.Status, string(a.Body))
	assert.Equal(w, code, a.Text("error"))
}

// verified are the claims of an ID token, by the key that the host has always published.
func (w *world) verified(token string) map[string]any {
	w.Helper()
	signed, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.PS256})
	require.NoError(w, err)
	var set jose.JSONWebKeySet
	require.NoError(w, json.Unmarshal(w.do(http.MethodGet, "/jwks", nil, nil).Body, &set))
	found := set.Key(signed.Signatures[0].Header.KeyID)
	require.Len(w, found, 1)
	payload, err := signed.Verify(found[0])
	require.NoError(w, err)
	var claims map[string]any
	require.NoError(w, json.Unmarshal(payload, &claims))
	return claims
}

var asCups = "Basic " + base64.StdEncoding.EncodeToString([]byte("cups:cups-secret"))

// cups gets tokens for the legacy client.
func (w *world) cups() *fapitest.Answer {
	w.Helper()
	redirect := []string{"https://cups.example.com/callback"}
	query := url.Values{"client_id": {"cups"}, "response_type": {"code"}, "scope": {"offline orders"}, "state": {"some-state"}, "redirect_uri": redirect}
	back := w.login(w.do(http.MethodGet, "/authorize?"+query.Encode(), nil, nil), "kettle", "allow")
	require.Equal(w, http.StatusSeeOther, back.Status, string(back.Body))
	form := url.Values{"grant_type": {"authorization_code"}, "code": {back.Location().Query().Get("code")}, "redirect_uri": redirect}
	return w.do(http.MethodPost, "/token", form, http.Header{"Authorization": {asCups}})
}

func (w *world) refreshCups(token string) *fapitest.Answer {
	w.Helper()
	return w.do(http.MethodPost, "/token", url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}}, http.Header{"Authorization": {asCups}})
}
