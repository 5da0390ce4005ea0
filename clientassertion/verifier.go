package clientassertion

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	jose "github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/internal/faults"
	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
)

// A Verifier verifies client assertions. Audience and Replay are required. It is safe for concurrent use as long as its
// fields don't change.
type Verifier struct {
	// Algorithms are those accepted. nil: PS256, ES256, EdDSA (F2-CR-02).
	Algorithms []jose.SignatureAlgorithm

	// Types are the accepted values of typ; "" stands for its absence. nil: "JWT", "client-authentication+jwt" and "".
	// Case and a leading "application/" don't matter.
	Types []string

	// Audience says which aud names this server. Required.
	Audience Audience

	// MaxLifetime is how far ahead exp may lie, not counting FutureSkew: so long a jti must be remembered. Zero: one
	// hour. At most 24 hours.
	MaxLifetime time.Duration

	// FutureSkew is how far ahead nbf and iat may lie. Zero: 30 s. From 10 to 60 s (F2-AS-13).
	FutureSkew time.Duration

	// ExpirySkew is how long ago exp may have been. Zero: 10 s. At most 60 s.
	ExpirySkew time.Duration

	// Replay remembers each jti. Required.
	Replay Replay

	// Now is the clock. nil: time.Now.
	Now func() time.Time
}

// Replay remembers what was used.
type Replay interface {
	// UseOnce marks id as used within namespace, until expires at least. It reports whether this call was the first to
	// do so; of several calls at the same time exactly one is. Errors refuse the assertion.
	UseOnce(ctx context.Context, namespace, id string, expires time.Time) (first bool, err error)
}

const (
	defaultMaxLifetime = time.Hour
	maxMaxLifetime     = 24 * time.Hour
	defaultFutureSkew  = 30 * time.Second
	minFutureSkew      = 10 * time.Second // F2-AS-13
	maxFutureSkew      = 60 * time.Second // F2-AS-13
	defaultExpirySkew  = 10 * time.Second
	maxExpirySkew      = 60 * time.Second
)

var defaultTypes = []string{"JWT", "client-authentication+jwt", ""}

// Verify proves that raw is an assertion of the client c, made for this server and not used before, and spends its jti.
//
// The jti is spent last, only if all else holds: neither a stranger nor a mistaken request can use up the assertion of
// a client. The error is one of the package's sentinels; the first thing wrong decides, in the order algorithm, typ,
// iss, sub, aud, times, jti, key, signature, replay.
func (v *Verifier) Verify(ctx context.Context, raw string, c Client) (*Assertion, error) {
	a, err := v.prove(ctx, raw, c, nil)
	if err != nil {
		return nil, err
	}
	if err := v.spend(ctx, a); err != nil {
		return nil, err
	}
	return a, nil
}

// Review is [Verifier.Verify] for whoever wants to know everything that is wrong: all of it, in the same order, each a
// sentinel of the package. It spends nothing, and doesn't ask whether the jti was used before. The assertion is nil if it
// can't be read; unless there are no faults, nothing in it may be relied on.
func (v *Verifier) Review(ctx context.Context, raw string, c Client) (*Assertion, []error) {
	var all faults.List
	a, err := v.prove(ctx, raw, c, &all)
	return a, all.With(err)
}

// prove does all that Verify does, but for the jti.
func (v *Verifier) prove(ctx context.Context, raw string, c Client, all *faults.List) (*Assertion, error) {
	j, err := v.parse(raw, c, all)
	if err != nil {
		return nil, err
	}
	claims, ok := decode(j.Payload)
	if !ok {
		return nil, fmt.Errorf("%w: payload not a JSON object of claims", ErrMalformed)
	}
	for _, check := range checks {
		if err := all.Stop(check(v, claims, c.ID)); err != nil {
			return nil, err
		}
	}
	if err := all.Stop(refusals().Verify(ctx, j, c.Keys)); err != nil {
		return nil, err
	}
	return &Assertion{
		Issuer:    claims.Issuer,
		Subject:   claims.Subject,
		ID:        claims.ID,
		Expires:   claims.Expires.Time,
		IssuedAt:  claims.IssuedAt.Time,
		NotBefore: claims.NotBefore.Time,
		Algorithm: j.Algorithm,
		KeyID:     j.KeyID,
	}, nil
}

// refusals are the sentinels of an assertion's signature. The one for the algorithm is the same whoever chose it.
func refusals() jwk.Refusals {
	return jwk.Refusals{
		Malformed: ErrMalformed, Algorithm: ErrAlgorithm, Unsigned: ErrUnsigned, Registered: ErrAlgorithm,
		Unavailable: ErrKeysUnavailable, Key: ErrKey, Weak: ErrWeak, Signature: ErrSignature,
	}
}

// parse reads the JWS and judges its header.
func (v *Verifier) parse(raw string, c Client, all *faults.List) (*jwk.JWS, error) {
	if len(raw) > maxSize {
		return nil, fmt.Errorf("%w: more than %d bytes", ErrMalformed, maxSize)
	}
	j, err := refusals().Read(raw, jwk.Accepted(v.Algorithms), c.Algorithm, all)
	if err != nil {
		return nil, err
	}
	types := v.Types
	if types == nil {
		types = defaultTypes
	}
	if !slices.ContainsFunc(types, func(typ string) bool { return jwk.SameType(typ, j.Type) }) {
		if err := all.Stop(fmt.Errorf("%w: not one of %q", ErrType, types)); err != nil {
			return nil, err
		}
	}
	return j, nil
}

// spend marks the jti as used, for as long as the assertion could come back.
func (v *Verifier) spend(ctx context.Context, a *Assertion) error {
	if v.Replay == nil {
		return fmt.Errorf("%w: none configured", ErrReplayStore)
	}
	// No issuer has a space in it, so that no two pairs make the same namespace.
	namespace := "jti " + v.Audience.Issuer + " " + a.Subject
	first, err := v.Replay.UseOnce(ctx, namespace, a.ID, a.Expires.Add(cmp.Or(v.ExpirySkew, defaultExpirySkew)))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrReplayStore, err)
	}
	if !first {
		return ErrReplayed
	}
	return nil
}
