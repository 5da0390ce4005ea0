package requestobject_test

import (
	"context"
	"crypto"
	"crypto/ecdh"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"

	jose "github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/internal/leaftest"
	"github.com/fosite-fapi/fosite-fapi/internal/must"
	"github.com/fosite-fapi/fosite-fapi/requestobject"
)

// BenchmarkVerify includes the form; the floor is the signature, and for what is encrypted the private key's operation.
func BenchmarkVerify(b *testing.B) {
	ctx := context.Background()
	for alg, key := range map[jose.SignatureAlgorithm]crypto.Signer{jose.ES256: p256(), jose.PS256: rsa2048(), jose.EdDSA: ed()} {
		r := base()
		r.by(string(alg), key)
		raw, c, verifier := r.raw(), clientOf(r), r.verifier
		c.Algorithm = alg
		signature := leaftest.Verification(raw, key)
		b.Run(string(alg), func(b *testing.B) {
			leaftest.Versus(b, func() { must.Get(verifier.Verify(ctx, raw, c)).Form() }, signature)
		})
	}
	for _, alg := range []jose.KeyAlgorithm{jose.RSA_OAEP_256, jose.ECDH_ES} {
		r := nested()
		encrypt(alg, jose.A256GCM)(r)
		bare := *r
		bare.wrap = nil
		raw, c, verifier := r.raw(), clientOf(r), r.verifier
		signature, decryption := leaftest.Verification(bare.raw(), r.key), unwrapping(raw, alg)
		b.Run("ES256/"+string(alg), func(b *testing.B) {
			leaftest.Versus(b, func() { must.Get(verifier.Verify(ctx, raw, c)).Form() }, func() { decryption(); signature() })
		})
	}
}

// unwrapping is the standard library's part of a decryption, but for the content, which costs next to nothing.
func unwrapping(raw string, alg jose.KeyAlgorithm) func() {
	if alg == jose.ECDH_ES {
		private, remote := must.Get(p256enc().ECDH()), must.Get(ecdh.P256().GenerateKey(rand.Reader)).PublicKey()
		return func() { must.Get(private.ECDH(remote)) }
	}
	wrapped := must.Get(base64.RawURLEncoding.DecodeString(strings.Split(raw, ".")[1]))
	return func() { must.Get(rsa.DecryptOAEP(sha256.New(), nil, rsaEnc(), wrapped, nil)) }
}

func BenchmarkPeek(b *testing.B) {
	raw := base().raw()
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := requestobject.Peek(raw); err != nil {
			b.Fatal(err)
		}
	}
}
