package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/keys"
)

// What must succeed, and what the user decides.
func flowModules() []module {
	return []module{
		{name: "discovery-end-point-verification", test: (*trial).discovery, machine: true},
		{name: "happy-flow", test: (*trial).happyFlow, machine: true},
		{name: "user-rejects-authentication", test: (*trial).userRejects},
		{name: "access-token-type-header-case-sensitivity", test: (*trial).schemeCase, machine: true},
		{name: "test-claims-parameter-identity-claims", test: (*trial).claimsParameter},
	}
}

// CS-90, CS-91.
func (x *trial) discovery() {
	doc := x.a.Server // Validate was asked when the client connected
	assert.Equal(x, x.world.main, doc.Issuer)
	for _, endpoint := range []string{doc.AuthorizationEndpoint, doc.TokenEndpoint, doc.PushedAuthorizationRequestEndpoint, doc.UserinfoEndpoint, doc.JWKSURI} {
		assert.Regexp(x, `^https://`, endpoint)
	}
	assert.Equal(x, []string{"S256"}, doc.CodeChallengeMethodsSupported)
	x.discoveryOfPlan()
	assert.Subset(x, doc.GrantTypesSupported, []string{"authorization_code", "refresh_token", "client_credentials"})
	assert.Subset(x, doc.TokenEndpointAuthMethodsSupported, []string{"private_key_jwt", "tls_client_auth"})
	assert.True(x, doc.TLSClientCertificateBoundAccessTokens)
	assert.Contains(x, doc.ScopesSupported, "openid")
	assert.Equal(x, []string{"public"}, doc.SubjectTypesSupported)

	published := x.get(x.outside, doc.JWKSURI, nil)
	set := x.published()
	require.Len(x, set.Keys, 5)
	for _, key := range set.Keys {
		assert.NotEmpty(x, key.KeyID)
		assert.True(x, key.IsPublic())
		assert.NotEmpty(x, key.Algorithm)
		assert.Contains(x, []string{"sig", "enc"}, key.Use)
	}
	assert.NotContains(x, string(published.Body), `"d":`)
	raw := x.get(x.outside, x.world.main+"/.well-known/openid-configuration", nil)
	aliases, _ := raw.JSON["mtls_endpoint_aliases"].(map[string]any)
	assert.Contains(x, aliases, "token_endpoint")
	assert.NotContains(x, aliases, "authorization_endpoint")
	for name := range aliases {
		assert.Contains(x, raw.JSON, name)
	}
	oauth := x.get(x.outside, x.world.main+"/.well-known/oauth-authorization-server", nil)
	assert.JSONEq(x, string(raw.Body), string(oauth.Body))
}

// discoveryOfPlan is what the plans do not have in common.
func (x *trial) discoveryOfPlan() {
	doc := x.a.Server
	algorithms := []string{"PS256", "ES256", "EdDSA"}
	switch x.plan {
	case securityPlan:
		assert.Equal(x, []string{"code"}, doc.ResponseTypesSupported)
		assert.Equal(x, []string{"query"}, doc.ResponseModesSupported)
		assert.True(x, doc.RequirePushedAuthorizationRequests)
		assert.Equal(x, algorithms, doc.DPoPSigningAlgValuesSupported)
	case messagePlan:
		assert.Equal(x, []string{"code"}, doc.ResponseTypesSupported)
		if x.jarm() {
			assert.Contains(x, doc.ResponseModesSupported, "jwt")
		} else {
			assert.Equal(x, []string{"query"}, doc.ResponseModesSupported)
		}
		assert.True(x, doc.RequirePushedAuthorizationRequests)
		assert.Equal(x, x.objects(), doc.RequireSignedRequestObject)
		assert.Equal(x, algorithms, doc.DPoPSigningAlgValuesSupported)
	case advancedPlan:
		algorithms = algorithms[:2]
		assert.Equal(x, []string{"code id_token", "code"}, doc.ResponseTypesSupported)
		assert.Subset(x, doc.ResponseModesSupported, []string{"fragment", "jwt"})
		assert.False(x, doc.RequirePushedAuthorizationRequests)
		assert.True(x, doc.RequireSignedRequestObject)
		assert.Empty(x, doc.DPoPSigningAlgValuesSupported)
	}
	assert.Equal(x, x.plan == advancedPlan || !x.jarm(), doc.AuthorizationResponseIssParameterSupported)
	assert.True(x, doc.RequestParameterSupported)
	for _, offered := range [][]string{doc.TokenEndpointAuthSigningAlgValuesSupported, doc.RequestObjectSigningAlgValuesSupported} {
		assert.ElementsMatch(x, algorithms, offered)
	}
	assert.ElementsMatch(x, algorithms, doc.IDTokenSigningAlgValuesSupported)
	if x.plan == advancedPlan || x.jarm() {
		assert.ElementsMatch(x, algorithms, doc.AuthorizationSigningAlgValuesSupported)
	}
}

