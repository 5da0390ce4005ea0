package par_test

import (
	"crypto/rand"
	"testing"
)

// BenchmarkFloor is the randomness of a request_uri.
func BenchmarkFloor(b *testing.B) {
	var random [32]byte
	b.ReportAllocs()
	for b.Loop() {
		_, _ = rand.Read(random[:])
	}
}

// BenchmarkFlow is a push, a page load and the use.
func BenchmarkFlow(b *testing.B) {
	w := newMemoryWorld()
	ar, ctx := w.request(), b.Context()
	b.ReportAllocs()
	for b.Loop() {
		uri, _, err := w.Push(ctx, ar)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := w.Load(ctx, uri, "client"); err != nil {
			b.Fatal(err)
		}
		if err := w.Spend(ctx, uri); err != nil {
			b.Fatal(err)
		}
	}
}
