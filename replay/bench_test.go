package replay_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/fosite-fapi/fosite-fapi/replay"
)

// BenchmarkFloor is the hash that keeps an entry's size fixed.
func BenchmarkFloor(b *testing.B) {
	text := make([]byte, 64)
	b.ReportAllocs()
	for b.Loop() {
		_ = sha256.Sum256(text)
	}
}

// BenchmarkUseOnce must cost the same whatever number of entries is held: each use adds one and lets
// an old one go.
func BenchmarkUseOnce(b *testing.B) {
	const lifetime = 5 * time.Minute
	for _, held := range []int{10, 10_000, 1_000_000} {
		b.Run(fmt.Sprint(held), func(b *testing.B) {
			m, now := replay.NewMemory(2*held+100), time.Unix(1_700_000_000, 0)
			m.Now = func() time.Time { return now }
			pause, n, ctx := lifetime/time.Duration(held), 0, context.Background()
			use := func() {
				now = now.Add(pause)
				n++
				if first, err := m.UseOnce(ctx, "jti:https://as.example.com:client", strconv.Itoa(n), now.Add(lifetime)); err != nil || !first {
					b.Fatal(first, err)
				}
			}
			for range held {
				use()
			}
			b.ReportAllocs()
			for b.Loop() {
				use()
			}
		})
	}
}

func BenchmarkUseOnceParallel(b *testing.B) {
	m, expires := replay.NewMemory(1<<30), time.Now().Add(time.Hour)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		ctx, n := context.Background(), 0
		for pb.Next() {
			n++
			if _, err := m.UseOnce(ctx, "n", strconv.Itoa(n), expires); err != nil {
				b.Error(err)
			}
		}
	})
}
