package par_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/par"
)

func TestSpend(t *testing.T) {
	onEveryStore(t, func(t *testing.T, w *world) {
		t.Run("F2-AZ-15 reloads, then one use", func(t *testing.T) {
			uri := w.push(t)
			for range 3 {
				require.NoError(t, w.load(uri))
			}
			require.NoError(t, w.spend(uri))
		})
		t.Run("PAR-23 a second use", func(t *testing.T) {
			uri := w.push(t)
			require.NoError(t, w.spend(uri))
			require.ErrorIs(t, w.spend(uri), par.ErrSpent)
			ar, err := w.Load(t.Context(), uri, "client")
			require.ErrorIs(t, err, par.ErrSpent)
			require.Nil(t, ar)
		})
		t.Run("PAR-23 a use of one doesn't spend another", func(t *testing.T) {
			one, other := w.push(t), w.push(t)
			require.NoError(t, w.spend(one))
			require.NoError(t, w.load(other))
			require.NoError(t, w.spend(other))
		})
		t.Run("it is gone from the store", func(t *testing.T) {
			uri := w.push(t)
			require.NoError(t, w.spend(uri))
			_, err := w.store.PARStorage.GetPARSession(t.Context(), uri)
			require.Error(t, err)
		})
	})
}

func TestSpentThoughNotDeleted(t *testing.T) {
	onEveryStore(t, func(t *testing.T, w *world) {
		w.store.onDelete = errBroken
		uri := w.push(t)
		require.NoError(t, w.load(uri))
		require.NoError(t, w.spend(uri), "the use counts")
		for range 12 {
			require.ErrorIs(t, w.load(uri), par.ErrSpent)
			require.ErrorIs(t, w.spend(uri), par.ErrSpent)
			w.clock.advance(50 * time.Second)
		}
		w.clock.advance(time.Hour)
		require.ErrorIs(t, w.load(uri), par.ErrExpired)
		require.ErrorIs(t, w.spend(uri), par.ErrExpired)
	})
}

func TestConcurrentSpend(t *testing.T) {
	onEveryStore(t, func(t *testing.T, w *world) {
		const rounds, each = 100, 32
		for range rounds {
			uri := w.push(t)
			var won, spent atomic.Int32
			var start, done sync.WaitGroup
			start.Add(1)
			for range each {
				done.Go(func() {
					start.Wait()
					switch err := w.spend(uri); {
					case err == nil:
						won.Add(1)
					case errors.Is(err, par.ErrSpent):
						spent.Add(1)
					default:
						assert.NoError(t, err)
					}
				})
			}
			start.Done()
			done.Wait()
			require.EqualValues(t, 1, won.Load(), "PAR-23: exactly one succeeds")
			require.EqualValues(t, each-1, spent.Load(), "PAR-23: and all others know why they don't")
		}
	})
}

func TestConcurrentLoad(t *testing.T) {
	onEveryStore(t, func(t *testing.T, w *world) {
		uri := w.push(t)
		var done sync.WaitGroup
		for range 32 {
			done.Go(func() {
				ar, err := w.Load(t.Context(), uri, "client")
				if assert.NoError(t, err) {
					spoil(ar)
				}
			})
		}
		done.Wait()
		loaded, err := w.Load(t.Context(), uri, "client")
		require.NoError(t, err)
		assertUnspoilt(t, w, loaded)
	})
}
