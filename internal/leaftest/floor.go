package leaftest

import (
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

	"github.com/fosite-fapi/fosite-fapi/internal/must"
)

// Versus measures ours and reports how many times as long as the floor it takes, which is the standard library's part of
// it. For that they run in turns, so that a noisy machine slows both.
func Versus(b *testing.B, ours, floor func()) {
	b.Helper()
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

// Verification returns what verifies a compact JWS that the key signed by ES256, PS256 or EdDSA, and no more.
func Verification(compact string, key crypto.Signer) func() {
	dot := strings.LastIndexByte(compact, '.')
	input := []byte(compact[:dot])
	signature := must.Get(base64.RawURLEncoding.DecodeString(compact[dot+1:]))
	if key, ok := key.(*ecdsa.PrivateKey); ok { // the standard library verifies DER
		digest := sha256.Sum256(input)
		signature = must.Get(ecdsa.SignASN1(rand.Reader, key, digest[:]))
	}
	return func() {
		var ok bool
		switch public := key.Public().(type) {
		case *ecdsa.PublicKey:
			digest := sha256.Sum256(input)
			ok = ecdsa.VerifyASN1(public, digest[:], signature)
		case *rsa.PublicKey:
			digest := sha256.Sum256(input)
			ok = rsa.VerifyPSS(public, crypto.SHA256, digest[:], signature, pss) == nil
		case ed25519.PublicKey:
			ok = ed25519.Verify(public, input, signature)
		}
		if !ok {
			panic("leaftest: wrong signature")
		}
	}
}

// Signing returns what signs input by ES256, PS256 or EdDSA, as the key has it, and no more.
func Signing(input []byte, key crypto.Signer) func() {
	return func() {
		switch key.(type) {
		case *ecdsa.PrivateKey:
			digest := sha256.Sum256(input)
			must.Get(key.Sign(rand.Reader, digest[:], crypto.SHA256))
		case *rsa.PrivateKey:
			digest := sha256.Sum256(input)
			must.Get(key.Sign(rand.Reader, digest[:], pss))
		case ed25519.PrivateKey:
			must.Get(key.Sign(nil, input, crypto.Hash(0)))
		}
	}
}
