package fetch_test

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/internal/fetch"
	"github.com/fosite-fapi/fosite-fapi/internal/leaftest"
)

func kids(set *jose.JSONWebKeySet) []string {
	var all []string
	for _, key := range set.Keys {
		all = append(all, key.KeyID)
	}
	return all
}

// A cache asks one endpoint by its own clock.
type cache struct {
	*testing.T
	*fetch.JWKS
	*endpoint
	*leaftest.Clock
}

func newCache(t *testing.T) cache {
	t.Helper()
	e, c := newEndpoint(t), leaftest.NewClock(noon)
	return cache{t, &fetch.JWKS{Door: e.door, Now: c.Now}, e, c}
}

func (c cache) expect(refresh bool, calls int64, want ...string) {
	c.Helper()
	set, err := c.Get(c.Context(), c.url, refresh)
	require.NoError(c.T, err)
	assert.Equal(c.T, want, kids(set))
	assert.Equal(c.T, calls, c.calls.Load(), "times the endpoint was asked")
}

func (c cache) expectError(refresh bool, calls int64, want ...error) {
	c.Helper()
	set, err := c.Get(c.Context(), c.url, refresh)
	for _, one := range want {
		require.ErrorIs(c.T, err, one)
	}
	assert.Nil(c.T, set)
	assert.Equal(c.T, calls, c.calls.Load(), "times the endpoint was asked")
}

func TestCacheServesForItsTTL(t *testing.T) {
	t.Parallel()
	c := newCache(t)
	c.expect(false, 1, "ec")
	c.answer(http.StatusOK, keySet(keyOKP))
	c.Forward(5*time.Minute - 1)
	c.expect(false, 1, "ec")
	c.Forward(1)
	c.expect(false, 2, "okp")
}

func TestForcedRefresh(t *testing.T) {
	t.Parallel()
	c := newCache(t)
	c.expect(false, 1, "ec")
	c.answer(http.StatusOK, keySet(keyOKP))
	c.expect(true, 2, "okp")
	c.answer(http.StatusOK, keySet(keyEC, keyOKP))
	c.Forward(10*time.Second - 1)
	for range 100 {
		c.expect(true, 2, "okp")
	}
	c.Forward(1)
	c.expect(true, 3, "ec", "okp")
}

func TestForcedRefreshOfWhatIsNotCached(t *testing.T) {
	t.Parallel()
	c := newCache(t)
	c.expect(true, 1, "ec")
	c.expect(true, 1, "ec")
}

func TestStaleKeysWhileTheEndpointIsDown(t *testing.T) {
	t.Parallel()
	c := newCache(t)
	c.expect(false, 1, "ec")
	c.answer(http.StatusServiceUnavailable, "")

	c.Forward(5 * time.Minute)
	c.expect(false, 2, "ec")
	c.Forward(5*time.Second - 1)
	c.expect(false, 2, "ec") // waiting after the failure
	c.Forward(1)
	c.expect(false, 3, "ec")
	c.Forward(time.Hour - 5*time.Second - 1)
	c.expect(false, 4, "ec") // the last moment
	c.Forward(1)
	c.expectError(false, 4, fetch.ErrBackoff, fetch.ErrStatus)
	c.Forward(20 * time.Second)
	c.expectError(false, 5, fetch.ErrStatus)

	c.answer(http.StatusOK, keySet(keyOKP))
	c.Forward(5 * time.Minute)
	c.expect(false, 6, "okp")
}

func TestNoStaleKeysWhereNoneAreWanted(t *testing.T) {
	t.Parallel()
	c := newCache(t)
	c.MaxStale = -1
	c.expect(false, 1, "ec")
	c.answer(http.StatusServiceUnavailable, "")
	c.Forward(5*time.Minute - 1)
	c.expect(true, 2, "ec") // within their TTL keys are not stale
	c.Forward(5 * time.Second)
	c.expectError(false, 3, fetch.ErrStatus)
}

func TestBackoffDoubles(t *testing.T) {
	t.Parallel()
	c := newCache(t)
	c.Backoff = time.Second
	c.answer(http.StatusInternalServerError, "")
	c.expectError(false, 1, fetch.ErrStatus)
	calls := int64(1)
	for _, pause := range []time.Duration{1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300} {
		c.Forward(pause*time.Second - 1)
		c.expectError(false, calls, fetch.ErrBackoff, fetch.ErrStatus)
		c.expectError(true, calls, fetch.ErrBackoff, fetch.ErrStatus)
		c.Forward(1)
		calls++
		c.expectError(false, calls, fetch.ErrStatus)
	}
	c.answer(http.StatusOK, keySet(keyEC))
	c.Forward(300 * time.Second)
	c.expect(false, calls+1, "ec")
	c.answer(http.StatusInternalServerError, "")
	c.Forward(5 * time.Minute)
	c.expect(false, calls+2, "ec")
	c.Forward(time.Second)
	c.expect(false, calls+3, "ec") // a success has reset the pause
}

