package fapi_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

// What is encrypted to a client was signed before (RFC 7519 11.2), and what can't be encrypted does not leave.
func TestClausesEncryption(t *testing.T) {
	t.Parallel()
	idTokens := func(c *registration.Client) {
		encrypting(c)
		c.IDTokenEncryptedResponseAlg, c.IDTokenEncryptedResponseEnc = "RSA-OAEP-256", "A256GCM"
	}
	unfit := func(c *registration.Client) { c.IDTokenEncryptedResponseAlg = "RSA-OAEP-256" }
	clauses{
		{"F1A-IDT-02/kept", registered(idTokens, byFront()), inFragmentEncrypted},
		{"F1A-IDT-02/kept at the token endpoint", registered(idTokens, redeemFront(nothing, nothing)), func(b *bench, a *fapitest.Answer) {
			assert.Equal(b, "alice", b.claims(opened(b, a.Text("id_token")))["sub"])
		}},
		{"F1A-IDT-02/refused without a key for it", registered(unfit, byFront()), denied(inFragment, "unauthorized_client", "FAPI-REG")},
		{"F1A-ALG-04/refused RSA1_5", registered(func(c *registration.Client) { encrypting(c); c.IDTokenEncryptedResponseAlg = "RSA1_5" }, byFront()), denied(inFragment, "unauthorized_client", "FAPI-REG")},
		{"JARM-10/kept an encrypted response by query.jwt", registered(func(c *registration.Client) {
			encrypting(c)
			c.AuthorizationEncryptedResponseAlg = "RSA-OAEP"
		}, byFront(object("response_mode", "query.jwt"))), func(b *bench, a *fapitest.Answer) {
			assert.NotEmpty(b, b.claims(opened(b, a.Location().Query().Get("response")))["id_token"])
		}},
	}.asking(t, hybrid)

	responses := func(c *registration.Client) { encrypting(c); c.AuthorizationEncryptedResponseAlg = "RSA-OAEP" }
	clauses{
		{"JARM-08/kept signed, then encrypted", registered(responses, visit()), func(b *bench, a *fapitest.Answer) {
			response := a.Location().Query().Get("response")
			assert.Equal(b, map[string]any{"alg": "RSA-OAEP", "enc": "A128CBC-HS256", "cty": "JWT", "kid": "enc"}, joseHeaderOf(b, response))
			claims := b.claims(opened(b, response))
			assert.NotEmpty(b, claims["code"])
			assert.Equal(b, "client-a", claims["aud"])
		}},
		{"JARM-08/kept an error too", registered(responses, denying(fosite.ErrAccessDenied, visit())), func(b *bench, a *fapitest.Answer) {
			assert.Equal(b, "access_denied", b.claims(opened(b, a.Location().Query().Get("response")))["error"])
		}},
		{"JARM-33/refused without a key for it", registered(func(c *registration.Client) { c.AuthorizationEncryptedResponseAlg = "RSA-OAEP" }, push()), refused(400, "unauthorized_client", "FAPI-REG")},
		{"JARM-33/refused when the key was lost since", keyLost(responses), page(503, "temporarily_unavailable", "JARM-33")},
		{"JARM-12/kept form_post.jwt", authorize(object("response_mode", "form_post.jwt")), posted},
		{"JARM-11/kept fragment.jwt", authorize(object("response_mode", "fragment.jwt")), func(b *bench, a *fapitest.Answer) {
			assert.Empty(b, a.Location().RawQuery)
			assert.NotEmpty(b, b.response(a).Get("code"))
		}},
		{"JARM-09/kept the redirect URI's own query", authorize(object("redirect_uri", "https://client-a.example.com/callback?dummy1=lorem&dummy2=ipsum")), func(b *bench, a *fapitest.Answer) {
			assert.True(b, strings.HasPrefix(a.Location().RawQuery, "dummy1=lorem&dummy2=ipsum&response="), a.Location().RawQuery)
			assert.NotEmpty(b, b.response(a).Get("code"))
		}},
	}.asking(t, nonRepudiable)
}

func encrypting(c *registration.Client) {
	c.JWKS = &jose.JSONWebKeySet{Keys: append(c.JWKS.Keys, jose.JSONWebKey{Key: testRSA().Public(), KeyID: "enc", Use: "enc"})}
}

// opened decrypts what was encrypted to client A.
func opened(b *bench, compact string) string {
	b.Helper()
	jwe, err := jose.ParseEncryptedCompact(compact, []jose.KeyAlgorithm{jose.RSA_OAEP, jose.RSA_OAEP_256}, []jose.ContentEncryption{jose.A128CBC_HS256, jose.A256GCM})
	require.NoError(b, err)
	payload, err := jwe.Decrypt(testRSA())
	require.NoError(b, err)
	return string(payload)
}

func joseHeaderOf(b *bench, compact string) map[string]any {
	b.Helper()
	head, _, _ := strings.Cut(compact, ".")
	raw, err := base64.RawURLEncoding.DecodeString(head)
	require.NoError(b, err)
	var header map[string]any
	require.NoError(b, json.Unmarshal(raw, &header))
	return header
}

func inFragmentEncrypted(b *bench, a *fapitest.Answer) {
	b.Helper()
	params := b.carried(a, inFragment, "code", "id_token")
	claims := b.claims(opened(b, params.Get("id_token")))
	assert.Equal(b, half(params.Get("code")), claims["c_hash"])
	assert.Equal(b, half(params.Get("state")), claims["s_hash"])
}

// keyLost takes the client's encryption key away while the user decides.
func keyLost(before func(*registration.Client)) step {
	return func(b *bench) *fapitest.Answer {
		client := b.registration(b.a.ID)
		before(client)
		uri := b.requestURI()
		b.interaction(func(_ http.ResponseWriter, _ *http.Request, ar fosite.AuthorizeRequester) (*fapi.Decision, error) {
			client.JWKS = &jose.JSONWebKeySet{Keys: client.JWKS.Keys[:1]}
			return &fapi.Decision{Session: fapi.NewSession("alice"), Scopes: ar.GetRequestedScopes()}, nil
		})
		return b.browse(uri)
	}
}

// posted wants the page that posts a JWT to the client.
func posted(b *bench, a *fapitest.Answer) {
	b.Helper()
	require.Equal(b, http.StatusOK, a.Status, string(a.Body))
	assert.Contains(b, string(a.Body), `<form method="post" action="https://client-a.example.com/callback">`)
	_, rest, found := strings.Cut(string(a.Body), `name="response" value="`)
	require.True(b, found, string(a.Body))
	response, _, _ := strings.Cut(rest, `"`)
	assert.NotEmpty(b, b.claims(response)["code"])
	protected(b, a)
	assert.Contains(b, a.Header.Get("Content-Security-Policy"), "default-src 'none'")
}
