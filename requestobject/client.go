package requestobject

import (
	"context"
	"errors"
	"fmt"
	"slices"

	jose "github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
)

// A Client is what is known of the client that a request object must come from.
type Client struct {
	// ID is the client_id. Required.
	ID string
	// Algorithm is the registered request_object_signing_alg. "": any that the Verifier allows.
	Algorithm jose.SignatureAlgorithm
	// EncryptionAlgorithm is the registered request_object_encryption_alg: an object that isn't encrypted is refused
	// then, and one by another alg, too. "": the client encrypts or not, by any that the Verifier allows.
	EncryptionAlgorithm jose.KeyAlgorithm
	// ContentEncryption is the registered request_object_encryption_enc. "": A128CBC-HS256, if EncryptionAlgorithm is
	// set (OpenID Connect Registration 2); of no effect otherwise.
	ContentEncryption jose.ContentEncryption
	// Keys are the client's, for signatures. Required.
	Keys Keys
}

// Keys gives the public keys of one client.
type Keys interface {
	// Keys returns the client's key set. With refresh false a cached one will do. With refresh true the caller has
	// found no key that fits in it, as when a client publishes a new key at its jwks_uri: get a fresh one if
	// possible. The caller only reads the set. A stranger can cause refreshes by inventing a kid; limiting them is up
	// to the implementation, which then returns the set that it returned before.
	Keys(ctx context.Context, refresh bool) (*jose.JSONWebKeySet, error)
}

// StaticKeys are the keys of a client that registered them by value (jwks).
func StaticKeys(set *jose.JSONWebKeySet) Keys { return staticKeys{set} }

type staticKeys struct{ set *jose.JSONWebKeySet }

func (k staticKeys) Keys(context.Context, bool) (*jose.JSONWebKeySet, error) { return k.set, nil }

// verify looks for the key that made the signature, and asks for a fresh set once: the client may have published
// another, under the same kid or without any.
func (c Client) verify(ctx context.Context, j *jwk.JWS) error {
	if c.Keys == nil {
		return fmt.Errorf("%w: the client has none", ErrKey)
	}
	var why error
	var before *jose.JSONWebKeySet
	for _, refresh := range []bool{false, true} {
		set, err := c.Keys.Keys(ctx, refresh)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrKeysUnavailable, err)
		}
		if refresh && set == before {
			break // nothing new to try
		}
		before = set
		candidates := jwk.Candidates(set, j.Algorithm, j.KeyID)
		if j.VerifyAny(candidates) {
			return nil
		}
		why = unverified(j, set, candidates)
	}
	return why
}

// unverified says why no key of a set made the signature.
func unverified(j *jwk.JWS, set *jose.JSONWebKeySet, candidates []jose.JSONWebKey) error {
	weak := func(k jose.JSONWebKey) bool { return errors.Is(jwk.Fit(k.Key, j.Algorithm), jwk.ErrWeak) }
	switch {
	case len(candidates) > 0:
		return ErrSignature
	case set != nil && slices.ContainsFunc(set.Keys, weak):
		return fmt.Errorf("%w: %w", ErrWeak, ErrKey)
	}
	return fmt.Errorf("%w for alg %q and the kid", ErrKey, j.Algorithm)
}