func TestBadSetDoesNotDisplaceAGoodOne(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"an error as 200": `{"error":"maintenance"}`,
		"a page":          `<html>`,
		"a private key":   keySet(keyPrivate),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCache(t)
			c.expect(false, 1, "ec")
			c.answer(http.StatusOK, body)
			c.expect(true, 2, "ec")
		})
	}
}

func TestMaxEntries(t *testing.T) {
	t.Parallel()
	e, c := newEndpoint(t), leaftest.NewClock(noon)
	keys := &fetch.JWKS{Door: e.door, Now: c.Now, MaxEntries: 2}
	get := func(name string, calls int64) {
		t.Helper()
		_, err := keys.Get(t.Context(), e.url+"?"+name, false)
		require.NoError(t, err)
		assert.Equal(t, calls, e.calls.Load(), name)
		c.Forward(time.Second)
	}
	get("a", 1)
	get("b", 2)
	get("a", 2)
	get("c", 3) // displaces a, which was fetched longest ago
	get("b", 3)
	get("a", 4) // displaces b
	get("c", 4)
	get("b", 5)
}

func TestSingleFlight(t *testing.T) {
	t.Parallel()
	const callers = 32
	t.Run("against a server", func(t *testing.T) {
		t.Parallel()
		c := newCache(t)
		var group sync.WaitGroup
		for range callers {
			group.Go(func() {
				set, err := c.Get(t.Context(), c.url, false)
				assert.NoError(t, err)
				assert.Equal(t, []string{"ec"}, kids(set))
			})
		}
		group.Wait()
		assert.Equal(t, int64(1), c.calls.Load())
	})
	t.Run("while the answer is awaited", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			release := make(chan struct{})
			var calls, answered atomic.Int64
			keys := &fetch.JWKS{Door: &fetch.Door{Transport: transport(func(*http.Request) (*http.Response, error) {
				calls.Add(1)
				<-release
				return respond(keySet(keyEC)), nil
			})}}
			for range callers {
				go func() {
					set, err := keys.Get(t.Context(), "https://client.example/jwks", true)
					assert.NoError(t, err)
					assert.Equal(t, []string{"ec"}, kids(set))
					answered.Add(1)
				}()
			}
			synctest.Wait()
			assert.Equal(t, int64(1), calls.Load())
			assert.Zero(t, answered.Load())
			close(release)
			synctest.Wait()
			assert.Equal(t, int64(1), calls.Load())
			assert.Equal(t, int64(callers), answered.Load())
		})
	})
}

// The first caller's end is not that of those who joined it.
func TestCallerMayLeave(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		keys := &fetch.JWKS{Door: &fetch.Door{Transport: transport(func(r *http.Request) (*http.Response, error) {
			select {
			case <-release:
				return respond(keySet(keyEC)), nil
			case <-r.Context().Done():
				return nil, r.Context().Err()
			}
		})}}
		const url = "https://client.example/jwks"
		leaving, leave := context.WithCancel(t.Context())
		left, stayed := make(chan error, 1), make(chan error, 1)
		go func() {
			_, err := keys.Get(leaving, url, false)
			left <- err
		}()
		synctest.Wait()
		go func() {
			_, err := keys.Get(t.Context(), url, false)
			stayed <- err
		}()
		synctest.Wait()
		leave()
		require.ErrorIs(t, <-left, context.Canceled)
		close(release)
		require.NoError(t, <-stayed)
	})
}

// An endpoint that accepts and never answers costs its caller the Door's timeout, by time.Now.
func TestSilentEndpoint(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		keys := &fetch.JWKS{Door: &fetch.Door{Transport: transport(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})}}
		began := time.Now()
		_, err := keys.Get(t.Context(), "https://client.example/jwks", false)
		require.ErrorIs(t, err, fetch.ErrUnreachable)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, 5*time.Second, time.Since(began))
	})
}

func TestZeroJWKSIsStrict(t *testing.T) {
	t.Parallel()
	_, err := new(fetch.JWKS).Get(t.Context(), "https://127.0.0.1/jwks", false)
	require.ErrorIs(t, err, fetch.ErrDestination)
}

// Under the race detector: every path at once.
func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	c := newCache(t)
	c.MaxEntries = 4
	var group sync.WaitGroup
	for i := range 16 {
		group.Go(func() {
			for j := range 20 {
				_, err := c.Get(t.Context(), c.url+"?"+string(rune('a'+(i+j)%8)), j%3 == 0)
				assert.NoError(t, err)
				c.Forward(time.Second)
			}
		})
	}
	group.Wait()
}

func TestPeekDoesNotWait(t *testing.T) {
	t.Parallel()
	c := newCache(t)
	set, ok, err := c.Peek(t.Context(), c.url, false)
	require.NoError(t, err)
	assert.False(t, ok, "nothing is known yet")
	assert.Nil(t, set)
	require.Eventually(t, func() bool {
		set, ok, err = c.Peek(t.Context(), c.url, false)
		return ok
	}, 10*time.Second, time.Millisecond, "it is fetched for those who come later")
	require.NoError(t, err)
	assert.NotEmpty(t, kids(set))
	assert.EqualValues(t, 1, c.calls.Load())
}
