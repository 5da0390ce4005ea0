package replay_test

import (
	"context"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/internal/leaftest"
	"github.com/fosite-fapi/fosite-fapi/replay"
)

func newMemory(capacity int) (*replay.Memory, *leaftest.Clock) {
	c, m := leaftest.NewClock(time.Date(2025, 1, 2, 3, 4, 5, 600_000_000, time.UTC)), replay.NewMemory(capacity)
	m.Now = c.Now
	return m, c
}

func use(t *testing.T, m *replay.Memory, namespace, id string, expires time.Time) bool {
	t.Helper()
	first, err := m.UseOnce(context.Background(), namespace, id, expires)
	require.NoError(t, err)
	return first
}

func used(t *testing.T, m *replay.Memory, namespace, id string) bool {
	t.Helper()
	used, err := m.Used(context.Background(), namespace, id)
	require.NoError(t, err)
	return used
}

func TestUseOnce(t *testing.T) {
	t.Parallel()

	t.Run("RFC 7519 4.1.7 first and second use", func(t *testing.T) {
		t.Parallel()
		m, c := newMemory(0)
		assert.True(t, use(t, m, "n", "a", c.In(time.Hour)))
		assert.False(t, use(t, m, "n", "a", c.In(time.Hour)))
		assert.True(t, use(t, m, "n", "b", c.In(time.Hour)))
	})
	t.Run("the zero value works", func(t *testing.T) {
		t.Parallel()
		var m replay.Memory
		expires := time.Now().Add(time.Hour)
		assert.False(t, used(t, &m, "n", "a"))
		assert.True(t, use(t, &m, "n", "a", expires))
		assert.False(t, use(t, &m, "n", "a", expires))
	})
	t.Run("namespaces are apart, however names and identifiers are cut", func(t *testing.T) {
		t.Parallel()
		m, c := newMemory(0)
		assert.True(t, use(t, m, "a", "bc", c.In(time.Hour)))
		assert.True(t, use(t, m, "ab", "c", c.In(time.Hour)))
		assert.True(t, use(t, m, "", "abc", c.In(time.Hour)))
		assert.True(t, use(t, m, "abc", "", c.In(time.Hour)))
		assert.False(t, use(t, m, "ab", "c", c.In(time.Hour)))
	})
	t.Run("used until it expires, and not after", func(t *testing.T) {
		t.Parallel()
		m, c := newMemory(0)
		expires := c.In(time.Hour)
		assert.True(t, use(t, m, "n", "a", expires))
		c.Forward(time.Hour - time.Nanosecond)
		assert.True(t, used(t, m, "n", "a"))
		assert.False(t, use(t, m, "n", "a", expires))
		c.Forward(time.Nanosecond)
		assert.False(t, used(t, m, "n", "a"))
		assert.True(t, use(t, m, "n", "a", c.In(time.Hour)))
		assert.False(t, use(t, m, "n", "a", c.In(time.Hour)))
	})
	t.Run("used anew, it lasts for the new expiry", func(t *testing.T) {
		t.Parallel()
		m, c := newMemory(0)
		assert.True(t, use(t, m, "n", "a", c.In(time.Hour)))
		c.Forward(time.Hour)
		assert.True(t, use(t, m, "n", "a", c.In(time.Hour)))
		c.Forward(time.Hour - time.Nanosecond)
		for i := range 10 {
			assert.True(t, use(t, m, "n", "sweep"+strconv.Itoa(i), c.In(time.Hour)))
		}
		assert.True(t, used(t, m, "n", "a"), "what was due the first time must not take the second away")
	})
	t.Run("expired on arrival, it is kept for a minute all the same", func(t *testing.T) {
		t.Parallel()
		m, c := newMemory(0)
		expires := c.In(-time.Hour)
		assert.True(t, use(t, m, "n", "a", expires))
		assert.False(t, use(t, m, "n", "a", expires))
		c.Forward(time.Minute - time.Nanosecond)
		assert.False(t, use(t, m, "n", "a", expires))
		c.Forward(time.Nanosecond)
		assert.True(t, use(t, m, "n", "a", expires))
	})
	t.Run("expiries beyond what nanoseconds can count", func(t *testing.T) {
		t.Parallel()
		m, _ := newMemory(0)
		for i, expires := range []time.Time{{}, time.Unix(1<<40, 0), time.Unix(-1<<40, 0), time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)} {
			id := strconv.Itoa(i)
			assert.True(t, use(t, m, "n", id, expires))
			assert.False(t, use(t, m, "n", id, expires))
		}
	})
}

func TestUsedMarksNothing(t *testing.T) {
	t.Parallel()
	m, c := newMemory(0)
	assert.False(t, used(t, m, "n", "a"))
	assert.False(t, used(t, m, "n", "a"))
	assert.Zero(t, m.Len())
	assert.True(t, use(t, m, "n", "a", c.In(time.Hour)))
	assert.True(t, used(t, m, "n", "a"))
	assert.False(t, used(t, m, "m", "a"))
}

func TestFull(t *testing.T) {
	t.Parallel()
	m, c := newMemory(3)
	for i := range 3 {
		assert.True(t, use(t, m, "n", strconv.Itoa(i), c.In(time.Hour)))
	}
	first, err := m.UseOnce(context.Background(), "n", "one too many", c.In(time.Hour))
	require.ErrorIs(t, err, replay.ErrFull)
	assert.False(t, first)
	assert.False(t, use(t, m, "n", "0", c.In(time.Hour)), "a replay is recognised even so")

	c.Forward(time.Hour + time.Second)
	assert.True(t, use(t, m, "n", "one too many", c.In(time.Hour)), "room is made for what has expired")
	assert.True(t, use(t, m, "n", "0", c.In(time.Hour)))
}

func TestFullOfExpired(t *testing.T) {
	t.Parallel()
	m, c := newMemory(2)
	assert.True(t, use(t, m, "n", "a", c.In(time.Hour)))
	assert.True(t, use(t, m, "n", "b", c.In(time.Hour)))
	c.Forward(time.Hour) // expired, though its second isn't over
	assert.True(t, use(t, m, "n", "a", c.In(time.Hour)), "the same entry needs no more room")
}

// However many entries come and go, no more are held than are alive.
func TestForgetsWhatHasExpired(t *testing.T) {
	t.Parallel()
	m, c := newMemory(0)
	const perSecond, lifetime = 10, 120 * time.Second
	for s := range 1000 {
		for i := range perSecond {
			use(t, m, "n", strconv.Itoa(s*perSecond+i), c.In(lifetime))
		}
		c.Forward(time.Second)
	}
	assert.LessOrEqual(t, m.Len(), perSecond*(int(lifetime.Seconds())+2))
	assert.GreaterOrEqual(t, m.Len(), perSecond*(int(lifetime.Seconds())-2))
}

func TestConcurrentUseHasOneFirst(t *testing.T) {
	t.Parallel()
	m, c := newMemory(0)
	for round := range 200 {
		var firsts atomic.Int32
		var start, done sync.WaitGroup
		start.Add(1)
		for range 32 {
			done.Go(func() {
				start.Wait()
				first, err := m.UseOnce(context.Background(), "n", strconv.Itoa(round), c.In(time.Hour))
				if assert.NoError(t, err) && first {
					firsts.Add(1)
				}
			})
		}
		start.Done()
		done.Wait()
		require.EqualValues(t, 1, firsts.Load())
	}
}
