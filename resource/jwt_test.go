package resource_test

import (
	"crypto"
	"encoding/json"
	"strings"
	"testing"

	jose "github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/internal/leaftest"
	"github.com/fosite-fapi/fosite-fapi/internal/must"
	"github.com/fosite-fapi/fosite-fapi/resource"
)

// What holds for JWTs, beside what holds for every token.
func TestJWTRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []refusedCase{
		{"F2-CR-02 RS256", "F2-CR-02", func(w *world) { w.by("RS256", rsa2048()) }, 401, "invalid_token", resource.ErrAlgorithm},
		{"F2-CR-03 none", "F2-CR-02", func(w *world) {
			w.header["alg"] = "none"
			w.tamper = func(s string) string { return s[:strings.LastIndexByte(s, '.')+1] }
		}, 401, "invalid_token", resource.ErrAlgorithm},
		{"JW-01 HS256 with the public key", "F2-CR-02", func(w *world) { w.header["alg"] = "HS256" }, 401, "invalid_token", resource.ErrAlgorithm},
		{"AT-01 typ JWT", "AT-01", func(w *world) { w.header["typ"] = "JWT" }, 401, "invalid_token", resource.ErrType},
		{"AT-01 no typ", "AT-01", func(w *world) { delete(w.header, "typ") }, 401, "invalid_token", resource.ErrType},
		{"DPOP-71 a proof", "AT-01", func(w *world) { w.header["typ"] = "dpop+jwt" }, 401, "invalid_token", resource.ErrType},
		{"INT-21 a signed introspection response", "AT-01", func(w *world) { w.header["typ"] = "token-introspection+jwt" }, 401, "invalid_token", resource.ErrType},
		{"AT-01 no iss", "AT-01", func(w *world) { delete(w.claims, "iss") }, 401, "invalid_token", resource.ErrIssuer},
		{"AT-01 no aud", "AT-01", func(w *world) { delete(w.claims, "aud") }, 401, "invalid_token", resource.ErrAudience},
		{"AT-01 empty aud", "AT-01", func(w *world) { w.claims["aud"] = []string{} }, 401, "invalid_token", resource.ErrAudience},
		{"AT-01 no exp", "AT-01", func(w *world) { delete(w.claims, "exp") }, 401, "invalid_token", resource.ErrClaim},
		{"AT-01 no iat", "AT-01", func(w *world) { delete(w.claims, "iat") }, 401, "invalid_token", resource.ErrClaim},
		{"AT-01 no sub", "AT-01", func(w *world) { delete(w.claims, "sub") }, 401, "invalid_token", resource.ErrClaim},
		{"AT-01 no client_id", "AT-01", func(w *world) { delete(w.claims, "client_id") }, 401, "invalid_token", resource.ErrClaim},
		{"AT-01 no jti", "AT-01", func(w *world) { delete(w.claims, "jti") }, 401, "invalid_token", resource.ErrClaim},
		{"F2-RS-03 changed claims", "F2-RS-03", func(w *world) {
			w.tamper = func(s string) string {
				parts := strings.Split(s, ".")
				w.claims["scope"] = "accounts admin"
				parts[1] = strings.Split(leaftest.Sign(w.header, string(must.Get(json.Marshal(w.claims))), w.key), ".")[1]
				return strings.Join(parts, ".")
			}
		}, 401, "invalid_token", resource.ErrSignature},
		{"F2-RS-03 another key under the issuer's kid", "F2-RS-03", func(w *world) { w.key = p256b() }, 401, "invalid_token", resource.ErrSignature},
		{"F2-RS-03 another key without kid", "F2-RS-03", func(w *world) { w.key = p256b(); delete(w.header, "kid") }, 401, "invalid_token", resource.ErrSignature},
		{"F2-RS-03 unknown kid", "F2-RS-03", func(w *world) { w.header["kid"] = "k2" }, 401, "invalid_token", resource.ErrKey},
		{"F2-CR-09 the key is for encryption", "F2-RS-03", func(w *world) { w.as.keys.Keys[0].Use = "enc" }, 401, "invalid_token", resource.ErrKey},
		{"F2-CR-04 RSA of 1024 bits", "F2-RS-03", func(w *world) { w.by("PS256", rsa1024()) }, 401, "invalid_token", resource.ErrKey},
		{"F2-RS-03 an opaque token", "F2-RS-03", func(w *world) { w.opaque = true }, 401, "invalid_token", resource.ErrMalformed},
		{"F2-RS-03 crit", "F2-RS-03", func(w *world) { w.header["crit"] = []string{"x"}; w.header["x"] = 1 }, 401, "invalid_token", resource.ErrMalformed},
		{"F2-RS-03 a claim twice", "F2-RS-03", func(w *world) { w.payload(func(s string) string { return `{"sub":"other",` + s[1:] }) }, 401, "invalid_token", resource.ErrMalformed},
		{"F2-RS-03 no object", "F2-RS-03", func(w *world) { w.payload(func(string) string { return "null" }) }, 401, "invalid_token", resource.ErrMalformed},
		{"F2-RS-03 exp is a string", "F2-RS-03", func(w *world) { w.claims["exp"] = "1700000300" }, 401, "invalid_token", resource.ErrMalformed},
		{"F2-RS-03 exp beyond all calendars", "F2-RS-03", func(w *world) { w.claims["exp"] = 1e300 }, 401, "invalid_token", resource.ErrMalformed},
		{"F2-RS-03 aud is a number", "F2-RS-03", func(w *world) { w.claims["aud"] = 1 }, 401, "invalid_token", resource.ErrMalformed},
		{"F2-RS-03 aud is null", "F2-RS-03", func(w *world) { w.claims["aud"] = nil }, 401, "invalid_token", resource.ErrMalformed},
	} {
		c.run(t, newWorld)
	}
}

