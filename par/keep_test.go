package par_test

import (
	"context"
	"crypto/sha256"
	"sync"
	"testing"
	"time"

	"github.com/ory/fosite"
	"github.com/ory/fosite/storage"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/par"
)

func TestKeep(t *testing.T) {
	digest := sha256.Sum256([]byte("a request object"))
	uri := par.Reference(digest)
	onEveryStore(t, func(t *testing.T, w *world) {
		require.ErrorIs(t, w.load(uri), par.ErrUnknown)
		require.NoError(t, w.Keep(t.Context(), w.request(), digest))
		require.NoError(t, w.load(uri))

		t.Run("its interaction has begun", func(t *testing.T) {
			w.clock.advance(10 * time.Minute)
			require.NoError(t, w.load(uri))
		})
		t.Run("PAR-11 it is bound to the client", func(t *testing.T) {
			_, err := w.Load(t.Context(), uri, "other")
			require.ErrorIs(t, err, par.ErrClient)
		})
		t.Run("another digest is another request", func(t *testing.T) {
			require.ErrorIs(t, w.load(par.Reference(sha256.Sum256([]byte("another")))), par.ErrUnknown)
		})
		t.Run("PAR-23 it is spent once", func(t *testing.T) {
			require.NoError(t, w.spend(uri))
			require.ErrorIs(t, w.spend(uri), par.ErrSpent)
			require.ErrorIs(t, w.load(uri), par.ErrSpent)
		})
	})

	t.Run("without a client", func(t *testing.T) {
		require.ErrorIs(t, newWorld(storage.NewMemoryStore()).Keep(t.Context(), fosite.NewAuthorizeRequest(), digest), par.ErrRequest)
	})
}

// uniqueStore refuses a key that it has, as databases do.
type uniqueStore struct {
	fosite.PARStorage

	mu   sync.Mutex
	seen map[string]bool
}

func (s *uniqueStore) CreatePARSession(ctx context.Context, uri string, ar fosite.AuthorizeRequester) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seen[uri] {
		return errBroken
	}
	s.seen[uri] = true
	return s.PARStorage.CreatePARSession(ctx, uri, ar)
}

func (s *uniqueStore) DeletePARSession(ctx context.Context, uri string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.seen, uri)
	return s.PARStorage.DeletePARSession(ctx, uri)
}

// Several visits at once with the same request are one interaction, whoever stores it first.
func TestKeepAtOnce(t *testing.T) {
	w := newWorld(storage.NewMemoryStore())
	w.Storage = &uniqueStore{PARStorage: w.Storage, seen: map[string]bool{}}
	digest := sha256.Sum256([]byte("a request object"))
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() { assert.NoError(t, w.Keep(t.Context(), w.request(), digest)) })
	}
	all.Wait()
	require.NoError(t, w.load(par.Reference(digest)))
}

// A request that nobody decided in time begins anew, in a store that still has it too.
func TestKeepAnew(t *testing.T) {
	w := newWorld(storage.NewMemoryStore())
	w.Storage = &uniqueStore{PARStorage: w.Storage, seen: map[string]bool{}}
	digest := sha256.Sum256([]byte("a request object"))
	uri := par.Reference(digest)
	require.NoError(t, w.Keep(t.Context(), w.request(), digest))
	w.clock.advance(time.Hour)
	require.ErrorIs(t, w.load(uri), par.ErrExpired)
	require.NoError(t, w.Keep(t.Context(), w.request(), digest))
	require.NoError(t, w.load(uri))
	require.NoError(t, w.spend(uri))
}

func TestKeepFails(t *testing.T) {
	w := newWorld(storage.NewMemoryStore())
	store := &uniqueStore{PARStorage: w.Storage, seen: map[string]bool{}}
	w.Storage = store
	digest := sha256.Sum256([]byte("a request object"))
	store.seen[par.Reference(digest)] = true // but it can't be found
	require.ErrorIs(t, w.Keep(t.Context(), w.request(), digest), par.ErrStorage)
}
