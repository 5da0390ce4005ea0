package dpop_test

import (
	"context"
	"crypto"
	"testing"

	jose "github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/dpop"
	"github.com/fosite-fapi/fosite-fapi/internal/leaftest"
	"github.com/fosite-fapi/fosite-fapi/internal/must"
)

func BenchmarkVerify(b *testing.B) {
	ctx := context.Background()
	for _, bench := range []struct {
		alg jose.SignatureAlgorithm
		key crypto.Signer
	}{{jose.ES256, p256()}, {jose.PS256, rsa2048()}, {jose.EdDSA, ed()}} {
		c := base()
		c.by(string(bench.alg), bench.key)
		c.atResource()
		c.withNonces()
		c.verifier.Replay = leaftest.Unused{}
		proof := c.proof()
		floor := leaftest.Verification(proof, bench.key)

		b.Run(string(bench.alg), func(b *testing.B) {
			leaftest.Versus(b, func() { must.Get(c.verifier.Verify(ctx, proof, c.request)) }, floor)
		})
		// Of go-jose only parsing and verifying, without a look at the claims.
		b.Run(string(bench.alg)+"/go-jose", func(b *testing.B) {
			leaftest.Versus(b, func() {
				jws := must.Get(jose.ParseSignedCompact(proof, []jose.SignatureAlgorithm{bench.alg}))
				must.Get(jws.Verify(jws.Signatures[0].Header.JSONWebKey))
			}, floor)
		})
	}
}

func BenchmarkProof(b *testing.B) {
	key := p256()
	signer := dpop.Signer{Key: key}
	options := dpop.ProofOptions{Method: "GET", URL: tokenURL, AccessToken: accessToken}
	leaftest.Versus(b, func() { must.Get(signer.Proof(options)) }, leaftest.Signing([]byte(accessToken), key))
}

func BenchmarkNonces(b *testing.B) {
	n := nonces()
	n.Previous = [][]byte{n.Secret}
	nonce := n.Current()
	b.Run("Current", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_ = n.Current()
		}
	})
	b.Run("Valid", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_ = n.Valid(nonce)
		}
	})
}
