package fapitest

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ory/fosite"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func (c Contract) jti(t *testing.T) {
	store := c.NewStore()
	expires := time.Now().UTC().Add(time.Minute)

	t.Run("known until it expires", func(t *testing.T) {
		jti := newKey()
		require.NoError(t, store.ClientAssertionJWTValid(t.Context(), jti))
		require.NoError(t, store.SetClientAssertionJWT(t.Context(), jti, expires))
		require.ErrorIs(t, store.ClientAssertionJWTValid(t.Context(), jti), fosite.ErrJTIKnown)
		require.ErrorIs(t, store.SetClientAssertionJWT(t.Context(), jti, expires), fosite.ErrJTIKnown)
	})
	t.Run("counts to the last character and its case", func(t *testing.T) {
		base := newKey()[:59]
		for _, last := range []string{"a", "A", "b", "", "aa"} {
			require.NoError(t, store.SetClientAssertionJWT(t.Context(), base+last, expires))
		}
	})
	t.Run("one of 32 at once is the first", func(t *testing.T) {
		// Single use rests on this: of codes, request URIs, assertions and proofs.
		for range 4 {
			c.firstOf(t, store, 32, expires)
		}
	})
}

func (c Contract) firstOf(t *testing.T, store Store, callers int, expires time.Time) {
	t.Helper()
	var first atomic.Int32
	var all sync.WaitGroup
	jti, start := newKey(), make(chan struct{})
	for range callers {
		all.Go(func() {
			<-start
			err := store.SetClientAssertionJWT(t.Context(), jti, expires)
			if err == nil {
				first.Add(1)
				return
			}
			assert.ErrorIs(t, err, fosite.ErrJTIKnown, "the others learn why")
		})
	}
	close(start)
	all.Wait()
	require.EqualValues(t, 1, first.Load(), "how many were the first")
}
