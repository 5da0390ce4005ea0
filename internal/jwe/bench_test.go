package jwe_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/internal/jwe"
)

// BenchmarkDecrypt is against the private key's part of it alone, measured in turns, so that a noisy machine slows both.
func BenchmarkDecrypt(b *testing.B) {
	oaep := must(rsa.EncryptOAEP(sha256.New(), rand.Reader, &rsa2048().PublicKey, make([]byte, 32), nil))
	own, remote := must(p256().ECDH()), must(p256b().ECDH()).PublicKey()
	set := setOf(jose.JSONWebKey{Key: rsa2048().Public()}, jose.JSONWebKey{Key: p256().Public()})
	keys := []jwe.Key{{Private: rsa2048()}, {Private: p256()}}

	for alg, floor := range map[jose.KeyAlgorithm]func(){
		jose.RSA_OAEP_256: func() { must(rsa.DecryptOAEP(sha256.New(), nil, rsa2048(), oaep, nil)) },
		jose.ECDH_ES:      func() { must(own.ECDH(remote)) },
	} {
		compact := must(jwe.Encrypt(make([]byte, 1000), set, alg, jose.A256GCM))
		b.Run(string(alg), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				must(jwe.Decrypt(compact, keys, nil, nil, 0))
			}
			var spent, least time.Duration
			rounds := max(b.N, 100)
			for range rounds {
				start := time.Now()
				must(jwe.Decrypt(compact, keys, nil, nil, 0))
				middle := time.Now()
				floor()
				least += time.Since(middle)
				spent += middle.Sub(start)
			}
			b.ReportMetric(float64(least.Nanoseconds())/float64(rounds), "floor-ns/op")
			b.ReportMetric(float64(spent)/float64(least), "x-floor")
		})
	}
}
