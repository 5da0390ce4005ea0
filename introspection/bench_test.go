package introspection_test

import (
	"context"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/introspection"
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

func BenchmarkEncode(b *testing.B) {
	e, r := newEncoder(), answer()
	signed := introspection.Caller{ID: caller, Algorithm: jose.ES256}
	input := []byte(must(e.Encode(context.Background(), signed, r)))
	sign := func() {
		digest := sha256.Sum256(input)
		must(ecdsa.SignASN1(rand.Reader, p256(), digest[:]))
	}
	b.Run("ES256", func(b *testing.B) {
		versus(b, func() { must(e.Encode(context.Background(), signed, r)) }, sign)
	})

	encrypted := signed
	recipient := must(p256().PublicKey.ECDH())
	encrypted.EncryptionAlgorithm, encrypted.ContentEncryption = jose.ECDH_ES, jose.A128GCM
	encrypted.Keys = introspection.StaticKeys(&jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: p256().Public(), Use: "enc"}}})
	b.Run("ES256, ECDH-ES", func(b *testing.B) {
		versus(b, func() { must(e.Encode(context.Background(), encrypted, r)) }, func() {
			sign()
			ephemeral := must(ecdh.P256().GenerateKey(rand.Reader))
			must(ephemeral.ECDH(recipient))
		})
	})
}

func BenchmarkAccepts(b *testing.B) {
	headers := []string{introspection.MediaType + ", application/json;q=0.9, */*;q=0.1"}
	b.ReportAllocs()
	for b.Loop() {
		introspection.Accepts(headers)
	}
}
