package leaftest

import (
	"sync/atomic"
	"time"
)

// A Clock stands still until it is moved. It is safe for concurrent use.
type Clock struct{ at atomic.Int64 }

// NewClock returns a clock that shows this time.
func NewClock(at time.Time) *Clock {
	c := new(Clock)
	c.at.Store(at.UnixNano())
	return c
}

// Now is the time that it shows.
func (c *Clock) Now() time.Time { return time.Unix(0, c.at.Load()) }

// Forward moves it.
func (c *Clock) Forward(d time.Duration) { c.at.Add(int64(d)) }

// In is the time d from now.
func (c *Clock) In(d time.Duration) time.Time { return c.Now().Add(d) }
