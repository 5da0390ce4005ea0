package keys_test

import (
	"context"
	"crypto"
	"strings"
	"testing"

	jose "github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/internal/leaftest"
	"github.com/fosite-fapi/fosite-fapi/internal/must"
	"github.com/fosite-fapi/fosite-fapi/keys"
)

var claims = []byte(`{"iss":"https://as.example.com","sub":"5c1f7a3e","aud":"https://rs.example.com","client_id":"client-4711",` +
	`"exp":1700000300,"iat":1700000000,"jti":"0bT6yQm2nR","scope":"accounts payments","cnf":{"jkt":"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}}`)

func BenchmarkSign(b *testing.B) {
	for alg, key := range map[jose.SignatureAlgorithm]crypto.Signer{jose.ES256: p256(), jose.PS256: rsa2048(), jose.EdDSA: ed()} {
		set := must.Get(keys.New(keys.Key{Signer: key, Algorithm: alg}))
		token := must.Get(set.Sign(context.Background(), alg, "at+jwt", claims))
		floor := leaftest.Signing([]byte(token[:strings.LastIndexByte(token, '.')]), key)
		b.Run(string(alg), func(b *testing.B) {
			leaftest.Versus(b, func() { must.Get(set.Sign(context.Background(), alg, "at+jwt", claims)) }, floor)
		})
		b.Run(string(alg)+"/go-jose", func(b *testing.B) {
			signer := must.Get(jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: jose.JSONWebKey{Key: key, KeyID: "kid"}}, (&jose.SignerOptions{}).WithType("at+jwt")))
			leaftest.Versus(b, func() { must.Get(must.Get(signer.Sign(claims)).CompactSerialize()) }, floor)
		})
	}
}
