package keys

import (
	"context"
	"crypto"
	"crypto/ecdh"
	"crypto/rsa"
	"errors"
	"fmt"
	"slices"

	jose "github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/internal/jwe"
	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
)

// A DecryptionKey is one private key of the server for which others encrypt: request objects, for example (RFC 9101
// 6.1).
type DecryptionKey struct {
	// Private is an *rsa.PrivateKey or an *ecdsa.PrivateKey. In an HSM it is a [crypto.Decrypter] whose public key is RSA and
	// that takes *rsa.OAEPOptions, or for an elliptic curve an [Agreement]. It must be safe for concurrent use. Required.
	Private crypto.PrivateKey

	// ID is the kid, at most 256 bytes. "" means the RFC 7638 thumbprint (SHA-256).
	ID string

	// Algorithm is the one that the key decrypts by (RFC 8725 3.1): RSA-OAEP or RSA-OAEP-256 for RSA, ECDH-ES alone or with
	// A128KW, A192KW, A256KW for P-256, P-384, P-521. "" means RSA-OAEP-256 for RSA, ECDH-ES for ECDSA.
	Algorithm jose.KeyAlgorithm

	// Unpublished keys decrypt, but nobody is invited to use them: not any more, since a successor is published.
	Unpublished bool
}

// An Agreement is a private key on an elliptic curve that need not be seen, as the clients of HSMs offer it; an
// [*ecdh.PrivateKey] is one.
type Agreement interface {
	// Public returns an *ecdsa.PublicKey or an *ecdh.PublicKey.
	Public() crypto.PublicKey
	// ECDH returns the secret shared with a key on the same curve: the x-coordinate in full length.
	ECDH(remote *ecdh.PublicKey) ([]byte, error)
}

// A DecryptionSet is a set of decryption keys. It never changes and is safe for concurrent use. Its zero value has no
// key: NewDecryption makes one.
type DecryptionSet struct {
	keys       []DecryptionKey
	public     jose.JSONWebKeySet
	algorithms []jose.KeyAlgorithm
}

// NewDecryption returns a set of decryption keys.
//
// The error joins all that is wrong: ErrNone, ErrDecrypter, ErrAlgorithm (RSA1_5 and symmetric ones included), ErrWeak
// (RSA below 2048 bits), ErrID, ErrDuplicate (of key IDs).
func NewDecryption(keys ...DecryptionKey) (*DecryptionSet, error) {
	s := new(DecryptionSet)
	err := distinct(keys, DecryptionKey.resolve, func(key DecryptionKey, public jose.JSONWebKey) error {
		s.keys = append(s.keys, key)
		if key.Unpublished {
			return nil
		}
		s.public.Keys = append(s.public.Keys, public)
		if !slices.Contains(s.algorithms, key.Algorithm) {
			s.algorithms = append(s.algorithms, key.Algorithm)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s, nil
}

// resolve fills in the defaults of k and checks it.
func (k DecryptionKey) resolve() (DecryptionKey, jose.JSONWebKey, error) {
	published, err := jwe.Key{Private: k.Private}.Public()
	switch {
	case errors.Is(err, jwe.ErrWeak):
		return k, jose.JSONWebKey{}, fmt.Errorf("%w: less than %d bits", ErrWeak, jwk.MinRSABits)
	case err != nil:
		return k, jose.JSONWebKey{}, fmt.Errorf("%w: %w", ErrDecrypter, err)
	}
	if k.Algorithm == "" {
		k.Algorithm = jose.ECDH_ES // agrees on the content key itself, and wraps none
		if _, ok := published.Key.(*rsa.PublicKey); ok {
			k.Algorithm = jose.RSA_OAEP_256
		}
	}
	if jwe.Fit(published.Key, k.Algorithm) != nil {
		return k, jose.JSONWebKey{}, fmt.Errorf("%w: %q with %T", ErrAlgorithm, k.Algorithm, published.Key)
	}
	published.KeyID, published.Algorithm = k.ID, string(k.Algorithm)
	if err := identify(&published); err != nil {
		return k, jose.JSONWebKey{}, err
	}
	k.ID = published.KeyID
	return k, published, nil
}

// Algorithms returns the algorithms of the published keys, each once, in the order of the keys.
func (s *DecryptionSet) Algorithms() []jose.KeyAlgorithm { return slices.Clone(s.algorithms) }

// Public returns the public halves of the published keys, for the jwks_uri: each with kid, alg and use "enc" (RFC 7517
// 4). The set returned is the caller's own; the keys in it are shared and not to be changed.
func (s *DecryptionSet) Public() *jose.JSONWebKeySet {
	return &jose.JSONWebKeySet{Keys: slices.Clone(s.public.Keys)}
}

// Keys returns all keys, as given but with ID and Algorithm filled in: what decrypts. The slice is the caller's own.
func (s *DecryptionSet) Keys() []DecryptionKey { return slices.Clone(s.keys) }

// A DecryptionSource tells which decryption keys are in use now, as a [Source] does for signing keys.
type DecryptionSource func(ctx context.Context) (*DecryptionSet, error)

// StaticDecryption is a DecryptionSource of one set.
func StaticDecryption(s *DecryptionSet) DecryptionSource {
	return func(context.Context) (*DecryptionSet, error) { return s, nil }
}
