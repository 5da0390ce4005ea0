package keys

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"slices"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/json"

	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
)

// A Set is a set of signing keys. It never changes and is safe for concurrent use. Its zero value has no key: New
// makes one.
type Set struct {
	entries    []*entry
	algorithms []jose.SignatureAlgorithm // that sign
	accepted   []jose.SignatureAlgorithm // that verify
	public     jose.JSONWebKeySet
}

// An entry is a key with everything that signing needs, made once.
type entry struct {
	signer     crypto.Signer
	alg        jose.SignatureAlgorithm
	opts       crypto.SignerOpts
	header     []byte // the protected header up to kid, without the closing brace
	integer    int    // ECDSA: bytes of r and of s
	signature  int    // bytes
	verifyOnly bool
}

// New returns a set of keys. Their order matters: the first one that signs is the default, and the first one of an
// algorithm is the one that signs with it.
//
// The error joins all that is wrong: ErrNone, ErrSigner, ErrAlgorithm, ErrWeak (RSA below 2048 bits), ErrID, ErrDuplicate
// (of key IDs).
func New(keys ...Key) (*Set, error) {
	s := new(Set)
	err := distinct(keys, Key.resolve, func(key Key, published jose.JSONWebKey) error {
		e, err := newEntry(key, published.Key)
		if err != nil {
			return err
		}
		s.entries = append(s.entries, e)
		s.public.Keys = append(s.public.Keys, published)
		if !slices.Contains(s.accepted, e.alg) {
			s.accepted = append(s.accepted, e.alg)
		}
		if !e.verifyOnly && !slices.Contains(s.algorithms, e.alg) {
			s.algorithms = append(s.algorithms, e.alg)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s, nil
}

// distinct fills in the defaults of each key and hands it on, with what is published of it, unless something is wrong
// with it or its ID is another's. The error joins all that is wrong.
func distinct[K any](keys []K, resolve func(K) (K, jose.JSONWebKey, error), take func(K, jose.JSONWebKey) error) error {
	if len(keys) == 0 {
		return ErrNone
	}
	var errs []error
	seen := make(map[string]int, len(keys))
	for i, key := range keys {
		key, published, err := resolve(key)
		if err == nil {
			if first, ok := seen[published.KeyID]; ok {
				errs = append(errs, fmt.Errorf("%w: %q (keys %d and %d)", ErrDuplicate, published.KeyID, first, i))
				continue
			}
			seen[published.KeyID] = i
			err = take(key, published)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%w (key %d)", err, i))
		}
	}
	return errors.Join(errs...)
}

func newEntry(key Key, public crypto.PublicKey) (*entry, error) {
	header, err := json.Marshal(struct {
		Algorithm jose.SignatureAlgorithm `json:"alg"`
		KeyID     string                  `json:"kid"`
	}{key.Algorithm, key.ID})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrID, err)
	}
	integer, signature := jwk.SignatureSize(public)
	return &entry{
		signer:     key.Signer,
		alg:        key.Algorithm,
		opts:       jwk.SignerOpts(key.Algorithm),
		header:     header[:len(header)-1],
		integer:    integer,
		signature:  signature,
		verifyOnly: key.VerifyOnly,
	}, nil
}

// Algorithms returns the algorithms that the set signs with, each once, in the order of the keys.
func (s *Set) Algorithms() []jose.SignatureAlgorithm { return slices.Clone(s.algorithms) }

// Has reports whether a key of the set signs with alg.
func (s *Set) Has(alg jose.SignatureAlgorithm) bool { return slices.Contains(s.algorithms, alg) }

// Public returns the public halves of all keys, for the jwks_uri: each with kid, alg and use "sig" (RFC 7517 4). The
// set returned is the caller's own; the keys in it are shared and not to be changed.
func (s *Set) Public() *jose.JSONWebKeySet {
	return &jose.JSONWebKeySet{Keys: slices.Clone(s.public.Keys)}
}

// A Source tells which keys are in use now: it is asked whenever one is needed, so that they can be rotated while the
// server runs. It must be cheap and safe for concurrent use.
type Source func(ctx context.Context) (*Set, error)

// Static is a Source of one set.
func Static(s *Set) Source {
	return func(context.Context) (*Set, error) { return s, nil }
}
