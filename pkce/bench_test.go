package pkce_test

import (
	"crypto/sha256"
	"net/url"
	"testing"

	"github.com/fosite-fapi/fosite-fapi/pkce"
)

// BenchmarkFloor is the hash that no verification can do without.
func BenchmarkFloor(b *testing.B) {
	text := []byte(verifier)
	b.ReportAllocs()
	for b.Loop() {
		_ = sha256.Sum256(text)
	}
}

func BenchmarkVerify(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if err := pkce.Verify(challenge, verifier); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkChallenge(b *testing.B) {
	form := url.Values{"code_challenge": {challenge}, "code_challenge_method": {"S256"}}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := pkce.Challenge(form, true); err != nil {
			b.Fatal(err)
		}
	}
}
