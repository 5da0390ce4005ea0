package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"net/http"
	"net/url"
	"sync"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/keys"
)

// A trial is a server that is put to the test by clients a and b, in one variant.
type trial struct {
	*world
	variant
}

// newTrial has neither legacy clients nor, where consent is "auto", pages.
func newTrial(t *testing.T, v variant, consent string) *trial {
	t.Helper()
	x := &trial{newSite(t), v}
	x.start(func(c *config) {
		c.Consent, c.Clients = consent, c.Clients[:2]
		for i := range c.Clients {
			x.register(&c.Clients[i])
		}
	})
	for _, c := range []*fapitest.Client{x.a, x.b} {
		if v.auth == mutualTLS {
			c.AuthMethod = "tls_client_auth"
		}
		if v.constrain == keyBound {
			c.ProofKey = newKey()
		}
		if v.auth == privateKeyJWT && v.constrain == keyBound { // it has no use for certificates
			c.Server.MTLSEndpointAliases, c.HTTP = nil, x.https(nil)
		}
	}
	return x
}

func (x *trial) register(c *clientConfig) {
	if x.auth == mutualTLS {
		c.TokenEndpointAuthMethod, c.TLSClientAuthSubjectDN = "tls_client_auth", "CN="+c.ClientID
	} else {
		c.JWKS.Keys = append(c.JWKS.Keys, jose.JSONWebKey{Key: rsaKey().Public(), KeyID: "rsa"})
	}
	c.DPoPBoundAccessTokens, c.TLSClientCertificateBoundAccessTokens = x.constrain == keyBound, x.constrain == certificateBound
}

// clientKeys are made once, two for each algorithm: those of RSA take long.
var clientKeys = sync.OnceValue(func() map[jose.SignatureAlgorithm][2]crypto.Signer {
	all := map[jose.SignatureAlgorithm][2]crypto.Signer{}
	for _, alg := range []jose.SignatureAlgorithm{jose.ES256, jose.PS256, jose.EdDSA} {
		one, err := keys.Generate(alg)
		if err != nil {
			panic(err)
		}
		two, err := keys.Generate(alg)
		if err != nil {
			panic(err)
		}
		all[alg] = [2]crypto.Signer{one.Signer, two.Signer}
	}
	return all
})

func rsaKey() crypto.Signer { return clientKeys()[jose.PS256][0] }

func newKey() *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	return key
}

// with is the client with another certificate, nil for none.
func (x *trial) with(c *fapitest.Client, certificate *tls.Certificate) *fapitest.Client {
	other := *c
	other.HTTP = x.https(certificate)
	return &other
}

func (x *trial) scope() string {
	switch {
	case x.openid():
		return "openid offline_access accounts"
	case x.machine():
		return "accounts"
	}
	return "offline_access accounts"
}

// A flow is one run of the code flow.
type flow struct {
	*trial
	client     *fapitest.Client
	verifier   string
	params     url.Values
	requestURI string
	code       string
}

func (x *trial) flow(c *fapitest.Client) *flow {
	f := &flow{trial: x, client: c, verifier: fapitest.Verifier()}
	f.params = c.Request(f.verifier, x.scope())
	if !x.openid() {
		f.params.Del("nonce")
	}
	return f
}

// push pushes the request.
func (f *flow) push(mutations ...fapitest.Mutation) *fapitest.Answer {
	f.Helper()
	answer, err := f.client.Push(f.Context(), f.params, mutations...)
	require.NoError(f, err)
	f.requestURI = answer.Text("request_uri")
	return answer
}

func (f *flow) pushed(mutations ...fapitest.Mutation) *flow {
	f.Helper()
	answer := f.push(mutations...)
	require.Equal(f, http.StatusCreated, answer.Status, string(answer.Body))
	require.Greater(f, answer.JSON["expires_in"], 5.0)
	require.NotEmpty(f, f.requestURI)
	return f
}

// link is where the client sends the browser.
func (f *flow) link() string {
	return f.client.Server.AuthorizationEndpoint + "?" + url.Values{"client_id": {f.client.ID}, "request_uri": {f.requestURI}}.Encode()
}

// answered is what the client gets at its redirect URI: never without iss, and with the state that it sent.
func (f *flow) answered(answer *fapitest.Answer) url.Values {
	f.Helper()
	require.Equal(f, http.StatusSeeOther, answer.Status, string(answer.Body))
	assert.Equal(f, "no-store", answer.Header.Get("Cache-Control"))
	to := answer.Location()
	got := to.Query()
	registered, err := url.Parse(f.params.Get("redirect_uri"))
	require.NoError(f, err)
	require.Equal(f, registered.Host+registered.Path, to.Host+to.Path)
	for name, values := range registered.Query() {
		require.Equal(f, values, got[name])
	}
	assert.Equal(f, []string{f.Issuer}, got["iss"])
	assert.Equal(f, f.params["state"], got["state"])
	return got
}

