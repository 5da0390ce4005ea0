package fetch

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"golang.org/x/sync/singleflight"
)

const (
	defaultTTL          = 5 * time.Minute
	defaultMaxStale     = time.Hour
	defaultRefreshEvery = 10 * time.Second
	defaultBackoff      = 5 * time.Second
	defaultMaxEntries   = 1024

	maxBackoff = 5 * time.Minute
	accept     = "application/jwk-set+json, application/json"
)

// JWKS is a cache of key sets by URL. The zero value is ready. It is safe for concurrent use; its fields must not change once it is
// used.
//
// A JWKS has no goroutines of its own and needs no closing.
type JWKS struct {
	Door *Door // nil: the strict zero Door

	TTL          time.Duration    // how long a set is served without asking. Zero: 5 minutes
	MaxStale     time.Duration    // how long after its TTL a set is served while its endpoint is down. Zero: 1 hour; negative: not at all
	RefreshEvery time.Duration    // the least time between two forced refreshes of one URL. Zero: 10 seconds
	Backoff      time.Duration    // pause after a failure, doubled by each further one up to 5 minutes. Zero: 5 seconds
	MaxEntries   int              // URLs remembered; beyond that, the one asked longest ago is forgotten. Zero: 1024
	Now          func() time.Time // nil: time.Now

	mu      sync.Mutex
	entries map[string]*entry
	flights singleflight.Group
}

// An entry is what is known about one URL. JWKS.mu guards it; the set it points to never changes.
type entry struct {
	set      *jose.JSONWebKeySet // the last good one; nil: none yet
	fetched  time.Time           // when set came
	asked    time.Time           // when the endpoint was last asked, with or without success
	forced   time.Time           // when it was last asked for a refresh
	failures int                 // since the last success
	failure  error               // the last, while failures > 0
}

// Get returns the keys at url: from the cache, or by asking. With refresh the caller says that the cached keys lack the one that it
// needs, and the endpoint is asked unless that was done for a refresh less than RefreshEvery ago. The set is shared, and must
// not be written to.
//
// While the endpoint fails, a set that is not too old is returned without an error. The errors are those of [Door.Get],
// [ErrKeySet], [ErrPrivateKey], and [ErrBackoff] around one of them; or ctx's, when it ends before the answer is there. A fetch
// that others wait for goes on then.
func (c *JWKS) Get(ctx context.Context, url string, refresh bool) (*jose.JSONWebKeySet, error) {
	if hit, ok := c.cached(url, refresh); ok {
		return hit.set, hit.err
	}

	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case result := <-c.flight(ctx, url, refresh):
		if result.Err != nil {
			return nil, result.Err
		}
		return result.Val.(*jose.JSONWebKeySet), nil
	}
}

// Peek is [JWKS.Get] for those who can't wait: where the endpoint would be asked, ok is false, and the answer is fetched
// for those who come later.
func (c *JWKS) Peek(ctx context.Context, url string, refresh bool) (set *jose.JSONWebKeySet, ok bool, err error) {
	if hit, ok := c.cached(url, refresh); ok {
		return hit.set, true, hit.err
	}
	c.flight(ctx, url, refresh)
	return nil, false, nil
}

// flight asks the endpoint, once for all who want to know. One caller's end must not be that of the others: the Door's
// timeout bounds the fetch.
func (c *JWKS) flight(ctx context.Context, url string, refresh bool) <-chan singleflight.Result {
	background := context.WithoutCancel(ctx)
	return c.flights.DoChan(url, func() (any, error) {
		return c.fetch(background, url, refresh)
	})
}

type answer struct {
	set *jose.JSONWebKeySet
	err error
}

// cached answers without asking the endpoint, where it may.
func (c *JWKS) cached(url string, refresh bool) (hit answer, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.entries[url]
	if e == nil {
		return answer{}, false
	}
	now := c.now()
	switch {
	case e.failures > 0 && now.Before(e.asked.Add(c.pause(e.failures))):
		if c.mayServe(e, now) {
			return answer{set: e.set}, true
		}
		return answer{err: fmt.Errorf("%w: %w", ErrBackoff, e.failure)}, true
	case e.set == nil || !now.Before(e.fetched.Add(cmp.Or(c.TTL, defaultTTL))):
		return answer{}, false
	case refresh && !now.Before(e.forced.Add(cmp.Or(c.RefreshEvery, defaultRefreshEvery))):
		return answer{}, false
	}
	return answer{set: e.set}, true
}

// mayServe reports whether the last good set is young enough to be served while its endpoint fails.
func (c *JWKS) mayServe(e *entry, now time.Time) bool {
	return e.set != nil && now.Before(e.fetched.Add(cmp.Or(c.TTL, defaultTTL)+max(cmp.Or(c.MaxStale, defaultMaxStale), 0)))
}

// fetch asks the endpoint and remembers what it said.
func (c *JWKS) fetch(ctx context.Context, url string, refresh bool) (*jose.JSONWebKeySet, error) {
	// Another flight may have landed since the caller looked.
	if hit, ok := c.cached(url, refresh); ok {
		return hit.set, hit.err
	}

	var set *jose.JSONWebKeySet
	document, err := c.door().Get(ctx, url, accept)
	if err == nil {
		set, err = parseKeySet(document)
	}

	c.mu.Lock()
	defer c.mu.Unlock()
	e, now := c.entry(url), c.now()
	e.asked = now
	if refresh {
		e.forced = now
	}
	if err == nil {
		e.set, e.fetched, e.failures, e.failure = set, now, 0, nil
		return set, nil
	}
	e.failures++
	e.failure = err
	if c.mayServe(e, now) {
		return e.set, nil
	}
	return nil, err
}

// entry returns the entry of url, making room for it if it is new. The caller holds c.mu.
func (c *JWKS) entry(url string) *entry {
	if e := c.entries[url]; e != nil {
		return e
	}
	limit := c.MaxEntries
	if limit <= 0 {
		limit = defaultMaxEntries
	}
	// A scan beside a fetch costs nothing, and cache hits stay free of bookkeeping.
	for len(c.entries) >= limit {
		oldest, first := "", true
		for u, e := range c.entries {
			if first || e.asked.Before(c.entries[oldest].asked) {
				oldest, first = u, false
			}
		}
		delete(c.entries, oldest)
	}
	if c.entries == nil {
		c.entries = make(map[string]*entry)
	}
	e := new(entry)
	c.entries[url] = e
	return e
}

// pause is the time to wait after so many failures in a row.
func (c *JWKS) pause(failures int) time.Duration {
	pause := cmp.Or(c.Backoff, defaultBackoff)
	for range failures - 1 {
		if pause *= 2; pause >= maxBackoff {
			return maxBackoff
		}
	}
	return pause
}

var strict Door

func (c *JWKS) door() *Door {
	if c.Door == nil {
		return &strict
	}
	return c.Door
}

func (c *JWKS) now() time.Time {
	if c.Now == nil {
		return time.Now()
	}
	return c.Now()
}
