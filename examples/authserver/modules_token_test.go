package main

import (
	"crypto/x509/pkix"
	"net/http"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/fosite-fapi/fosite-fapi/cnf"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

// What the token endpoint asks of a code, a verifier, a client, and who holds its key.
func tokenModules() []module {
	return []module{
		{name: "ensure-client-id-in-token-endpoint", test: (*trial).otherClientID, machine: true},
		{name: "ensure-holder-of-key-required", test: (*trial).holderOfKey, machine: true},
		{name: "ensure-authorization-code-is-bound-to-client", test: (*trial).codeOfAnother},
		{name: "attempt-reuse-authorization-code-after-one-second", test: (*trial).codeTwice},
		{name: "ensure-token-endpoint-fails-with-expired-auth-code", test: (*trial).codeLate},
		{name: "ensure-pkce-code-verifier-required", test: verifies(func(m *fapitest.Message) { m.Form.Del("code_verifier") })},
		{name: "incorrect-pkce-code-verifier-rejected", test: verifies(func(m *fapitest.Message) { m.Form.Set("code_verifier", fapitest.Verifier()) })},
		{name: "refresh-token", test: (*trial).refresh},
	}
}

// otherClientID: client b's name with client a's credential.
func (x *trial) otherClientID() {
	x.refused(x.grant(x.a, func(m *fapitest.Message) { m.Form.Set("client_id", x.b.ID) }), http.StatusUnauthorized, "invalid_client")
}

// withoutKey is the client when it has lost what its tokens are bound to, and how that is refused.
func (x *trial) withoutKey(c *fapitest.Client) (lost *fapitest.Client, status int, code string) {
	if x.constrain == keyBound {
		other := *c
		other.ProofKey = nil
		return &other, http.StatusBadRequest, "invalid_dpop_proof"
	}
	if x.auth == mutualTLS {
		return x.with(c, nil), http.StatusUnauthorized, "invalid_client"
	}
	return x.with(c, nil), http.StatusBadRequest, "invalid_request"
}

func (x *trial) holderOfKey() {
	lost, status, code := x.withoutKey(x.a)
	x.refused(x.grant(lost), status, code)
}

func (x *trial) codeOfAnother() {
	f := x.flow(x.a).authorized()
	x.refused(f.as(x.b).redeem(func(m *fapitest.Message) { m.Form.Set("redirect_uri", x.a.RedirectURI) }), http.StatusBadRequest, "invalid_grant")
	x.tokens(f.redeem())
}

// codeTwice revokes what the first time gave.
func (x *trial) codeTwice() {
	f := x.flow(x.a).authorized()
	token := f.tokens().Text("access_token")
	assert.Equal(x, http.StatusOK, x.accounts(x.a, token).Status)
	x.later(time.Second)
	x.refused(f.redeem(), http.StatusBadRequest, "invalid_grant")
	assert.Equal(x, http.StatusUnauthorized, x.accounts(x.a, token).Status)
}

func (x *trial) codeLate() {
	f := x.flow(x.a).authorized()
	x.later(62 * time.Second)
	x.refused(f.redeem(), http.StatusBadRequest, "invalid_grant")
}

// verifies is a redemption that fails by its verifier, which spends nothing.
func verifies(mutate fapitest.Mutation) func(*trial) {
	return func(x *trial) {
		f := x.flow(x.a).authorized()
		x.refused(f.redeem(mutate), http.StatusBadRequest, "invalid_grant")
		x.tokens(f.redeem())
	}
}

func (x *trial) refresh() {
	f := x.flow(x.a)
	first := f.tokens()
	token := first.Text("refresh_token")
	refreshed := func(c *fapitest.Client, mutations ...fapitest.Mutation) *fapitest.Answer {
		x.Helper()
		answer, err := c.Refresh(x.Context(), token, mutations...)
		assert.NoError(x, err)
		return answer
	}

	before := x.identifies(f, first)
	f.params.Del("nonce") // it is not in what follows
	for range 2 {         // not rotated, or still good half a minute later
		x.later(31 * time.Second)
		second := x.tokens(refreshed(x.a))
		assert.Equal(x, token, second.Text("refresh_token"))
		x.uses(x.a, second.Text("access_token"))
		if after := x.identifies(f, second); x.openid() {
			assert.Greater(x, after["iat"], before["iat"])
		}
	}

	x.refused(refreshed(x.b), http.StatusBadRequest, "invalid_grant")
	lost, status, code := x.withoutKey(x.a)
	x.refused(refreshed(lost), status, code)
	if x.auth == privateKeyJWT {
		x.refused(refreshed(x.a, func(m *fapitest.Message) { m.Assertion.Claims = nil }), http.StatusUnauthorized, "invalid_client")
	} else {
		x.refused(refreshed(x.with(x.a, nil)), http.StatusUnauthorized, "invalid_client")
	}

	// The grant outlives the key: what is issued now is bound to the new one.
	renewed := *x.a
	if x.constrain == keyBound {
		renewed.ProofKey = newKey()
	} else {
		certificate := x.pki.MustClientCertificate(x, pkix.Name{CommonName: x.a.ID})
		renewed = *x.with(x.a, &certificate)
		assert.NotEqual(x, cnf.Thumbprint(x.certA.Leaf), cnf.Thumbprint(certificate.Leaf))
	}
	again := x.tokens(refreshed(&renewed)).Text("access_token")
	x.uses(&renewed, again)
	assert.Equal(x, http.StatusUnauthorized, x.accounts(x.a, again).Status)
}