// Two clients, the second with all that may be unusual.
func (x *trial) happyFlow() {
	if x.machine() {
		x.uses(x.a, x.tokens(x.grant(x.a)).Text("access_token"))
		x.uses(x.b, x.tokens(x.grant(x.b)).Text("access_token"))
		return
	}
	first := x.flow(x.a)
	mine := first.tokens()
	x.identifies(first, mine)
	x.uses(x.a, mine.Text("access_token"))

	other := *x.b
	other.RedirectURI += "?dummy1=lorem&dummy2=ipsum"
	backwards := *other.HTTP
	backwards.Transport = reversed{other.HTTP.Transport}
	second := x.flow(&other)
	other.HTTP = &backwards
	second.params.Set("state", strings.Repeat("state_-~", 16))
	if x.openid() {
		second.params.Set("nonce", strings.Repeat("n", 43))
	}
	if x.constrain == keyBound {
		second.params.Set("dpop_jkt", thumbprint(other.ProofKey))
		second.pushed(func(m *fapitest.Message) { m.Proof.Claims = nil })
	}
	if x.objects() && second.requestURI == "" {
		second.sent(func(m *fapitest.Message) {
			m.Object.Header["typ"] = "oauth-authz-req+jwt"
			m.Object.Claims["aud"] = []string{"https://other.example", x.Issuer}
		})
	}
	theirs := second.tokens()
	other.HTTP = x.b.HTTP
	x.identifies(second, theirs)
	x.uses(x.b, theirs.Text("access_token"))

	thief := x.accounts(x.a, theirs.Text("access_token"))
	assert.Equal(x, http.StatusUnauthorized, thief.Status)
	assert.Equal(x, "invalid_token", thief.Text("error"))
}

// identifies checks the ID token.
func (x *trial) identifies(f *flow, tokens *fapitest.Answer) map[string]any {
	x.Helper()
	if !x.openid() {
		return nil
	}
	jws, err := jose.ParseSignedCompact(tokens.Text("id_token"), []jose.SignatureAlgorithm{jose.PS256, jose.ES256, jose.EdDSA})
	require.NoError(x, err)
	assert.NotEmpty(x, jws.Signatures[0].Header.KeyID)
	set, err := keys.ParseJWKS(serverKeys())
	require.NoError(x, err)
	payload, _, err := set.Verify(tokens.Text("id_token"), "JWT")
	require.NoError(x, err)
	var claims map[string]any
	require.NoError(x, json.Unmarshal(payload, &claims))
	assert.Equal(x, x.Issuer, claims["iss"])
	assert.Equal(x, "alice", claims["sub"])
	if x.plan == legacyPlan {
		assert.Equal(x, []any{f.client.ID}, claims["aud"])
	} else {
		assert.Equal(x, f.client.ID, claims["aud"])
	}
	if f.params.Has("nonce") {
		assert.Equal(x, f.params.Get("nonce"), claims["nonce"])
	} else {
		assert.NotContains(x, claims, "nonce")
	}
	if f.front != nil {
		assert.Equal(x, f.front["sub"], claims["sub"])
	}
	return claims
}