// authorized is the flow with its code, after a user's consent that was automatic.
func (f *flow) authorized() *flow {
	f.Helper()
	if f.requestURI == "" {
		f.pushed()
	}
	f.code = f.answered(f.get(f.outside, f.link(), nil)).Get("code")
	require.GreaterOrEqual(f, len(f.code), 22, "128 bits")
	return f
}

func (f *flow) redeem(mutations ...fapitest.Mutation) *fapitest.Answer {
	f.Helper()
	answer, err := f.client.Redeem(f.Context(), f.code, f.verifier, mutations...)
	require.NoError(f, err)
	return answer
}

func (f *flow) tokens(mutations ...fapitest.Mutation) *fapitest.Answer {
	f.Helper()
	if f.code == "" {
		f.authorized()
	}
	return f.trial.tokens(f.redeem(mutations...))
}

// tokens are those of a token response, which is checked.
func (x *trial) tokens(answer *fapitest.Answer) *fapitest.Answer {
	x.Helper()
	require.Equal(x, http.StatusOK, answer.Status, string(answer.Body))
	assert.Equal(x, "no-store", answer.Header.Get("Cache-Control"))
	assert.Equal(x, map[string]string{certificateBound: "Bearer", keyBound: "DPoP"}[x.constrain], answer.Text("token_type"))
	assert.GreaterOrEqual(x, len(answer.Text("access_token")), 22, "128 bits")
	assert.Greater(x, answer.JSON["expires_in"], 0.0)
	assert.Equal(x, x.openid(), answer.Text("id_token") != "", "an ID token is for those who ask for one")
	return answer
}

// grant asks for tokens by the grant of the variant; the mutations are of the token request.
func (x *trial) grant(c *fapitest.Client, mutations ...fapitest.Mutation) *fapitest.Answer {
	x.Helper()
	if !x.machine() {
		return x.flow(x.owner(c)).authorized().as(c).redeem(mutations...)
	}
	answer, err := c.Token(x.Context(), url.Values{"grant_type": {"client_credentials"}, "scope": {x.scope()}}, mutations...)
	require.NoError(x, err)
	return answer
}

// owner is the client as registered, which c is a copy of.
func (x *trial) owner(c *fapitest.Client) *fapitest.Client {
	if c.ID == x.b.ID {
		return x.b
	}
	return x.a
}

// as goes on as another client, or with other credentials.
func (f *flow) as(c *fapitest.Client) *flow {
	other := *f
	other.client = c
	return &other
}

// accounts asks the resource at the listener that the client uses.
func (x *trial) accounts(c *fapitest.Client, token string, mutations ...fapitest.Mutation) *fapitest.Answer {
	x.Helper()
	answer, err := c.Get(x.Context(), x.base(c)+"/accounts", token, mutations...)
	require.NoError(x, err)
	return answer
}

func (x *trial) base(c *fapitest.Client) string {
	if c.Server.MTLSEndpointAliases == nil {
		return x.world.main
	}
	return x.world.mtls
}

// refused asserts the JSON of a refusal (RFC 6749 5.2): the code, no other members, and a description in its
// characters.
func (x *trial) refused(answer *fapitest.Answer, status int, code string) {
	x.Helper()
	require.Equal(x, status, answer.Status, string(answer.Body))
	require.Equal(x, code, answer.Text("error"), string(answer.Body))
	assert.Regexp(x, `^[\x20\x21\x23-\x5B\x5D-\x7E]*$`, answer.Text("error_description"))
	assert.Equal(x, "no-store", answer.Header.Get("Cache-Control"))
	for name := range answer.JSON {
		assert.Contains(x, []string{"error", "error_description", "error_uri"}, name)
	}
}

// stopped asserts that the user sees an error page, and isn't sent anywhere.
func (x *trial) stopped(answer *fapitest.Answer, code string) {
	x.Helper()
	require.Equal(x, http.StatusBadRequest, answer.Status, string(answer.Body))
	assert.Nil(x, answer.Location())
	assert.Equal(x, "no-store", answer.Header.Get("Cache-Control"))
	assert.Contains(x, string(answer.Body), `<p id="error">`+code+`</p>`)
}
