package dpop_test

import (
	"testing"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/dpop"
	"github.com/fosite-fapi/fosite-fapi/internal/leaftest"
)

// TestVerifyAgain: that a key has proved itself before excuses its next proof from nothing.
func TestVerifyAgain(t *testing.T) {
	t.Parallel()
	before := base()
	proved, err := before.verify()
	require.NoError(t, err)
	_, err = before.verify()
	require.ErrorIs(t, err, dpop.ErrReplayed, "DPOP-15")

	judged(t, func(*call) {}, []change{
		{"the same again", func(*call) {}, nil},
		{"signed by another key", func(c *call) { c.key = p256b() }, dpop.ErrSignature},
		{"one bit of the signature", tampered(func(p []string) { p[2] = flip(p[2]) }), dpop.ErrSignature},
		{"no signature", tampered(func(p []string) { p[2] = "" }), dpop.ErrSignature},
		{"other claims", tampered(func(p []string) {
			p[1] = leaftest.Base64(`{"jti":"id-2","htm":"POST","htu":"` + tokenURL + `","iat":1700000000}`)
		}), dpop.ErrSignature},
		{"line feed", tampered(func(p []string) { p[2] += "\n" }), dpop.ErrMalformed},
		{"payload null", payload("null"), dpop.ErrMalformed},
		{"htm", set("htm", "GET"), dpop.ErrMethod},
		{"htu", set("htu", "https://evil.example/oauth/token"), dpop.ErrURL},
		{"iat", set("iat", at(-3600)), dpop.ErrExpired},
		{"another thumbprint is asked for", func(c *call) { c.request.Thumbprint = thumbprint(p256b()) }, dpop.ErrThumbprint},
		{"its own thumbprint is asked for", func(c *call) { c.request.Thumbprint = proved.Thumbprint }, nil},
		{"a verifier that doesn't accept its alg", func(c *call) { c.verifier.Algorithms = []jose.SignatureAlgorithm{jose.PS256} }, dpop.ErrAlgorithm},
		{"a verifier that wants a nonce", func(c *call) { c.verifier.Nonces, c.request.NonceRequired = nonces(), true }, dpop.ErrNonceRequired},
	})
}
