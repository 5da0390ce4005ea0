package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"

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
func newTrial(t *testing.T, v variant, consent string, changes ...func(*world)) *trial {
	t.Helper()
	x := &trial{newSite(t), v}
	for _, change := range changes {
		change(x.world)
	}
	x.start(func(c *config) {
		c.Consent, c.Clients = consent, c.Clients[:2]
		if x.details != "" {
			withDetails(c)
		}
		for i := range c.Clients {
			x.register(&c.Clients[i])
		}
	})
	for _, c := range []*fapitest.Client{x.a, x.b} {
		x.equip(c)
		if v.auth == privateKeyJWT && v.constrain == keyBound { // it has no use for certificates
			c.Server.MTLSEndpointAliases, c.HTTP = nil, x.https(nil)
		}
	}
	return x
}

// equip makes a client one of the variant.
func (x *trial) equip(c *fapitest.Client) {
	if x.auth == mutualTLS {
		c.AuthMethod = "tls_client_auth"
	}
	if x.constrain == keyBound {
		c.ProofKey = newKey()
	}
	c.RequestObjects = x.objects()
	if x.plan == advancedPlan && !x.jarm() {
		c.ResponseType = "code id_token"
	}
}

// register is the client's registration in the variant.
func (x *trial) register(c *clientConfig) {
	if x.auth == mutualTLS {
		c.TokenEndpointAuthMethod, c.TLSClientAuthSubjectDN = "tls_client_auth", "CN="+c.ClientID
	}
	c.JWKS.Keys = append(c.JWKS.Keys, jose.JSONWebKey{Key: rsaKey().Public(), KeyID: "rsa"}) // good for PS256
	c.Profile = x.registered()
	if x.plan == advancedPlan && !x.jarm() {
		c.ResponseTypes = []string{"code id_token"}
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
	address    string // of a request by value
	code       string
	front      map[string]any // the claims of the ID token that came with it
}

func (x *trial) flow(c *fapitest.Client) *flow {
	f := &flow{trial: x, client: c, verifier: fapitest.Verifier()}
	f.params = c.Request(f.verifier, x.scope())
	if !x.openid() {
		f.params.Del("nonce")
	}
	if x.jarm() {
		f.params.Set("response_mode", "jwt")
	}
	if x.details != "" {
		f.params.Set("authorization_details", x.details)
	}
	return f
}

// sent makes the request known to the server, or for one by value gets it ready for the browser.
func (f *flow) sent(mutations ...fapitest.Mutation) *flow {
	f.Helper()
	if f.plan == legacyPlan {
		f.address = f.client.Server.AuthorizationEndpoint + "?" + f.params.Encode()
		return f
	}
	if f.request != byValue {
		return f.pushed(mutations...)
	}
	seen := &recorder{}
	_, err := f.client.AuthorizeByValue(f.Context(), &http.Client{Transport: seen}, f.params, mutations...)
	require.NoError(f, err)
	f.address = seen.address
	return f
}

// A recorder sees where a request would go.
type recorder struct{ address string }

func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	r.address = req.URL.String()
	return &http.Response{StatusCode: http.StatusNoContent, Body: http.NoBody}, nil
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
	if f.address != "" {
		return f.address
	}
	return f.client.Server.AuthorizationEndpoint + "?" + url.Values{"client_id": {f.client.ID}, "request_uri": {f.requestURI}}.Encode()
}

// answered is what the client gets at its redirect URI, by the response mode of the variant: never without iss, and with
// the state that it sent.
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
		got.Del(name)
	}
	switch {
	case f.jarm():
		require.Empty(f, to.Fragment)
		require.Len(f, got, 1, "parameters beside the JWT: %s", to)
		got = f.opened(got.Get("response"))
	case f.plan == advancedPlan && f.params.Get("response_type") == "code": // for which nothing can be issued
		require.NotContains(f, got, "code")
	case f.plan == advancedPlan:
		require.Empty(f, got, "parameters in the query: %s", to)
		got, err = url.ParseQuery(to.EscapedFragment())
		require.NoError(f, err)
	}
	if f.plan != legacyPlan { // plain fosite sends none
		assert.Equal(f, []string{f.Issuer}, got["iss"])
	}
	assert.Equal(f, f.params["state"], got["state"])
	f.vouched(got)
	return got
}

// opened are the parameters in the JWT of a response (JARM 2.1, 4.4).
func (f *flow) opened(response string) url.Values {
	f.Helper()
	jws, err := jose.ParseSignedCompact(response, []jose.SignatureAlgorithm{jose.PS256, jose.ES256, jose.EdDSA})
	require.NoError(f, err)
	assert.NotEmpty(f, jws.Signatures[0].Header.KeyID)
	payload, err := jws.Verify(f.published())
	require.NoError(f, err)
	var claims map[string]any
	require.NoError(f, json.Unmarshal(payload, &claims))
	assert.Equal(f, f.client.ID, claims["aud"])
	exp := claims["exp"].(float64)
	assert.GreaterOrEqual(f, exp, float64(f.clock().Add(10*time.Second).Unix()))
	assert.LessOrEqual(f, exp, float64(f.clock().Add(10*time.Minute).Unix()))
	got := url.Values{}
	for name, value := range claims {
		if name != "aud" && name != "exp" && name != "iat" {
			got.Set(name, value.(string))
		}
	}
	return got
}

// published are the server's keys, as everybody finds them.
func (w *world) published() *jose.JSONWebKeySet {
	w.Helper()
	set := &jose.JSONWebKeySet{}
	require.NoError(w, json.Unmarshal(w.get(w.outside, w.a.Server.JWKSURI, nil).Body, set))
	return set
}

// vouched checks the ID token that comes with a code: it signs code and state, and says nothing else of the user
// (FAPI 1.0 P2 5.1.1, 5.2.2.1).
func (f *flow) vouched(got url.Values) {
	f.Helper()
	if f.client.ResponseType == "" || got.Has("error") {
		assert.NotContains(f, got, "id_token")
		return
	}
	f.front = f.claims(got.Get("id_token"))
	want := map[string]any{"iss": f.Issuer, "sub": "alice", "aud": f.client.ID, "nonce": f.params.Get("nonce"), "c_hash": half(got.Get("code"))}
	if f.params.Has("state") {
		want["s_hash"] = half(f.params.Get("state"))
	}
	for _, name := range []string{"exp", "iat", "auth_time", "amr"} {
		assert.Contains(f, f.front, name)
		want[name] = f.front[name]
	}
	assert.Equal(f, want, f.front)
}

// half is c_hash and s_hash for ES256.
func half(value string) string {
	sum := sha256.Sum256([]byte(value))
	return base64.RawURLEncoding.EncodeToString(sum[:sha256.Size/2])
}

// authorized is the flow with its code, after a user's consent that was automatic.
func (f *flow) authorized() *flow {
	f.Helper()
	if f.requestURI == "" && f.address == "" {
		f.sent()
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
	assert.Equal(x, map[string]string{certificateBound: "Bearer", keyBound: "DPoP", "": "bearer"}[x.constrain], answer.Text("token_type"))
	assert.GreaterOrEqual(x, len(answer.Text("access_token")), 22, "128 bits")
	assert.Greater(x, answer.JSON["expires_in"], 0.0)
	assert.Equal(x, x.openid(), answer.Text("id_token") != "", "an ID token is for those who ask for one")
	if x.details != "" {
		assert.JSONEq(x, x.details, x.told(answer), "RAR-12")
	} else {
		assert.NotContains(x, answer.JSON, "authorization_details")
	}
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
