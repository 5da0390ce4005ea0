package fapitest

import (
	"context"
	"slices"
	"sync"

	"github.com/fosite-fapi/fosite-fapi/fapi"
)

// A Trail keeps what the audit sees. It is a [fapi.Auditor], empty at first and safe for concurrent use.
type Trail struct {
	mu   sync.Mutex
	seen []fapi.Event
}

// Audit implements [fapi.Auditor]. It never fails.
func (t *Trail) Audit(ctx context.Context, e fapi.Event) error {
	t.mu.Lock()
	t.seen = append(t.seen, e)
	t.mu.Unlock()
	if message, ok := ctx.Value(trailKey{}).(*Trail); ok && message != t {
		return message.Audit(ctx, e)
	}
	return nil
}

// Events returns a copy of what was seen, the oldest first.
func (t *Trail) Events() []fapi.Event {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.seen)
}

// Refusals returns the IDs of the requirements by which messages were refused, the oldest first.
func (t *Trail) Refusals() []string {
	var ids []string
	for _, e := range t.Events() {
		if !e.Granted {
			ids = append(ids, e.ID)
		}
	}
	return ids
}

// trailKey is where the context of a request has the trail of that message.
type trailKey struct{}
