package requestobject_test

import (
	"context"
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/requestobject"
)

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

// BenchmarkVerify includes the form; the floor is the signature, and for what is encrypted the private key's operation.
func BenchmarkVerify(b *testing.B) {
	ctx := context.Background()
	for alg, key := range map[jose.SignatureAlgorithm]crypto.Signer{jose.ES256: p256(), jose.PS256: rsa2048(), jose.EdDSA: ed()} {
		r := base()
		r.by(string(alg), key)
		raw, c, verifier := r.raw(), clientOf(r), r.verifier
		c.Algorithm = alg
		signature := verification(raw, key)
		b.Run(string(alg), func(b *testing.B) {
			versus(b, func() { must(verifier.Verify(ctx, raw, c)).Form() }, signature)
		})
	}
	for _, alg := range []jose.KeyAlgorithm{jose.RSA_OAEP_256, jose.ECDH_ES} {
		r := nested()
		encrypt(alg, jose.A256GCM)(r)
		bare := *r
		bare.wrap = nil
		raw, c, verifier := r.raw(), clientOf(r), r.verifier
		signature, decryption := verification(bare.raw(), r.key), unwrapping(raw, alg)
		b.Run("ES256/"+string(alg), func(b *testing.B) {
			versus(b, func() { must(verifier.Verify(ctx, raw, c)).Form() }, func() { decryption(); signature() })
		})
	}
}

// verification is the standard library's part of a signature.
func verification(raw string, key crypto.Signer) func() {
	dot := strings.LastIndexByte(raw, '.')
	input := []byte(raw[:dot])
	signature := must(base64.RawURLEncoding.DecodeString(raw[dot+1:]))
	digest := sha256.Sum256(input)
	if key, ok := key.(*ecdsa.PrivateKey); ok {
		signature = must(ecdsa.SignASN1(rand.Reader, key, digest[:]))
	}
	return func() {
		var ok bool
		digest := sha256.Sum256(input)
		switch public := key.Public().(type) {
		case *ecdsa.PublicKey:
			ok = ecdsa.VerifyASN1(public, digest[:], signature)
		case *rsa.PublicKey:
			ok = rsa.VerifyPSS(public, crypto.SHA256, digest[:], signature, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}) == nil
		case ed25519.PublicKey:
			ok = ed25519.Verify(public, input, signature)
		}
		if !ok {
			panic("wrong signature")
		}
	}
}

// unwrapping is the standard library's part of a decryption, but for the content, which costs next to nothing.
func unwrapping(raw string, alg jose.KeyAlgorithm) func() {
	if alg == jose.ECDH_ES {
		private, remote := must(p256enc().ECDH()), must(ecdh.P256().GenerateKey(rand.Reader)).PublicKey()
		return func() { must(private.ECDH(remote)) }
	}
	wrapped := must(base64.RawURLEncoding.DecodeString(strings.Split(raw, ".")[1]))
	return func() { must(rsa.DecryptOAEP(sha256.New(), nil, rsaEnc(), wrapped, nil)) }
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
