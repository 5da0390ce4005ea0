package main

import (
	"context"
	"encoding/base64"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

var byKey = securityVariant(privateKeyJWT, keyBound)

func newNonceTrial(t *testing.T, policy string, secret []byte) *trial {
	t.Helper()
	x := &trial{newSite(t), byKey}
	x.start(func(c *config) {
		c.Consent, c.DPoPNonce, c.DPoPNonceSecret = "auto", policy, base64.RawURLEncoding.EncodeToString(secret)
		c.Clients = c.Clients[:1]
		x.register(&c.Clients[0])
	})
	x.a.ProofKey = newKey()
	return x
}

// Clients that send no nonce are asked for one at each endpoint, and go on with what they are given.
func TestNoncesRequired(t *testing.T) {
	t.Parallel()
	x := newNonceTrial(t, "required", nil)
	f := x.flow(x.a)
	asked := f.push()
	x.refused(asked, http.StatusBadRequest, "use_dpop_nonce")
	x.a.ProofNonce = asked.Header.Get("DPoP-Nonce")
	require.NotEmpty(t, x.a.ProofNonce)
	f.pushed().authorized()

	forgets := func(m *fapitest.Message) { delete(m.Proof.Claims, "nonce") }
	asked = f.redeem(forgets)
	x.refused(asked, http.StatusBadRequest, "use_dpop_nonce")
	assert.NotEmpty(t, asked.Header.Get("DPoP-Nonce"))
	tokens := f.tokens()
	asked, err := x.a.Refresh(t.Context(), tokens.Text("refresh_token"), forgets)
	require.NoError(t, err)
	x.refused(asked, http.StatusBadRequest, "use_dpop_nonce")
	refreshed, err := x.a.Refresh(t.Context(), tokens.Text("refresh_token"))
	require.NoError(t, err)
	token := x.tokens(refreshed).Text("access_token")

	challenged := x.accounts(x.a, token, forgets)
	x.denied("no nonce", challenged, "use_dpop_nonce")
	assert.NotEmpty(t, challenged.Header.Get("DPoP-Nonce"))
	x.denied("a nonce of another", x.accounts(x.a, token, proofClaim("nonce", strings.Repeat("A", 32))), "use_dpop_nonce")
	x.uses(x.a, token)
}

// Clients that know nothing of nonces are served, but those that send one must send a good one.
func TestNoncesOn(t *testing.T) {
	t.Parallel()
	x := newNonceTrial(t, "on", nil)
	f := x.flow(x.a)
	given := f.push().Header.Get("DPoP-Nonce")
	assert.NotEmpty(t, given)
	x.refused(f.push(proofClaim("nonce", "stale")), http.StatusBadRequest, "use_dpop_nonce")
	tokens := f.pushed(proofClaim("nonce", given)).tokens()
	x.uses(x.a, tokens.Text("access_token"))
}

func TestNoncesOff(t *testing.T) {
	t.Parallel()
	x := newNonceTrial(t, "off", nil)
	assert.Empty(t, x.flow(x.a).push().Header.Get("DPoP-Nonce"))
}

// Servers that share a secret know each other's nonces, others don't.
func TestNonceSecret(t *testing.T) {
	t.Parallel()
	secret := []byte("thirty-two bytes, or some more of them")
	one, two, other := newNonceTrial(t, "required", secret), newNonceTrial(t, "required", secret), newNonceTrial(t, "required", nil)
	nonce := one.flow(one.a).push().Header.Get("DPoP-Nonce")
	two.flow(two.a).pushed(proofClaim("nonce", nonce))
	other.refused(other.flow(other.a).push(proofClaim("nonce", nonce)), http.StatusBadRequest, "use_dpop_nonce")
}

// Below an issuer with a path too, a proof is for the URL of the resource as its client knows it, on either listener.
func TestProofsForBothListeners(t *testing.T) {
	t.Parallel()
	x := &trial{newSite(t), byKey}
	x.start(func(c *config) {
		c.Issuer, c.Consent = x.world.main+"/tenant", "auto"
		x.register(&c.Clients[0])
	})
	x.a.ProofKey = newKey()
	token := x.flow(x.a).tokens().Text("access_token")
	for _, base := range []string{x.world.main, x.world.mtls} {
		for _, path := range []string{"/tenant/accounts", "/tenant/userinfo"} {
			answer, err := x.a.Get(t.Context(), base+path, token)
			require.NoError(t, err)
			assert.Equal(t, http.StatusOK, answer.Status, "%s: %s", base+path, answer.Body)
		}
	}
	elsewhere, err := x.a.Get(t.Context(), x.world.main+"/tenant/accounts", token, proofClaim("htu", "https://other.example/tenant/accounts"))
	require.NoError(t, err)
	x.denied("another host", elsewhere, "invalid_dpop_proof")
}

// DPOP-10: a server that clients know by name, at the port of https.
func TestProofURLsAreNormalised(t *testing.T) {
	t.Parallel()
	x := &trial{newSite(t), byKey}
	x.start(func(c *config) {
		c.Issuer, c.Consent = "https://"+publicName+"/tenant", "auto"
		x.register(&c.Clients[0])
	})
	byName := x.https(nil)
	byName.Transport.(*http.Transport).DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, x.listeners[0].Addr().String())
	}
	x.a.HTTP, x.a.ProofKey, x.a.Server.MTLSEndpointAliases = byName, newKey(), nil
	x.world.main = x.Issuer
	token := func(mutate fapitest.Mutation) *fapitest.Answer {
		answer, err := x.a.Token(t.Context(), url.Values{"grant_type": {"client_credentials"}, "scope": {"accounts"}}, mutate)
		require.NoError(t, err)
		return answer
	}
	bound := token(func(*fapitest.Message) {}).Text("access_token")
	for name, c := range map[string]struct {
		from, to string
		refused  bool
	}{
		"as it is":             {"", "", false},
		"case of the host":     {publicName, "AS.Example.COM", false},
		"case of the scheme":   {"https", "HTTPS", false},
		"default port":         {publicName, publicName + ":443", false},
		"escaped letters":      {"tenant", "%74%65nant", false},
		"dot segments":         {"/tenant", "/x/../tenant", false},
		"case of the path":     {"tenant", "Tenant", true},
		"another port":         {publicName, publicName + ":8443", true},
		"no TLS":               {"https", "http", true},
		"the address, no name": {publicName, "127.0.0.1", true},
	} {
		mutate := func(m *fapitest.Message) {
			m.Proof.Claims["htu"] = strings.Replace(m.Proof.Claims["htu"].(string), c.from, c.to, 1)
		}
		pushed, issued, granted := x.flow(x.a).push(mutate), token(mutate), x.accounts(x.a, bound, mutate)
		if c.refused {
			x.refusedProof(name, pushed)
			x.refusedProof(name, issued)
			x.denied(name, granted, "invalid_dpop_proof")
			continue
		}
		assert.Equal(t, http.StatusCreated, pushed.Status, "%s: %s", name, pushed.Body)
		assert.Equal(t, http.StatusOK, issued.Status, "%s: %s", name, issued.Body)
		assert.Equal(t, http.StatusOK, granted.Status, "%s: %s", name, granted.Body)
	}
}

