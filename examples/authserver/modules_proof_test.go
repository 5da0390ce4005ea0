package main

import (
	"crypto"
	"maps"
	"net/http"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/dpop"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

// DPoP: the proofs that pass everywhere, the keys that a code is bound to, and the proofs that a resource refuses.
func proofModules() []module {
	return []module{
		proves("check-dpop-proof-nbf-exp", func(m *fapitest.Message) {
			m.Proof.Claims["nbf"], m.Proof.Claims["exp"] = m.Proof.Claims["iat"], m.Proof.Claims["iat"].(int64)+60
		}),
		proves("ensure-dpopproof-with-iat-10seconds-before-succeeds", issued(-10*time.Second)),
		proves("ensure-dpopproof-with-iat-10seconds-after-succeeds", issued(8*time.Second)), // as far as the module goes
		{name: "ensure-dpopproof-at-par-endpoint-binding-success", constrain: keyBound, test: func(x *trial) { x.flow(x.a).pushed().tokens() }},
		{name: "ensure-dpop-auth-code-binding-success", constrain: keyBound, test: func(x *trial) { x.boundBy(x.a).tokens() }},
		{name: "ensure-mismatched-dpop-jkt-fails", constrain: keyBound, test: func(x *trial) {
			f := x.flow(x.a)
			f.params.Set("dpop_jkt", thumbprint(newKey()))
			x.refused(f.push(), http.StatusBadRequest, "invalid_request")
		}},
		{name: "ensure-token-endpoint-fails-with-mismatched-dpop-proof-jkt", constrain: keyBound, test: func(x *trial) {
			x.otherKey(x.flow(x.a).pushed().authorized())
		}},
		{name: "ensure-token-endpoint-fails-with-mismatched-dpop-jkt", constrain: keyBound, test: func(x *trial) {
			x.otherKey(x.boundBy(x.a).authorized())
		}},
		{name: "dpop-negative-tests", constrain: keyBound, machine: true, test: (*trial).badProofs},
	}
}

// proves is a proof that passes at all endpoints.
func proves(name string, mutate fapitest.Mutation) module {
	return module{name: name, constrain: keyBound, machine: true, test: func(x *trial) {
		if !x.machine() {
			x.flow(x.a).pushed(mutate)
		}
		token := x.tokens(x.grant(x.a, mutate)).Text("access_token")
		answer := x.accounts(x.a, token, mutate)
		assert.Equal(x, http.StatusOK, answer.Status, string(answer.Body))
	}}
}

// issued shifts the time at which a proof was made.
func issued(d time.Duration) fapitest.Mutation {
	return func(m *fapitest.Message) { m.Proof.Claims["iat"] = m.Proof.Claims["iat"].(int64) + int64(d.Seconds()) }
}

func thumbprint(key crypto.Signer) string {
	jkt, err := dpop.Thumbprint(&jose.JSONWebKey{Key: key.Public()})
	if err != nil {
		panic(err)
	}
	return jkt
}

// boundBy is a flow whose code is bound by dpop_jkt alone.
func (x *trial) boundBy(c *fapitest.Client) *flow {
	f := x.flow(c)
	f.params.Set("dpop_jkt", thumbprint(c.ProofKey))
	return f.pushed(func(m *fapitest.Message) { m.Proof.Claims = nil })
}

// otherKey redeems a code with a key that it isn't bound to.
func (x *trial) otherKey(f *flow) {
	thief := *f.client
	thief.ProofKey = newKey()
	x.refused(f.as(&thief).redeem(), http.StatusBadRequest, "invalid_grant")
	x.tokens(f.redeem())
}

// defects are what may be wrong with a proof, whichever endpoint it is for.
func (x *trial) defects() map[string]fapitest.Mutation {
	other := newKey()
	return map[string]fapitest.Mutation{
		"several headers": func(m *fapitest.Message) { m.Header["Dpop"] = []string{compact(m), compact(m)}; m.Proof.Claims = nil },
		"not a JWT":       raw(func(string) string { return "proof" }),
		"two in one":      raw(func(proof string) string { return proof + "," + proof }),
		"an empty header": raw(func(string) string { return "" }),
		"no typ":          func(m *fapitest.Message) { delete(m.Proof.Header, "typ") },
		"wrong typ":       func(m *fapitest.Message) { m.Proof.Header["typ"] = "JWT" },
		"no alg":          raw(func(proof string) string { return "eyJ0eXAiOiJkcG9wK2p3dCJ9" + proof[strings.Index(proof, "."):] }),
		"alg none":        func(m *fapitest.Message) { m.Proof.Algorithm = "none" },
		"RS256": func(m *fapitest.Message) {
			m.Proof.Key, m.Proof.Algorithm = rsaKey(), jose.RS256
			m.Proof.Header["jwk"] = jose.JSONWebKey{Key: rsaKey().Public()}
		},
		"no jwk":               func(m *fapitest.Message) { delete(m.Proof.Header, "jwk") },
		"a private key as jwk": func(m *fapitest.Message) { m.Proof.Header["jwk"] = jose.JSONWebKey{Key: m.Proof.Key} },
		"broken signature":     func(m *fapitest.Message) { m.Proof.Key = other },
		"no jti":               noClaim("jti"),
		"no htm":               noClaim("htm"),
		"no htu":               noClaim("htu"),
		"no iat":               noClaim("iat"),
		"htm PUT":              proofClaim("htm", http.MethodPut),
		"htu of another path":  proofClaim("htu", x.base(x.a)+"/userinfo"),
		"htu of another host":  proofClaim("htu", "https://other.example/accounts"),
		"iat an hour back":     issued(-time.Hour),
		"iat an hour ahead":    issued(time.Hour),
	}
}

// variations are what a proof may be all the same.
var variations = map[string]fapitest.Mutation{
	"as it should be": func(*fapitest.Message) {},
	"query of htu":    func(m *fapitest.Message) { m.Proof.Claims["htu"] = m.Proof.Claims["htu"].(string) + "?page=2" },
	"fragment of htu": func(m *fapitest.Message) { m.Proof.Claims["htu"] = m.Proof.Claims["htu"].(string) + "#top" },
	"case of the scheme": func(m *fapitest.Message) {
		m.Proof.Claims["htu"] = strings.Replace(m.Proof.Claims["htu"].(string), "https", "HTTPS", 1)
	},
	"unknown claims": proofClaim("unheard-of", "x"),
}

// badProofs sends one request for each thing that may be wrong with a proof to the resource, as the module does, and
// to the endpoints of the server.
func (x *trial) badProofs() {
	x.badProofsAtTheServer()
	token := x.tokens(x.grant(x.a)).Text("access_token")
	other := newKey()
	for name, mutate := range x.defects() {
		x.denied(name, x.accounts(x.a, token, mutate), "invalid_dpop_proof")
	}
	for name, mutate := range map[string]fapitest.Mutation{
		"no ath":               noClaim("ath"),
		"ath of another token": proofClaim("ath", dpop.AccessTokenHash("other")),
		"no proof":             func(m *fapitest.Message) { m.Proof.Claims = nil },
	} {
		x.denied(name, x.accounts(x.a, token, mutate), "invalid_dpop_proof")
	}
	x.denied("another key", x.accounts(x.a, token, func(m *fapitest.Message) {
		m.Proof.Key, m.Proof.Header["jwk"] = other, jose.JSONWebKey{Key: other.Public()}
	}), "invalid_token")
	x.denied("as Bearer", x.accounts(x.a, token, func(m *fapitest.Message) { m.Header.Set("Authorization", "Bearer "+token) }), "invalid_token")

	for name, mutate := range variations {
		answer := x.accounts(x.a, token, mutate)
		assert.Equal(x, http.StatusOK, answer.Status, "%s: %s", name, answer.Body)
	}
	assert.Equal(x, http.StatusOK, x.accounts(x.a, token, func(m *fapitest.Message) { m.URL += "?page=2" }).Status, "query of the request")

	once := func(m *fapitest.Message) { m.Proof.Claims["jti"] = "the same" }
	assert.Equal(x, http.StatusOK, x.accounts(x.a, token, once).Status)
	x.denied("replay", x.accounts(x.a, token, once), "invalid_dpop_proof")
}

// badProofsAtTheServer tries what spends nothing when it is refused.
func (x *trial) badProofsAtTheServer() {
	var f *flow
	ask := func(mutate fapitest.Mutation) *fapitest.Answer { return x.grant(x.a, mutate) }
	if !x.machine() {
		f = x.flow(x.a)
		for name, mutate := range x.defects() {
			x.refusedProof(name, f.push(mutate))
		}
		f.pushed().authorized()
		ask = func(mutate fapitest.Mutation) *fapitest.Answer { return f.redeem(mutate) }
	}
	for name, mutate := range x.defects() {
		x.refusedProof(name, ask(mutate))
	}
	x.refusedProof("no proof", ask(func(m *fapitest.Message) { m.Proof.Claims = nil }))
	if f != nil {
		refresh := f.tokens().Text("refresh_token")
		ask = func(mutate fapitest.Mutation) *fapitest.Answer {
			answer, err := x.a.Refresh(x.Context(), refresh, mutate)
			require.NoError(x, err)
			return answer
		}
		for name, mutate := range x.defects() {
			x.refusedProof(name, ask(mutate))
		}
	}
	for _, mutate := range variations {
		x.tokens(ask(mutate))
	}
	once := func(m *fapitest.Message) { m.Proof.Claims["jti"] = "once" }
	x.tokens(ask(once))
	x.refusedProof("replay", ask(once))
}

func (x *trial) refusedProof(name string, answer *fapitest.Answer) {
	x.Helper()
	assert.Equal(x, http.StatusBadRequest, answer.Status, name)
	assert.Equal(x, "invalid_dpop_proof", answer.Text("error"), "%s: %s", name, answer.Body)
	assert.Equal(x, "no-store", answer.Header.Get("Cache-Control"), name)
}

// denied asserts the challenge of a resource (RFC 9449 7.1).
func (x *trial) denied(name string, answer *fapitest.Answer, code string) {
	x.Helper()
	assert.Equal(x, http.StatusUnauthorized, answer.Status, name)
	assert.Equal(x, code, answer.Text("error"), "%s: %s", name, answer.Body)
	assert.Contains(x, answer.Header.Get("WWW-Authenticate"), `error="`+code+`"`, name)
	assert.Equal(x, "no-store", answer.Header.Get("Cache-Control"), name)
}

func noClaim(name string) fapitest.Mutation {
	return func(m *fapitest.Message) { delete(m.Proof.Claims, name) }
}

func proofClaim(name string, value any) fapitest.Mutation {
	return func(m *fapitest.Message) { m.Proof.Claims[name] = value }
}

// raw sends something else than the proof that was made.
func raw(change func(string) string) fapitest.Mutation {
	return func(m *fapitest.Message) {
		m.Header.Set("DPoP", change(compact(m)))
		m.Proof.Claims = nil
	}
}

// compact is a proof as the message would have it, with a jti of its own.
func compact(m *fapitest.Message) string {
	own := m.Proof
	own.Claims = maps.Clone(own.Claims)
	own.Claims["jti"] = fapitest.Verifier()
	proof, err := own.Sign()
	if err != nil {
		panic(err)
	}
	return proof
}
