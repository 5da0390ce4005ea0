package main

import (
	"context"
	"sync"

	"github.com/fosite-fapi/fosite-fapi/fapi"
)

// An auditLog keeps what the servers decided. A real host writes each event to where its operators look.
type auditLog struct {
	mu     sync.Mutex
	events []fapi.Event
}

var _ fapi.Auditor = (*auditLog)(nil)

// Audit implements fapi.Auditor.
func (l *auditLog) Audit(_ context.Context, e fapi.Event) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.events = append(l.events, e)
	return nil
}

// mark is the place in the log to give to refusal.
func (l *auditLog) mark() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.events)
}

// refusal returns the last refusal since the mark; its zero value when there is none.
func (l *auditLog) refusal(mark int) (last fapi.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range l.events[mark:] {
		if !e.Granted {
			last = e
		}
	}
	return last
}
