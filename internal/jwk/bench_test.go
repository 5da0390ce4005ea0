package jwk_test

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"strings"
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
	"github.com/fosite-fapi/fosite-fapi/internal/must"
)

// BenchmarkES256 reads and verifies a JWS and reports, next to what the standard library's part of that takes, what
// go-jose adds to it, and what it is with this package around it. All are measured in turns, so that a noisy machine slows
// each.
func BenchmarkES256(b *testing.B) {
	algs := []jose.SignatureAlgorithm{jose.ES256}
	public := &p256().PublicKey
	compact := sign(jose.ES256, p256(), "kid", strings.Repeat(`{"a":1}`, 30))
	input := []byte(compact[:strings.LastIndexByte(compact, '.')])
	digest := sha256.Sum256(input)
	der := must.Get(ecdsa.SignASN1(rand.Reader, p256(), digest[:]))

	runs := []func() bool{
		func() bool { digest := sha256.Sum256(input); return ecdsa.VerifyASN1(public, digest[:], der) },
		func() bool { return must.Get(jwk.Parse(compact, algs)).Verify(public) },
		func() bool {
			_, err := must.Get(jose.ParseSignedCompact(compact, algs)).Verify(public)
			return err == nil
		},
	}
	b.ReportAllocs()
	for b.Loop() {
		runs[1]()
	}
	spent := make([]time.Duration, len(runs))
	rounds := max(b.N, 100)
	for range rounds {
		for i, run := range runs {
			start := time.Now()
			if !run() {
				b.Fatal("wrong signature")
			}
			spent[i] += time.Since(start)
		}
	}
	per := func(d time.Duration) float64 { return float64(d.Nanoseconds()) / float64(rounds) }
	b.ReportMetric(per(spent[0]), "floor-ns/op")
	b.ReportMetric(per(spent[1]-spent[0]), "added-ns/op")
	b.ReportMetric(per(spent[2]-spent[0]), "go-jose-added-ns/op")
	b.ReportMetric(float64(spent[1])/float64(spent[0]), "x-floor")
}
