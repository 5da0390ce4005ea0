package clientassertion_test

import (
	"context"
	"crypto"
	"testing"

	jose "github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/clientassertion"
	"github.com/fosite-fapi/fosite-fapi/internal/leaftest"
	"github.com/fosite-fapi/fosite-fapi/internal/must"
)

func BenchmarkVerify(b *testing.B) {
	ctx := context.Background()
	for alg, key := range map[jose.SignatureAlgorithm]crypto.Signer{jose.ES256: p256(), jose.PS256: rsa2048(), jose.EdDSA: ed()} {
		r := base()
		r.by(string(alg), key)
		r.verifier.Replay = leaftest.Unused{}
		raw := r.raw()
		c := clientassertion.Client{ID: client, Algorithm: alg, Keys: clientassertion.StaticKeys(&jose.JSONWebKeySet{Keys: r.keys})}
		floor := leaftest.Verification(raw, key)

		b.Run(string(alg), func(b *testing.B) {
			leaftest.Versus(b, func() { must.Get(r.verifier.Verify(ctx, raw, c)) }, floor)
		})
		b.Run(string(alg)+"/with-Peek", func(b *testing.B) {
			leaftest.Versus(b, func() {
				must.Get(first(clientassertion.Peek(raw)))
				must.Get(r.verifier.Verify(ctx, raw, c))
			}, floor)
		})
		// Of go-jose only parsing and verifying, without a look at the claims.
		b.Run(string(alg)+"/go-jose", func(b *testing.B) {
			leaftest.Versus(b, func() {
				must.Get(must.Get(jose.ParseSignedCompact(raw, []jose.SignatureAlgorithm{alg})).Verify(r.keys[0].Key))
			}, floor)
		})
	}
}

func first(s, _ string, err error) (string, error) { return s, err }