func TestJWTAccepted(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*world){
		"F2-CR-02 PS256":                     func(w *world) { w.by("PS256", rsa2048()) },
		"F2-CR-02 EdDSA":                     func(w *world) { w.by("EdDSA", ed()) },
		"AT-01 typ with its prefix":          func(w *world) { w.header["typ"] = "application/at+jwt" },
		"AT-01 typ in another case":          func(w *world) { w.header["typ"] = "AT+JWT" },
		"F2-RS-03 no kid":                    func(w *world) { delete(w.header, "kid") },
		"NumericDate with a fraction":        func(w *world) { w.claims["exp"] = float64(w.at(0)) + 0.5 },
		"unknown claims":                     func(w *world) { w.claims["acr"] = "urn:x"; w.claims["active"] = false },
		"F2-CR-09 a kid twice, another kty":  func(w *world) { w.publish(rsa2048(), "k1"); w.publish(p256(), "k1") },
		"F2-CR-08 jku and x5u are not asked": func(w *world) { w.header["jku"] = w.as.issuer + "/evil"; w.header["x5u"] = w.as.issuer + "/evil" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			change(w)
			w.passes(w.call())
			if w.as.count("/evil") != 0 {
				t.Fatal("the header made the server ask somebody")
			}
		})
	}
}

// by makes the issuer sign with another algorithm and key.
func (w *world) by(alg string, key crypto.Signer) {
	w.header["alg"], w.key = alg, key
	w.as.keys.Keys = []jose.JSONWebKey{{Key: key.Public(), KeyID: "k1"}}
}

// publish adds a key to the issuer's.
func (w *world) publish(key crypto.Signer, kid string) {
	w.as.keys.Keys = append(w.as.keys.Keys, jose.JSONWebKey{Key: key.Public(), KeyID: kid})
}

// payload makes the issuer sign something else than the claims.
func (w *world) payload(change func(string) string) {
	w.tamper = func(string) string {
		return leaftest.Sign(w.header, change(string(must.Get(json.Marshal(w.claims)))), w.key)
	}
}
