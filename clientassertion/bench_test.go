package clientassertion_test

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

	"github.com/fosite-fapi/fosite-fapi/clientassertion"
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
	for alg, key := range map[jose.SignatureAlgorithm]crypto.Signer{jose.ES256: p256(), jose.PS256: rsa2048(), jose.EdDSA: ed()} {
		r := base()
		r.by(string(alg), key)
		r.verifier.Replay = unused{}
		raw := r.raw()
		c := clientassertion.Client{ID: client, Algorithm: alg, Keys: clientassertion.StaticKeys(&jose.JSONWebKeySet{Keys: r.keys})}
		floor := verification(raw, key)

		b.Run(string(alg), func(b *testing.B) {
			versus(b, func() { must(r.verifier.Verify(ctx, raw, c)) }, floor)
		})
		b.Run(string(alg)+"/with-Peek", func(b *testing.B) {
			versus(b, func() {
				must(first(clientassertion.Peek(raw)))
				must(r.verifier.Verify(ctx, raw, c))
			}, floor)
		})
		// Of go-jose only parsing and verifying, without a look at the claims.
		b.Run(string(alg)+"/go-jose", func(b *testing.B) {
			versus(b, func() {
				must(must(jose.ParseSignedCompact(raw, []jose.SignatureAlgorithm{alg})).Verify(r.keys[0].Key))
			}, floor)
		})
	}
}

func first(s, _ string, err error) (string, error) { return s, err }

// verification is the standard library's part of it.
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
