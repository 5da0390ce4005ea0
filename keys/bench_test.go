package keys_test

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"strings"
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/keys"
)

var claims = []byte(`{"iss":"https://as.example.com","sub":"5c1f7a3e","aud":"https://rs.example.com","client_id":"client-4711",` +
	`"exp":1700000300,"iat":1700000000,"jti":"0bT6yQm2nR","scope":"accounts payments","cnf":{"jkt":"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}}`)

// versus reports how many times as long as the standard library's cryptography something takes, measured in turns, so
// that a noisy machine slows both.
func versus(b *testing.B, ours, floor func()) {
	b.ReportAllocs()
	for b.Loop() {
		ours()
	}
	var spent, least time.Duration
	rounds := max(b.N, 100)
	for range rounds {
		start := time.Now()
		ours()
		middle := time.Now()
		floor()
		least += time.Since(middle)
		spent += middle.Sub(start)
	}
	b.ReportMetric(float64(least.Nanoseconds())/float64(rounds), "floor-ns/op")
	b.ReportMetric(float64(spent)/float64(least), "x-floor")
}

func BenchmarkSign(b *testing.B) {
	for alg, key := range map[jose.SignatureAlgorithm]crypto.Signer{jose.ES256: p256(), jose.PS256: rsa2048(), jose.EdDSA: ed()} {
		set := must(keys.New(keys.Key{Signer: key, Algorithm: alg}))
		token := must(set.Sign(context.Background(), alg, "at+jwt", claims))
		input := []byte(token[:strings.LastIndexByte(token, '.')])
		floor := func() {
			if alg == jose.EdDSA {
				must(key.Sign(nil, input, crypto.Hash(0)))
				return
			}
			digest := sha256.Sum256(input)
			var opts crypto.SignerOpts = crypto.SHA256
			if alg == jose.PS256 {
				opts = &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: crypto.SHA256}
			}
			must(key.Sign(rand.Reader, digest[:], opts))
		}
		b.Run(string(alg), func(b *testing.B) {
			versus(b, func() { must(set.Sign(context.Background(), alg, "at+jwt", claims)) }, floor)
		})
		b.Run(string(alg)+"/go-jose", func(b *testing.B) {
			signer := must(jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: jose.JSONWebKey{Key: key, KeyID: "kid"}}, (&jose.SignerOptions{}).WithType("at+jwt")))
			versus(b, func() { must(must(signer.Sign(claims)).CompactSerialize()) }, floor)
		})
	}
}
