package fapitest

import (
	"context"
	"encoding/json"

	"github.com/fosite-fapi/fosite-fapi/registration"
)

var _ registration.Store = (*JSONStore)(nil)

// CreateRegistration implements registration.Store. GetClient finds the client from now on, as a *registration.Record.
func (s *JSONStore) CreateRegistration(ctx context.Context, r *registration.Record) error {
	raw, err := s.record(ctx, "CreateRegistration", r)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.registered[r.ID] != nil || s.clients[r.ID] != nil {
		return registration.ErrExists
	}
	if s.registered == nil {
		s.registered = make(map[string][]byte)
	}
	s.registered[r.ID] = raw
	return nil
}

// GetRegistration implements registration.Store.
func (s *JSONStore) GetRegistration(ctx context.Context, id string) (*registration.Record, error) {
	if err := s.enter(ctx, "GetRegistration"); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.registration(id)
}

// registration hydrates a client that registered itself.
func (s *JSONStore) registration(id string) (*registration.Record, error) {
	raw := s.registered[id]
	if raw == nil {
		return nil, registration.ErrNotFound
	}
	r := new(registration.Record)
	return r, json.Unmarshal(raw, r)
}

// UpdateRegistration implements registration.Store, atomically.
func (s *JSONStore) UpdateRegistration(ctx context.Context, r *registration.Record, version uint64) error {
	raw, err := s.record(ctx, "UpdateRegistration", r)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	old, err := s.registration(r.ID)
	if err != nil {
		return err
	}
	if old.Version != version {
		return registration.ErrConflict
	}
	s.registered[r.ID] = raw
	return nil
}

// DeleteRegistration implements registration.Store.
func (s *JSONStore) DeleteRegistration(ctx context.Context, id string) error {
	if err := s.enter(ctx, "DeleteRegistration"); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.registered[id] == nil {
		return registration.ErrNotFound
	}
	delete(s.registered, id)
	return nil
}

func (s *JSONStore) record(ctx context.Context, op string, r *registration.Record) ([]byte, error) {
	if err := s.enter(ctx, op); err != nil {
		return nil, err
	}
	return json.Marshal(r)
}