// uses asks the resource in the ways that are right, and by the query, which is wrong.
func (x *trial) uses(c *fapitest.Client, token string) {
	x.Helper()
	for _, accept := range []string{"", "application/json", "*/*", "application/json;charset=utf-8, text/html;q=0.5"} {
		answer := x.accounts(c, token, func(m *fapitest.Message) { m.Header.Set("Accept", accept) })
		require.Equal(x, http.StatusOK, answer.Status, string(answer.Body))
		assert.NotEmpty(x, answer.Header.Get("Date"))
		assert.Equal(x, "application/json", answer.Header.Get("Content-Type"))
	}
	const interaction = "c770aef3-6784-41f7-8e0e-ff5f97bddb3a"
	for _, customer := range []string{"192.0.2.1", "2001:db8::1"} {
		answer := x.accounts(c, token, fapitest.Header("x-fapi-interaction-id", interaction), fapitest.Header("x-fapi-customer-ip-address", customer))
		require.Equal(x, http.StatusOK, answer.Status, string(answer.Body))
		assert.Equal(x, interaction, answer.Header.Get("x-fapi-interaction-id"))
	}
	x.refused(x.accounts(c, token, func(m *fapitest.Message) {
		m.URL += "?access_token=" + token
		m.Header.Del("Authorization")
	}), http.StatusBadRequest, "invalid_request")
}

func (x *trial) userRejects() {
	page := newTrial(x.T, x.variant, "form")
	f := page.flow(page.a)
	f.params.Set("redirect_uri", page.a.RedirectURI+"?dummy1=lorem&dummy2=ipsum")
	f.sent()
	b := page.browser()
	got := f.answered(b.visit(f.link()).logIn("alice", password).press("deny").Answer)
	assert.Equal(x, "access_denied", got.Get("error"))
	assert.Regexp(x, `^[\x20\x21\x23-\x5B\x5D-\x7E]+$`, got.Get("error_description"))
	assert.Empty(x, got.Get("code"))
	spent := "invalid_request_uri"
	if x.request == byValue {
		spent = "invalid_request_object"
	}
	page.stopped(b.visit(f.link()).Answer, spent)
}

func (x *trial) schemeCase() {
	token := x.tokens(x.grant(x.a)).Text("access_token")
	for _, scheme := range map[string][]string{
		certificateBound: {"bEARER", "bearer", "BEARER"}, keyBound: {"dPoP", "dpop", "DPOP"},
	}[x.constrain] {
		answer := x.accounts(x.a, token, func(m *fapitest.Message) { m.Header.Set("Authorization", scheme+" "+token) })
		assert.Equal(x, http.StatusOK, answer.Status, scheme)
	}
}

// claimsParameter: what the user has of the claims is told where it was asked for, the rest is ignored.
func (x *trial) claimsParameter() {
	assert.True(x, x.a.Server.ClaimsParameterSupported)
	assert.Subset(x, x.a.Server.ClaimsSupported, []string{"sub", "name", "email"})
	f := x.flow(x.a)
	f.params.Set("claims", `{"id_token":{"name":{"essential":true},"unheard-of":null},"userinfo":{"email":null}}`)
	tokens := f.tokens()
	if x.openid() {
		claims := x.identifies(f, tokens)
		assert.Equal(x, "Alice", claims["name"])
		assert.NotContains(x, claims, "email")
		assert.NotContains(x, claims, "unheard-of")
		user, err := x.a.Get(x.Context(), x.base(x.a)+"/userinfo", tokens.Text("access_token"))
		require.NoError(x, err)
		assert.JSONEq(x, `{"sub":"alice","email":"alice@example.com"}`, string(user.Body))
	}
}

// reversed sends the parameters of a form in the opposite order.
type reversed struct{ http.RoundTripper }

func (t reversed) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	parameters := strings.Split(string(body), "&")
	slices.Reverse(parameters)
	r = r.Clone(r.Context())
	r.Body = io.NopCloser(bytes.NewReader([]byte(strings.Join(parameters, "&"))))
	return t.RoundTripper.RoundTrip(r)
}
