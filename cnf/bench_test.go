package cnf_test

import (
	"crypto/sha256"
	"testing"

	"github.com/fosite-fapi/fosite-fapi/cnf"
)

// BenchmarkFloor is the hash that no check can do without.
func BenchmarkFloor(b *testing.B) {
	leaf := vectorCertificate(b)
	b.ReportAllocs()
	for b.Loop() {
		_ = sha256.Sum256(leaf.Raw)
	}
}

func BenchmarkCertificate(b *testing.B) {
	leaf, c := vectorCertificate(b), cnf.Confirmation{X5TS256: vectorX5T}
	b.ReportAllocs()
	for b.Loop() {
		if err := c.Certificate(leaf); err != nil {
			b.Fatal(err)
		}
	}
}
