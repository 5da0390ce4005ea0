package dpop_test

import (
	"context"
	"crypto"
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

	"github.com/fosite-fapi/fosite-fapi/dpop"
)

type unused struct{}

func (unused) UseOnce(context.Context, string, string, time.Time) (bool, error) { return true, nil }

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
		c.verifier.Replay = unused{}
		proof := c.proof()
		floor := verification(proof, bench.key)

		b.Run(string(bench.alg), func(b *testing.B) {
			versus(b, func() { must(c.verifier.Verify(ctx, proof, c.request)) }, floor)
		})
		// Of go-jose only parsing and verifying, without a look at the claims.
		b.Run(string(bench.alg)+"/go-jose", func(b *testing.B) {
			versus(b, func() {
				jws := must(jose.ParseSignedCompact(proof, []jose.SignatureAlgorithm{bench.alg}))
				must(jws.Verify(jws.Signatures[0].Header.JSONWebKey))
			}, floor)
		})
	}
}

// verification is the standard library's part of it.
func verification(proof string, key crypto.Signer) func() {
	dot := strings.LastIndexByte(proof, '.')
	input := []byte(proof[:dot])
	signature := must(base64.RawURLEncoding.DecodeString(proof[dot+1:]))
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

func BenchmarkProof(b *testing.B) {
	key := p256()
	signer := dpop.Signer{Key: key}
	options := dpop.ProofOptions{Method: "GET", URL: tokenURL, AccessToken: accessToken}
	digest := sha256.Sum256([]byte(accessToken))
	versus(b, func() { must(signer.Proof(options)) }, func() { must(ecdsa.SignASN1(rand.Reader, key, digest[:])) })
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
