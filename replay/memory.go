package replay

import (
	"context"
	"errors"
	"sync"
	"time"
)

const (
	// defaultCapacity is about 70 MB when full.
	defaultCapacity = 1 << 20

	// minimumRetention keeps what its consumer judged still valid by a clock or a leeway of its own,
	// though by this clock it has expired: two uses in that moment must not both be first.
	minimumRetention = time.Minute

	// sweepPerCall is more than the one entry that a call adds, so expired entries go away faster
	// than new ones come, without a pause on any single call.
	sweepPerCall = 4
)

// ErrFull is returned when a [Memory] holds as many unexpired entries as it may: nothing can be
// accepted as first, since it could not be remembered.
var ErrFull = errors.New("replay: full")

// Memory is an in-process single-use store: bounded, expiring, and amortised O(1) per call whatever
// number of entries it holds. The zero value is ready and takes 2^20 entries. It must not be copied
// after first use; all methods are safe for concurrent use.
type Memory struct {
	// Now is the clock; nil means time.Now. Set it before first use.
	Now func() time.Time

	capacity int

	mu      sync.Mutex
	entries map[key]int64 // to the nanosecond of the Unix time at which it expires
	queue   queue
}

// NewMemory returns a store for at most capacity unexpired entries; 0 or less means 2^20.
func NewMemory(capacity int) *Memory { return &Memory{capacity: capacity} }

// UseOnce marks id as used in namespace until expires and reports whether this was the first use. It
// is one atomic step. What is marked stays so for a minute at least, even if expires is earlier or
// in the past. It returns [ErrFull] when at capacity with nothing expired; ctx is not looked at, since
// nothing here waits.
func (m *Memory) UseOnce(_ context.Context, namespace, id string, expires time.Time) (first bool, err error) {
	k, now := keyOf(namespace, id), m.now()
	if least := now.Add(minimumRetention); expires.Before(least) {
		expires = least
	}

	m.mu.Lock()
	defer m.mu.Unlock()
	m.sweep(now)
	until, held := m.entries[k]
	if held && until > nanoseconds(now) {
		return false, nil
	}
	if !held && len(m.entries) >= m.limit() {
		return false, ErrFull
	}
	if m.entries == nil {
		m.entries = make(map[key]int64)
	}
	m.entries[k] = nanoseconds(expires)
	m.queue.push(second(expires), k)
	return true, nil
}

// Used reports whether id has been used in namespace and has not expired since. It marks nothing and
// never fails.
func (m *Memory) Used(_ context.Context, namespace, id string) (bool, error) {
	k, now := keyOf(namespace, id), m.now()
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.used(k, now), nil
}

// Len returns the number of entries held, for a gauge. It may count some that have expired.
func (m *Memory) Len() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.entries)
}

func (m *Memory) used(k key, now time.Time) bool {
	expires, ok := m.entries[k]
	return ok && expires > nanoseconds(now)
}

func (m *Memory) sweep(now time.Time) {
	for range sweepPerCall {
		k, ok := m.queue.pop(now.Unix())
		if !ok {
			return
		}
		// It may have been used anew since: then a later place in the queue answers for it.
		if !m.used(k, now) {
			delete(m.entries, k)
		}
	}
}

func (m *Memory) now() time.Time {
	if m.Now != nil {
		return m.Now()
	}
	return time.Now()
}

func (m *Memory) limit() int {
	if m.capacity > 0 {
		return m.capacity
	}
	return defaultCapacity
}
