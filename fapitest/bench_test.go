package fapitest_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/ory/fosite"
	"github.com/ory/fosite/handler/openid"

	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

// BenchmarkJSONStore shows that an operation costs the same in an empty store and in a full one.
func BenchmarkJSONStore(b *testing.B) {
	for _, stored := range []int{0, 100_000} {
		b.Run("stored="+strconv.Itoa(stored), func(b *testing.B) {
			client := &fosite.DefaultClient{ID: "tpp"}
			store := fapitest.NewJSONStore(client)
			cycle := func(i int) {
				request := &fosite.Request{ID: strconv.Itoa(i), Client: client, Session: openid.NewDefaultSession()}
				if err := store.CreateAccessTokenSession(b.Context(), request.ID, request); err != nil {
					b.Fatal(err)
				}
				if _, err := store.GetAccessTokenSession(b.Context(), request.ID, openid.NewDefaultSession()); err != nil {
					b.Fatal(err)
				}
				if err := store.SetClientAssertionJWT(b.Context(), request.ID, time.Now().Add(time.Hour)); err != nil {
					b.Fatal(err)
				}
			}
			for i := range stored {
				cycle(i)
			}
			b.ReportAllocs()
			for i := stored; b.Loop(); i++ {
				cycle(i)
			}
		})
	}
}
