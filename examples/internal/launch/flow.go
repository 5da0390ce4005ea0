package launch

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

// Tokens runs a flow: the request is pushed, a browser visits the server, which asks nothing, and the code is redeemed.
// Parameters are added to the request.
func (a *Application) Tokens(tb testing.TB, pki *fapitest.PKI, scope string, parameters url.Values) *fapitest.Answer {
	tb.Helper()
	verifier := fapitest.Verifier()
	request := a.Request(verifier, scope)
	for name, values := range parameters {
		request[name] = values
	}
	pushed, err := a.Push(tb.Context(), request)
	require.NoError(tb, err)
	require.Equal(tb, http.StatusCreated, pushed.Status, string(pushed.Body))

	response, err := a.Authorize(tb.Context(), HTTPS(tb, pki, nil), url.Values{"client_id": {a.ID}, "request_uri": {pushed.Text("request_uri")}})
	require.NoError(tb, err)
	require.Equal(tb, http.StatusSeeOther, response.Status, string(response.Body))
	callback := response.Location().Query()
	require.Equal(tb, a.Server.Issuer, callback.Get("iss"))
	require.Equal(tb, request.Get("state"), callback.Get("state"))

	tokens, err := a.Redeem(tb.Context(), callback.Get("code"), verifier)
	require.NoError(tb, err)
	require.Equal(tb, http.StatusOK, tokens.Status, string(tokens.Body))
	return tokens
}