// A client that registers no way of binding gets the one that it proves; a client that registers both is refused.
func TestBindingsByMetadata(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		key, certificate bool // registered
		proof, presented bool
		kind, code       string
	}{
		"key":                            {key: true, proof: true, presented: true, kind: "DPoP"},
		"certificate":                    {certificate: true, proof: true, presented: true, kind: "Bearer"},
		"what is proved, the key":        {proof: true, kind: "DPoP"},
		"what is proved, a certificate":  {presented: true, kind: "Bearer"},
		"what is proved is two things":   {proof: true, presented: true, code: "invalid_request"},
		"nothing is proved":              {code: "invalid_request"},
		"key, and none is proved":        {key: true, presented: true, code: "invalid_dpop_proof"},
		"certificate, but none is there": {certificate: true, proof: true, code: "invalid_request"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, func(config *config) {
				m := &config.Clients[0].Metadata
				m.DPoPBoundAccessTokens, m.TLSClientCertificateBoundAccessTokens = c.key, c.certificate
			})
			if c.proof {
				w.a.ProofKey = newKey()
			}
			if !c.presented {
				w.a.HTTP = w.outside
			}
			answer, err := w.a.Token(t.Context(), url.Values{"grant_type": {"client_credentials"}, "scope": {"accounts"}})
			require.NoError(t, err)
			assert.Equal(t, c.kind, answer.Text("token_type"), string(answer.Body))
			assert.Equal(t, c.code, answer.Text("error"))
		})
	}
}
