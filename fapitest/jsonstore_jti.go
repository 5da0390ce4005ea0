package fapitest

import (
	"context"
	"time"

	"github.com/ory/fosite"
)

// ClientAssertionJWTValid returns fosite.ErrJTIKnown for a jti that was set and has not expired.
func (s *JSONStore) ClientAssertionJWTValid(ctx context.Context, jti string) error {
	if err := s.enter(ctx, "ClientAssertionJWTValid"); err != nil {
		return err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.unknown(jti, s.now())
}

// SetClientAssertionJWT marks the jti as known until exp. Of several calls at once exactly one succeeds, the others
// get fosite.ErrJTIKnown.
func (s *JSONStore) SetClientAssertionJWT(ctx context.Context, jti string, exp time.Time) error {
	if err := s.enter(ctx, "SetClientAssertionJWT"); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if err := s.unknown(jti, now); err != nil {
		return err
	}
	s.sweep(now)
	s.assertions.put(transactionOf(ctx), jti, exp)
	return nil
}

// IsJWTUsed tells whether ClientAssertionJWTValid would refuse the jti.
func (s *JSONStore) IsJWTUsed(ctx context.Context, jti string) (bool, error) {
	if err := s.enter(ctx, "IsJWTUsed"); err != nil {
		return false, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.unknown(jti, s.now()) != nil, nil
}

// MarkJWTUsedForTime is SetClientAssertionJWT under the name that the JWT bearer grant knows.
func (s *JSONStore) MarkJWTUsedForTime(ctx context.Context, jti string, exp time.Time) error {
	return s.SetClientAssertionJWT(ctx, jti, exp)
}

func (s *JSONStore) unknown(jti string, now time.Time) error {
	if exp, ok := s.assertions.get(jti); ok && exp.After(now) {
		return fosite.ErrJTIKnown
	}
	return nil
}

// sweep removes what has expired each time the table has doubled, so that its cost per call does not grow.
func (s *JSONStore) sweep(now time.Time) {
	const least = 1024
	if len(s.assertions.rows) < max(least, s.assertionsSweepAt) {
		return
	}
	for jti, exp := range s.assertions.rows {
		if !exp.After(now) {
			s.assertions.remove(nil, jti) // needs no rollback: it says nothing any more
		}
	}
	s.assertionsSweepAt = 2 * len(s.assertions.rows)
}
