package jwk

import (
	"context"
	"errors"
	"fmt"
	"slices"

	jose "github.com/go-jose/go-jose/v4"
)

var (
	// ErrUnavailable means that a party's keys couldn't be had.
	ErrUnavailable = errors.New("jwk: keys unavailable")
	// ErrNoKey means that a party has no key that fits alg and kid.
	ErrNoKey = errors.New("jwk: no fitting key")
	// ErrSignature means that none of the keys that fit made the signature.
	ErrSignature = errors.New("jwk: wrong signature")
)

// Keys gives the public keys of one party. It is the method set that packages ask of their callers under a name of their
// own; what refresh means is said there.
type Keys interface {
	Keys(ctx context.Context, refresh bool) (*jose.JSONWebKeySet, error)
}

// Static are keys that were given by value.
type Static struct{ Set *jose.JSONWebKeySet }

// Keys returns the set.
func (s Static) Keys(context.Context, bool) (*jose.JSONWebKeySet, error) { return s.Set, nil }

// Each calls use with the keys of a party and, if that fails, once more with fresh ones: the party may have published
// others, under the same kid or without any. The error is that of the last use, or ErrUnavailable with the cause, or ErrNoKey
// where keys is nil.
func Each(ctx context.Context, keys Keys, use func(*jose.JSONWebKeySet) error) error {
	if keys == nil {
		return fmt.Errorf("%w: there are none", ErrNoKey)
	}
	set, err := keys.Keys(ctx, false)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	why := use(set)
	if _, static := keys.(Static); static || why == nil {
		return why
	}
	fresh, err := keys.Keys(ctx, true)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	if fresh == set {
		return why // nothing new to try
	}
	return use(fresh)
}

// VerifyBy verifies the signature with the keys of a party. The error is ErrSignature, ErrNoKey, alone or with ErrWeak
// where the only keys that would fit are too short, or ErrUnavailable.
func (j *JWS) VerifyBy(ctx context.Context, keys Keys) error {
	return Each(ctx, keys, func(set *jose.JSONWebKeySet) error {
		candidates := Candidates(set, j.Algorithm, j.KeyID)
		if j.VerifyAny(candidates) {
			return nil
		}
		weak := func(k jose.JSONWebKey) bool { return errors.Is(Fit(k.Key, j.Algorithm), ErrWeak) }
		switch {
		case len(candidates) > 0:
			return ErrSignature
		case set != nil && slices.ContainsFunc(set.Keys, weak):
			return fmt.Errorf("%w: %w", ErrWeak, ErrNoKey)
		}
		return fmt.Errorf("%w for alg %q and the kid", ErrNoKey, j.Algorithm)
	})
}
