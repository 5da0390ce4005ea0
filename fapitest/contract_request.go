package fapitest

import (
	"strings"
	"sync"
	"testing"

	"github.com/ory/fosite"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// requests holds for each kind of stored request.
func (c Contract) requests(t *testing.T) {
	store := c.NewStore()
	for _, kind := range kinds(store) {
		t.Run(kind.name, func(t *testing.T) {
			t.Run("comes back whole", func(t *testing.T) {
				request, key := c.newRequest(t, store), newKey()
				require.NoError(t, kind.create(t.Context(), key, request))
				for range 2 {
					got, err := kind.get(t.Context(), key, c.NewSession())
					require.NoError(t, err)
					c.same(t, request, got)
				}
			})
			t.Run("unknown key", func(t *testing.T) {
				_, err := kind.get(t.Context(), newKey(), c.NewSession())
				require.ErrorIs(t, err, fosite.ErrNotFound)
			})
			t.Run("keys count to the last character and its case", func(t *testing.T) {
				c.keysAreExact(t, store, kind)
			})
			t.Run("concurrent use", func(t *testing.T) { c.concurrently(t, store, kind) })
			if kind.delete == nil {
				return
			}
			t.Run("deleted", func(t *testing.T) {
				request, key, other := c.newRequest(t, store), newKey(), newKey()
				require.NoError(t, kind.create(t.Context(), key, request))
				require.NoError(t, kind.create(t.Context(), other, c.newRequest(t, store)))
				require.NoError(t, kind.delete(t.Context(), key))
				_, err := kind.get(t.Context(), key, c.NewSession())
				require.ErrorIs(t, err, fosite.ErrNotFound)
				_, err = kind.get(t.Context(), other, c.NewSession())
				require.NoError(t, err, "another key")
			})
		})
	}
}

// keysAreExact refuses columns that truncate, and collations that fold case: both would let one token pass for another.
func (c Contract) keysAreExact(t *testing.T, store Store, kind kind) {
	base := newKey()
	keys := []string{base[:59] + "a", base[:59] + "A", base[:59] + "b"}
	stored := make([]*fosite.Request, len(keys))
	for i, key := range keys {
		stored[i] = c.newRequest(t, store)
		require.NoError(t, kind.create(t.Context(), key, stored[i]))
	}
	for i, key := range keys {
		got, err := kind.get(t.Context(), key, c.NewSession())
		require.NoError(t, err)
		assert.Equal(t, stored[i].ID, got.GetID())
	}
	for _, unknown := range []string{base[:59], base[:59] + "B", base[:59] + "aa", strings.ToLower(keys[0])} {
		_, err := kind.get(t.Context(), unknown, c.NewSession())
		require.ErrorIs(t, err, fosite.ErrNotFound, "a key that only resembles a stored one")
	}
}

func (c Contract) concurrently(t *testing.T, store Store, kind kind) {
	requests := make([]*fosite.Request, 16)
	for i := range requests {
		requests[i] = c.newRequest(t, store)
	}
	var all sync.WaitGroup
	for _, request := range requests {
		all.Go(func() {
			key := newKey()
			if !assert.NoError(t, kind.create(t.Context(), key, request)) {
				return
			}
			got, err := kind.get(t.Context(), key, c.NewSession())
			if assert.NoError(t, err) {
				assert.Equal(t, request.ID, got.GetID())
			}
		})
	}
	all.Wait()
}
