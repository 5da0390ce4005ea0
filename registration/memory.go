package registration

import (
	"context"
	"sync"

	"github.com/ory/fosite"
)

// defaultCapacity is how many clients a [Memory] keeps where nothing else is said.
const defaultCapacity = 4096

var _ Store = (*Memory)(nil)

// Memory is a [Store] in memory, for tests and for servers that may forget their clients. The zero value is ready; it is
// safe for concurrent use.
type Memory struct {
	// Capacity is how many clients there may be; more are refused by ErrFull. Zero: 4096. A client has as many bytes
	// as its document, [MaxBytes] at most.
	Capacity int

	mu      sync.RWMutex
	records map[string]*Record
}

// CreateRegistration implements [Store].
func (m *Memory) CreateRegistration(_ context.Context, r *Record) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case m.records[r.ID] != nil:
		return ErrExists
	case len(m.records) >= m.capacity():
		return ErrFull
	case m.records == nil:
		m.records = make(map[string]*Record)
	}
	m.records[r.ID] = r
	return nil
}

// GetRegistration implements [Store].
func (m *Memory) GetRegistration(_ context.Context, id string) (*Record, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if r := m.records[id]; r != nil {
		return r, nil
	}
	return nil, ErrNotFound
}

// UpdateRegistration implements [Store].
func (m *Memory) UpdateRegistration(_ context.Context, r *Record, version uint64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch old := m.records[r.ID]; {
	case old == nil:
		return ErrNotFound
	case old.Version != version:
		return ErrConflict
	}
	m.records[r.ID] = r
	return nil
}

// DeleteRegistration implements [Store].
func (m *Memory) DeleteRegistration(_ context.Context, id string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.records[id] == nil {
		return ErrNotFound
	}
	delete(m.records, id)
	return nil
}

// GetClient returns a registered client, a *[Record], or fosite.ErrNotFound: for the GetClient of the host's storage, which
// asks it about clients that it doesn't know itself.
func (m *Memory) GetClient(ctx context.Context, id string) (fosite.Client, error) {
	r, err := m.GetRegistration(ctx, id)
	if err != nil {
		return nil, fosite.ErrNotFound
	}
	return r, nil
}

func (m *Memory) capacity() int {
	if m.Capacity > 0 {
		return m.Capacity
	}
	return defaultCapacity
}
