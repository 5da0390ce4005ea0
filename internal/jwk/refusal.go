package jwk

import (
	"context"
	"errors"
	"fmt"
	"strings"

	jose "github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/internal/faults"
)

// Refusals are the sentinels by which a package refuses what another party signed.
type Refusals struct {
	Malformed   error // it can't be read
	Algorithm   error // alg is not accepted
	Unsigned    error // nor is there a signature: comes with Algorithm. nil: not told apart
	Registered  error // alg is not the one that the party registered
	Unavailable error // the party's keys couldn't be had
	Key         error // the party has no key that fits
	Weak        error // those that would fit are too short: comes with Key. nil: not told apart
	Signature   error // no key of the party made the signature
}

// Read is [Parse] with the sentinels of the package, for a party that may have registered one algorithm; "" is for one that
// has not. With a list of faults it goes on after an algorithm that is refused, as long as it is [Known].
func (r Refusals) Read(compact string, algs []jose.SignatureAlgorithm, registered jose.SignatureAlgorithm, all *faults.List) (*JWS, error) {
	j, err := Parse(compact, algs)
	if errors.Is(err, ErrAlgorithm) {
		refused := fmt.Errorf("%w: not one of %v", r.Algorithm, algs)
		if r.Unsigned != nil && strings.HasSuffix(compact, ".") {
			refused = fmt.Errorf("%w: %w", r.Unsigned, r.Algorithm)
		}
		if all.Stop(refused) != nil {
			return nil, refused
		}
		if j, err = Parse(compact, Algorithms()); errors.Is(err, ErrAlgorithm) {
			return nil, refused
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", r.Malformed, err)
	}
	if registered != "" && j.Algorithm != Named(registered) {
		if err := all.Stop(fmt.Errorf("%w: %q, but %q is registered", r.Registered, j.Algorithm, registered)); err != nil {
			return nil, err
		}
	}
	return j, nil
}

// Verify is [JWS.VerifyBy] with the sentinels of the package.
func (r Refusals) Verify(ctx context.Context, j *JWS, keys Keys) error {
	err := j.VerifyBy(ctx, keys)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrUnavailable):
		return fmt.Errorf("%w: %w", r.Unavailable, err)
	case errors.Is(err, ErrWeak) && r.Weak != nil:
		return fmt.Errorf("%w: %w", r.Weak, r.Key)
	case errors.Is(err, ErrNoKey):
		return fmt.Errorf("%w for alg %q and the kid", r.Key, j.Algorithm)
	}
	return r.Signature
}
