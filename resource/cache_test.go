package resource_test

import (
	"crypto/sha256"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/resource"
)

// F2-RS-03, F1B-RS-04: a revoked token works no longer than the documented bound.
func TestRevokedWithinBound(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func(testing.TB) *world{
		"opaque": starts["opaque with certificate"], "JWT": starts["introspected JWT with certificate"],
	} {
		for bound, ttl := range map[time.Duration]time.Duration{30 * time.Second: 0, 7 * time.Second: 7 * time.Second, 0: -1} {
			t.Run("F2-RS-03 "+name+" within "+bound.String(), func(t *testing.T) {
				t.Parallel()
				w := start(t)
				w.config.Introspection.TTL = ttl
				w.passes(w.call())
				w.revoke(w.token())
				if bound > 0 {
					w.clock.Forward(bound - time.Nanosecond)
					w.passes(w.call())
					w.clock.Forward(time.Nanosecond)
				}
				w.seen = nil
				w.assertRefused(w.call(), 401, "invalid_token", "F2-RS-03", resource.ErrInactive)
			})
		}
	}
}

// The bound counts from the question: what was true when it was asked may be false when the answer comes.
func TestAnswerIsAsOldAsItsQuestion(t *testing.T) {
	t.Parallel()
	w := newWorld(t).asOpaque()
	w.config.Introspection.TTL = 10 * time.Second
	w.as.arrived = func(path string) {
		if path == askPath {
			w.clock.Forward(9 * time.Second)
		}
	}
	w.config.Introspection.Endpoint = w.as.issuer + askPath
	w.passes(w.call())
	w.as.set(func(a *authority) { a.arrived = nil })
	w.clock.Forward(time.Second)
	w.passes(w.call())
	require.Equal(t, 2, w.as.count(askPath))
}

// INT-06.
func TestNeverPastExpiry(t *testing.T) {
	t.Parallel()
	w := newWorld(t).asOpaque()
	w.claims["exp"] = w.at(10)
	w.passes(w.call())
	w.clock.Forward(10*time.Second - time.Nanosecond)
	w.passes(w.call())
	require.Equal(t, 1, w.as.count(askPath))
	w.clock.Forward(time.Nanosecond)
	w.seen = nil
	w.assertRefused(w.call(), 401, "invalid_token", "F2-RS-03", resource.ErrExpired)
}

func TestInactiveIsKeptForLess(t *testing.T) {
	t.Parallel()
	w := newWorld(t).asOpaque()
	token := w.token()
	w.revoke(token)
	for range 5 {
		w.assertRefused(w.call(), 401, "invalid_token", "F2-RS-03", resource.ErrInactive)
	}
	require.Equal(t, 1, w.as.count(askPath))
	w.as.set(func(a *authority) {
		a.answers[token] = map[string]any{"active": true, "cnf": w.claims["cnf"], "scope": "accounts"}
	})
	w.clock.Forward(5 * time.Second)
	w.passes(w.call())
}

// A failure is no answer: the next request asks again.
func TestFailureIsNotKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t).asOpaque()
	for _, fail := range []func(*authority){
		func(a *authority) { a.down[askPath] = http.StatusBadGateway },
		func(a *authority) { a.raw = "{}" },
	} {
		w.as.set(fail)
		w.assertCode(http.StatusServiceUnavailable, w.token())
		w.as.set(func(a *authority) { a.raw = ""; delete(a.down, askPath) })
		w.passes(w.call())
		w.clock.Forward(30 * time.Second)
	}
	w.passes(w.call())

	// Nor does what was known serve when it has become old.
	w.as.set(func(a *authority) { a.down[askPath] = http.StatusBadGateway })
	w.passes(w.call())
	w.clock.Forward(30 * time.Second)
	w.seen = nil
	w.assertRefused(w.call(), 503, "temporarily_unavailable", "F2-RS-03", resource.ErrUnavailable)
}

