package leaftest

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// A Replay is a replay store that shows what it keeps. Its zero value is empty and ready.
type Replay struct {
	Entries map[[2]string]time.Time // until when, by namespace and ID
	Err     error                   // what UseOnce returns; nil: it works

	mu sync.Mutex
}

// UseOnce marks id as used.
func (r *Replay) UseOnce(_ context.Context, namespace, id string, expires time.Time) (bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.Err != nil {
		return false, r.Err
	}
	if r.Entries == nil {
		r.Entries = make(map[[2]string]time.Time)
	}
	key := [2]string{namespace, id}
	_, used := r.Entries[key]
	r.Entries[key] = expires
	return !used, nil
}

// Unused is a replay store to which all is new, for benchmarks.
type Unused struct{}

// UseOnce forgets id.
func (Unused) UseOnce(context.Context, string, string, time.Time) (bool, error) { return true, nil }

// OnePasses makes 32 calls at the same time and asserts that one of them succeeds and all others fail by refused.
func OnePasses(t *testing.T, refused error, call func() error) {
	t.Helper()
	const calls = 32
	var passed, replayed atomic.Int32
	var wg sync.WaitGroup
	start := make(chan struct{})
	for range calls {
		wg.Go(func() {
			<-start
			if err := call(); err == nil {
				passed.Add(1)
			} else if assert.ErrorIs(t, err, refused) {
				replayed.Add(1)
			}
		})
	}
	close(start)
	wg.Wait()
	assert.EqualValues(t, 1, passed.Load())
	assert.EqualValues(t, calls-1, replayed.Load())
}
