package clientassertion

import (
	"context"
	"errors"
	"fmt"
	"slices"

	jose "github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
)

// A Client is what is known of the client that an assertion must come from.
type Client struct {
	// ID is the client_id. Required.
	ID string
	// Algorithm is the registered token_endpoint_auth_signing_alg. "": any that the Verifier allows.
	Algorithm jose.SignatureAlgorithm
	// Keys are the client's. Required.
	Keys Keys
}

// Keys gives the public keys of one client.
type Keys interface {
	// Keys returns the client's key set. With refresh false a cached one will do. With refresh true the caller has found
	// no key that fits in it, as when a client publishes a new key at its jwks_uri: get a fresh one if possible. The
	// caller only reads the set. A stranger can cause refreshes by inventing a kid; limiting them is up to the
	// implementation, which then returns what it has.
	Keys(ctx context.Context, refresh bool) (*jose.JSONWebKeySet, error)
}

// StaticKeys are the keys of a client that registered them by value (jwks).
func StaticKeys(set *jose.JSONWebKeySet) Keys { return staticKeys{set} }

type staticKeys struct{ set *jose.JSONWebKeySet }

func (k staticKeys) Keys(context.Context, bool) (*jose.JSONWebKeySet, error) { return k.set, nil }

// candidates returns the keys to try on j, and asks for a fresh set at most once.
func (c Client) candidates(ctx context.Context, j *jwk.JWS) ([]jose.JSONWebKey, error) {
	if c.Keys == nil {
		return nil, fmt.Errorf("%w: the client has none", ErrKey)
	}
	weak := func(k jose.JSONWebKey) bool { return errors.Is(jwk.Fit(k.Key, j.Algorithm), jwk.ErrWeak) }
	for _, refresh := range []bool{false, true} {
		if _, static := c.Keys.(staticKeys); static && refresh {
			break
		}
		set, err := c.Keys.Keys(ctx, refresh)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrKeysUnavailable, err)
		}
		if found := jwk.Candidates(set, j.Algorithm, j.KeyID); len(found) > 0 {
			return found, nil
		}
		if set != nil && slices.ContainsFunc(set.Keys, weak) {
			return nil, fmt.Errorf("%w: %w", ErrWeak, ErrKey)
		}
	}
	return nil, fmt.Errorf("%w for alg %q and the kid", ErrKey, j.Algorithm)
}