func TestIntrospectionSingleFlight(t *testing.T) {
	t.Parallel()
	for name, start := range starts {
		if name == "JWT with certificate" || name == "JWT with key" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := start(t)
			const callers = 32
			token := w.token()
			assert.Equal(t, map[int]int{http.StatusOK: callers}, together(w, callers, func() *http.Request { return w.request(token) }))
			assert.Equal(t, 1, w.as.count(askPath))

			w.clock.Forward(31 * time.Second)
			w.revoke(token)
			assert.Equal(t, map[int]int{http.StatusUnauthorized: callers}, together(w, callers, func() *http.Request { return w.request(token) }))
			assert.Equal(t, 2, w.as.count(askPath))
		})
	}
}

// Made-up tokens displace nothing and don't add up.
func TestCacheBounds(t *testing.T) {
	t.Parallel()
	w := newWorld(t).asOpaque()
	w.config.Introspection.MaxEntries = 3
	w.passes(w.call())
	for i := range 20 {
		w.assertCode(http.StatusUnauthorized, "made-up-"+strconv.Itoa(i))
		active, inactive := w.server().Kept()
		require.Equal(t, 1, active)
		require.LessOrEqual(t, inactive, 3)
	}
	calls := w.as.count(askPath)
	w.passes(w.call())
	require.Equal(t, calls, w.as.count(askPath), "it is still known")

	// Of those that are active, the one used longest ago goes.
	for _, name := range []string{"b", "c", "d"} {
		w.as.set(func(a *authority) { a.answers[name] = a.answers[w.token()] })
		if name == "d" {
			w.assertCode(http.StatusOK, w.token())
		}
		w.assertCode(http.StatusOK, name)
		active, _ := w.server().Kept()
		require.LessOrEqual(t, active, 3)
	}
	calls = w.as.count(askPath)
	w.assertCode(http.StatusOK, w.token())
	w.assertCode(http.StatusOK, "c")
	require.Equal(t, calls, w.as.count(askPath))
	w.assertCode(http.StatusOK, "b")
	require.Equal(t, calls+1, w.as.count(askPath))
}

func (w *world) assertCode(status int, token string) {
	w.tb.Helper()
	require.Equal(w.tb, status, w.send(w.request(token)).Code)
}

// However many tokens pass by, what is kept stays within its bound. BenchmarkProtect says that the time does, with a million.
func TestManyTokens(t *testing.T) {
	t.Parallel()
	w := newWorld(t).asOpaque()
	rs := w.server()
	const seen = 100_000
	for i := range seen {
		rs.Known(sha256.Sum256([]byte(strconv.Itoa(i))), &resource.Token{}, w.clock.Now().Add(time.Minute))
	}
	active, _ := rs.Kept()
	require.Equal(t, 10000, active)
}

// However many tokens there are to ask about, the issuer gets so many calls at a time; the others wait their turn.
func TestCallsAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var calls atomic.Int64
		release := make(chan struct{})
		rs, err := resource.New(resource.Config{
			Issuer: "https://as.example.com", Formats: []resource.Format{resource.Opaque}, Logger: slog.New(slog.DiscardHandler),
			Introspection: &resource.Introspection{ClientID: rsID, Endpoint: "https://as.example.com/introspect", MaxCalls: 2},
			Transport: transport(func(r *http.Request) (*http.Response, error) {
				calls.Add(1)
				select {
				case <-release:
					return respond(http.StatusOK, "application/json", `{"active":false}`)(r)
				case <-r.Context().Done():
					return nil, r.Context().Err()
				}
			}),
		})
		require.NoError(t, err)
		handler, statuses := rs.Protect(http.NotFoundHandler()), make(chan int, 16)
		ask := func(token string) {
			rec, r := newRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody)
			r.Header.Set("Authorization", "Bearer "+token)
			handler.ServeHTTP(rec, r)
			statuses <- rec.Code
		}
		for i := range cap(statuses) {
			go ask("first-" + strconv.Itoa(i))
		}
		synctest.Wait()
		assert.EqualValues(t, 2, calls.Load())

		// The timeout is that of waiting and asking together.
		start := time.Now()
		for range cap(statuses) {
			assert.Equal(t, http.StatusServiceUnavailable, <-statuses)
		}
		assert.Equal(t, 5*time.Second, time.Since(start))

		// All are told, one after the other.
		close(release)
		for i := range cap(statuses) {
			go ask("second-" + strconv.Itoa(i))
		}
		for range cap(statuses) {
			assert.Equal(t, http.StatusUnauthorized, <-statuses)
		}
	})
}
