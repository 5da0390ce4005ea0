package fapi_test

import (
	"crypto"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/dpop"
	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/internal/must"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

// onKeys tries every row with a client A that binds by a key.
func (all clauses) onKeys(t *testing.T, options ...fapi.Option) {
	t.Helper()
	all.on(t, func(t *testing.T, store string) *bench { return dpopBench(t, store, options...) })
}

// What a proof may be, and what not, at each endpoint of the server that takes one.
func TestClausesProofs(t *testing.T) {
	t.Parallel()
	const bad = "invalid_dpop_proof"
	other := newEC()
	var rows clauses
	for name, at := range map[string]struct {
		do   func(...fapitest.Mutation) step
		want check
	}{
		"pushed request":     {push, created},
		"code":               {redeem, keyBound},
		"refresh":            {refresh, keyBound},
		"client_credentials": {credentials, keyBound},
	} {
		kept := func(row string, m fapitest.Mutation) {
			rows = append(rows, clause{row + ", " + name, at.do(m), at.want})
		}
		kept("DPOP-01/kept", func(*fapitest.Message) {})
		kept("DPOP-09/kept query of htu", htu(func(s string) string { return s + "?a=b" }))
		kept("DPOP-09/kept fragment of htu", htu(func(s string) string { return s + "#a" }))
		kept("DPOP-10/kept upper-case scheme and host", htu(func(s string) string {
			return strings.Replace(s, "https://as.example.com", "HTTPS://AS.EXAMPLE.COM", 1)
		}))
		kept("DPOP-10/kept default port", htu(func(s string) string { return strings.Replace(s, ".com/", ".com:443/", 1) }))
		kept("DPOP-12/kept iat 10 s back", iat(-10*time.Second))
		kept("F2-AS-13/kept iat 10 s ahead", iat(10*time.Second))
		kept("DPOP-14/kept nbf, exp and an unknown claim", func(m *fapitest.Message) {
			m.Proof.Claims["nbf"], m.Proof.Claims["exp"], m.Proof.Claims["x"] = m.Proof.Claims["iat"], m.Proof.Claims["iat"].(int64)+300, 1
		})
		kept("DPOP-50/kept a nonce where none are given", proof("nonce", "x"))

		refuse := func(id, row, audited string, m fapitest.Mutation) {
			rows = append(rows, clause{id + "/refused " + row + ", " + name, at.do(m), refused(400, bad, audited)})
		}
		refuse("DPOP-01", "two headers", "DPOP-01", func(m *fapitest.Message) { m.Header["Dpop"] = []string{proved(m), proved(m)}; m.Proof.Claims = nil })
		refuse("DPOP-02 DPOP-01", "a list", "DPOP-01", func(m *fapitest.Message) { m.Header.Set("DPoP", proved(m)+", "+proved(m)); m.Proof.Claims = nil })
		refuse("DPOP-02", "garbage", "DPOP-02", func(m *fapitest.Message) { m.Header.Set("DPoP", "x.y.z"); m.Proof.Claims = nil })
		refuse("DPOP-02", "empty", "DPOP-02", func(m *fapitest.Message) { m.Header.Set("DPoP", ""); m.Proof.Claims = nil })
		refuse("DPOP-03", "typ JWT", "DPOP-03", proofHeader("typ", "JWT"))
		refuse("DPOP-03", "no typ", "DPOP-03", proofHeader("typ", nil))
		refuse("DPOP-04", "none", "F2-CR-02", func(m *fapitest.Message) { m.Proof.Algorithm = "none" })
		refuse("DPOP-04", "RS256", "F2-CR-02", func(m *fapitest.Message) {
			m.Proof.Algorithm, m.Proof.Key, m.Proof.Header["jwk"] = jose.RS256, testRSA(), jose.JSONWebKey{Key: testRSA().Public()}
		})
		refuse("DPOP-05", "no jwk", "DPOP-05", proofHeader("jwk", nil))
		refuse("DPOP-05", "private jwk", "DPOP-05", func(m *fapitest.Message) { m.Proof.Header["jwk"] = jose.JSONWebKey{Key: m.Proof.Key} })
		refuse("DPOP-06", "another key's signature", "DPOP-06", func(m *fapitest.Message) { m.Proof.Key = other })
		for required, id := range map[string]string{"jti": "DPOP-07", "htm": "DPOP-08", "htu": "DPOP-09", "iat": "DPOP-07"} {
			refuse("DPOP-07", "no "+required, id, func(m *fapitest.Message) { delete(m.Proof.Claims, required) })
		}
		refuse("DPOP-08", "htm GET", "DPOP-08", proof("htm", http.MethodGet))
		refuse("DPOP-09", "htu of another path", "DPOP-09", htu(func(s string) string { return s + "/x" }))
		refuse("DPOP-09", "htu of another host", "DPOP-09", htu(func(s string) string { return strings.Replace(s, "as.", "other.", 1) }))
		refuse("DPOP-12", "iat 61 s back", "DPOP-12", iat(-61*time.Second))
		refuse("F2-AS-13", "iat 61 s ahead", "F2-AS-13", iat(61*time.Second))
		kept("F2-AS-13/kept nbf 10 s ahead", dated("nbf", 10))
		refuse("F2-AS-13", "nbf 61 s ahead", "F2-AS-13", dated("nbf", 61))
		kept("DPOP-12/kept exp 60 s ahead", dated("exp", 60))
		refuse("DPOP-12", "exp 60 s back", "DPOP-12", dated("exp", -60))
		refuse("DPOP-71 DPOP-03", "a client assertion", "DPOP-03", func(m *fapitest.Message) {
			m.Header.Set("DPoP", must.Get(m.Assertion.Sign()))
			m.Proof.Claims = nil
		})
	}
	rows.onKeys(t)
}

func TestClausesKeyBinding(t *testing.T) {
	t.Parallel()
	other := newEC()
	none := func(m *fapitest.Message) { m.Proof.Claims = nil }
	inactive := func(b *bench, a *fapitest.Answer) { b.Helper(); assert.JSONEq(b, `{"active":false}`, string(a.Body)) }
	clauses{
		{"DPOP-15/refused twice, pushed request", onceThen(push), refused(400, "invalid_dpop_proof", "DPOP-15")},
		{"DPOP-15/refused twice, client_credentials", onceThen(credentials), refused(400, "invalid_dpop_proof", "DPOP-15")},
		{"DPOP-15/refused its jti for another URL", elsewhere, refused(400, "invalid_dpop_proof", "DPOP-15")},
		{"DPOP-15/kept another key has its own", elsewhereBy(other), keyBound},

		{"DPOP-26/kept", get(wellKnownOAuth), document(member("dpop_signing_alg_values_supported", []any{"PS256", "ES256", "EdDSA"}))},
		{"DPOP-27/refused no proof, code", redeem(none), refused(400, "invalid_dpop_proof", "F2-AS-04")},
		{"DPOP-27/refused no proof, refresh", refresh(none), refused(400, "invalid_dpop_proof", "F2-AS-04")},
		{"DPOP-27/refused no proof, client_credentials", credentials(none), refused(400, "invalid_dpop_proof", "F2-AS-04")},
		{"DPOP-27/kept not registered, and proved", registered(func(c *registration.Client) { c.DPoPBoundAccessTokens = false }, redeem()), keyBound},

		{"DPOP-24/kept another key at refresh", refresh(by(other)), boundToKey(other)},
		{"DPOP-24 OA-15/refused refresh token of another client", func(b *bench) *fapitest.Answer {
			tokens := request()(b)
			b.b.ProofKey = b.a.ProofKey
			return b.got(b.b.Refresh(b.Context(), tokens.Text("refresh_token")))
		}, refused(400, "invalid_grant", "OA-15")},

		{"DPOP-31/kept", introspect(), all(answers(200), member("active", true), member("token_type", "DPoP"), func(b *bench, a *fapitest.Answer) {
			assert.Equal(b, map[string]any{"jkt": jkt(b.a.ProofKey)}, a.JSON["cnf"])
		})},
		{"DPOP-31/kept without a proof", introspect(none), all(answers(200), member("active", true))},
		{"DPOP-31/kept a refresh token is bound to no key", onRefreshToken((*fapitest.Client).Introspect), all(answers(200), member("token_type", nil), member("cnf", nil))},
		{"INT-10/refused token of another client", func(b *bench) *fapitest.Answer { return b.got(b.b.Introspect(b.Context(), b.aToken())) }, inactive},

		{"DPOP-61 F2-AS-12/kept", pushedThen(redeemedBy(nil), none, ownJKT), keyBound},
		{"DPOP-60 F2-AS-12/refused another key", pushedThen(redeemedBy(other), none, ownJKT), refused(400, "invalid_grant", "F2-AS-12")},
		{"DPOP-60 DPOP-61/refused dpop_jkt that is none", push(none, param("dpop_jkt", "x")), refused(400, "invalid_request", "DPOP-60")},
		{"DPOP-62/kept", pushedThen(redeemedBy(nil)), keyBound},
		{"DPOP-62 F2-AS-12/refused another key", pushedThen(redeemedBy(other)), refused(400, "invalid_grant", "F2-AS-12")},
		{"DPOP-63/kept both", pushedThen(redeemedBy(nil), ownJKT), keyBound},
		{"DPOP-63/refused both, and different", push(param("dpop_jkt", jkt(other))), refused(400, "invalid_request", "F2-AS-12")},
		{"DPOP-64/kept no binding asked for, any key", pushedThen(redeemedBy(other), none), boundToKey(other)},
		{"DPOP-60/kept another key spends no code", func(b *bench) *fapitest.Answer {
			code := b.newCode()
			require.Equal(b, http.StatusBadRequest, b.got(b.a.Redeem(b.Context(), code, verifier, by(other))).Status)
			return b.got(b.a.Redeem(b.Context(), code, verifier))
		}, keyBound},
	}.onKeys(t)
}

func TestClausesNonces(t *testing.T) {
	t.Parallel()
	secret := []byte("a secret of at least thirty-two bytes")
	supplied := func(m *fapitest.Message) { m.Proof.Claims["nonce"] = (&dpop.Nonces{Secret: secret}).Current() }
	absent := func(m *fapitest.Message) { delete(m.Proof.Claims, "nonce") }
	foreign := func(m *fapitest.Message) {
		m.Proof.Claims["nonce"] = (&dpop.Nonces{Secret: []byte("another secret of at least thirty-two bytes")}).Current()
	}
	gives := func(b *bench, a *fapitest.Answer) {
		b.Helper()
		require.Len(b, a.Header["Dpop-Nonce"], 1)
		assert.Regexp(b, `^[\x21\x23-\x5B\x5D-\x7E]+$`, a.Header.Get("DPoP-Nonce"), "DPOP-52")
		assert.Equal(b, "no-store", a.Header.Get("Cache-Control"), "DPOP-53")
	}
	asks := func(id string) check { return all(refused(400, "use_dpop_nonce", id), gives) }
	stale := func(m *fapitest.Message) { supplied(m); pass(time.Hour); iat(time.Hour)(m) }
	clauses{
		{"DPOP-50/kept pushed request", push(supplied), all(created, gives)},
		{"DPOP-50/kept client_credentials", credentials(supplied), all(keyBound, gives)},
		{"DPOP-50 F2-AS-10/refused none, pushed request", push(absent), asks("DPOP-50")},
		{"DPOP-50/refused none, client_credentials", credentials(absent), asks("DPOP-50")},
		{"DPOP-51 DPOP-11/refused another server's", credentials(foreign), asks("DPOP-51")},
		{"DPOP-51/refused of an hour ago", credentials(stale, assertedNow), asks("DPOP-51")},
		{"DPOP-55 DPOP-50/refused none after one was given", func(b *bench) *fapitest.Answer { credentials(supplied)(b); return credentials(absent)(b) }, asks("DPOP-50")},
		{"DPOP-73/kept the same for several proofs", twice(credentials(supplied)), keyBound},
	}.onKeys(t, fapi.WithDPoPNonces(fapi.NonceRequired, secret))
	clauses{
		{"F2-AS-10/kept none, where they are optional", credentials(absent), all(keyBound, gives)},
		{"DPOP-50/kept", credentials(supplied), all(keyBound, gives)},
		{"DPOP-51/refused another server's", credentials(foreign), asks("DPOP-51")},
	}.onKeys(t, fapi.WithDPoPNonces(fapi.NonceOn, secret))
}

// keyBound is the answer with tokens of a key (RFC 9449 5): DPOP-22. They live as short as others (DPOP-70).
func keyBound(b *bench, a *fapitest.Answer) {
	b.Helper()
	answers(http.StatusOK)(b, a)
	assert.Equal(b, "DPoP", a.Text("token_type"))
	assert.Equal(b, 300.0, a.JSON["expires_in"])
}

func boundToKey(key crypto.Signer) check {
	return all(keyBound, func(b *bench, a *fapitest.Answer) {
		b.Helper()
		assert.Equal(b, map[string]any{"jkt": jkt(key)}, b.got(b.a.Introspect(b.Context(), a.Text("access_token"))).JSON["cnf"])
	})
}

func jkt(key crypto.Signer) string {
	out, err := dpop.Thumbprint(&jose.JSONWebKey{Key: key.Public()})
	if err != nil {
		panic(err)
	}
	return out
}

func proof(name string, value any) fapitest.Mutation {
	return func(m *fapitest.Message) { m.Proof.Claims[name] = value }
}

func htu(change func(string) string) fapitest.Mutation {
	return func(m *fapitest.Message) { m.Proof.Claims["htu"] = change(m.Proof.Claims["htu"].(string)) }
}

func iat(d time.Duration) fapitest.Mutation { return dated("iat", int64(d.Seconds())) }

// dated sets a time in the proof, so many seconds from when it was made.
func dated(name string, seconds int64) fapitest.Mutation {
	return func(m *fapitest.Message) { m.Proof.Claims[name] = m.Proof.Claims["iat"].(int64) + seconds }
}

func proofHeader(name string, value any) fapitest.Mutation {
	return func(m *fapitest.Message) {
		if m.Proof.Header[name] = value; value == nil {
			delete(m.Proof.Header, name)
		}
	}
}

// by makes the proof with another key.
func by(key crypto.Signer) fapitest.Mutation {
	return func(m *fapitest.Message) {
		m.Proof.Key, m.Proof.Header["jwk"] = key, jose.JSONWebKey{Key: key.Public()}
	}
}

// ownJKT asks for a code that is bound to the key of the proof.
func ownJKT(m *fapitest.Message) { m.Form.Set("dpop_jkt", jkt(m.Proof.Key)) }

// proved is a proof as the message would have it, with a jti of its own.
func proved(m *fapitest.Message) string {
	own := m.Proof
	own.Claims = maps.Clone(own.Claims)
	own.Claims["jti"] = fapitest.Verifier()
	return must.Get(own.Sign())
}

// pushedThen changes the pushed request and redeems its code.
func pushedThen(redeemed func(b *bench, code string) *fapitest.Answer, m ...fapitest.Mutation) step {
	return func(b *bench) *fapitest.Answer { return redeemed(b, b.newCode(m...)) }
}

// redeemedBy redeems with the key of the client, nil, or with another.
func redeemedBy(key crypto.Signer) func(b *bench, code string) *fapitest.Answer {
	return func(b *bench, code string) *fapitest.Answer {
		if key == nil {
			return b.got(b.a.Redeem(b.Context(), code, verifier))
		}
		return b.got(b.a.Redeem(b.Context(), code, verifier, by(key)))
	}
}

// onceThen sends one proof two times.
func onceThen(do func(...fapitest.Mutation) step) step {
	return twice(do(proof("jti", "the same")))
}

// elsewhere uses the jti of a proof for another one, of the same key.
func elsewhere(b *bench) *fapitest.Answer {
	push(proof("jti", "the same"))(b)
	return credentials(proof("jti", "the same"))(b)
}

func elsewhereBy(key crypto.Signer) step {
	return func(b *bench) *fapitest.Answer {
		push(proof("jti", "the same"))(b)
		return credentials(proof("jti", "the same"), by(key))(b)
	}
}

// assertedNow keeps the client assertion young while the clock moves.
func assertedNow(m *fapitest.Message) {
	m.Assertion.Claims["iat"], m.Assertion.Claims["exp"] = time.Now().Unix(), time.Now().Add(time.Minute).Unix()
}
