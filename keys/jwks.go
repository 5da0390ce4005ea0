package keys

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"errors"
	"fmt"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/json"
)

// ParseJWKS reads the signing keys of a private JSON Web Key Set (RFC 7517 5), as in a configuration file, into a Set in
// the same order. A public key in it is VerifyOnly; kid and alg may be absent, as in Key. Keys for encryption (use "enc")
// are left out: ParseDecryption reads them from the same document.
//
// The error is ErrJWKS or one of New's. It never quotes the document.
func ParseJWKS(data []byte) (*Set, error) {
	var list []Key
	err := parse(data, func(parsed jose.JSONWebKey) bool {
		if parsed.Use == "enc" {
			return true
		}
		key, ok := fromJWK(parsed)
		list = append(list, key)
		return ok
	})
	if err != nil {
		return nil, err
	}
	return New(list...)
}

// ParseDecryption reads the keys for encryption (use "enc") of a private JSON Web Key Set into a DecryptionSet in the same
// order; kid and alg may be absent, as in DecryptionKey. All others are left out: ParseJWKS reads them.
//
// The error is ErrNone where there is none, ErrJWKS (a key that is public or symmetric, too), or another of
// NewDecryption's. It never quotes the document.
func ParseDecryption(data []byte) (*DecryptionSet, error) {
	var list []DecryptionKey
	err := parse(data, func(parsed jose.JSONWebKey) bool {
		if parsed.Use != "enc" {
			return true
		}
		list = append(list, DecryptionKey{Private: parsed.Key, ID: parsed.KeyID, Algorithm: jose.KeyAlgorithm(parsed.Algorithm)})
		switch private := parsed.Key.(type) {
		case *rsa.PrivateKey:
			private.Precompute()
			return true
		case *ecdsa.PrivateKey:
			return true
		}
		return false
	})
	if err != nil {
		return nil, err
	}
	return NewDecryption(list...)
}

// parse calls take for each key of a set. It says whether the key is of a kind that belongs there.
func parse(data []byte, take func(jose.JSONWebKey) bool) error {
	var document struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(data, &document); err != nil {
		return fmt.Errorf("%w: not a JSON object with keys", ErrJWKS)
	}
	var errs []error
	for i, raw := range document.Keys {
		var parsed jose.JSONWebKey
		switch {
		case parsed.UnmarshalJSON(raw) != nil:
			errs = append(errs, fmt.Errorf("%w: key %d", ErrJWKS, i))
		case !take(parsed):
			errs = append(errs, fmt.Errorf("%w: key %d is not asymmetric, or lacks its private half", ErrJWKS, i))
		}
	}
	return errors.Join(errs...)
}

func fromJWK(parsed jose.JSONWebKey) (Key, bool) {
	alg := jose.SignatureAlgorithm(parsed.Algorithm)
	switch private := parsed.Key.(type) {
	case *rsa.PrivateKey:
		private.Precompute()
		return Key{Signer: private, ID: parsed.KeyID, Algorithm: alg}, true
	case crypto.Signer:
		return Key{Signer: private, ID: parsed.KeyID, Algorithm: alg}, true
	}
	if parsed.IsPublic() {
		return Retired(parsed.Key, parsed.KeyID, alg), true
	}
	return Key{}, false
}

// MarshalPrivate writes keys as a private JSON Web Key Set, which ParseJWKS reads back. Of VerifyOnly keys only the
// public half is written. It is to be kept like a password.
//
// The error joins those of New, and ErrPrivate for a signer that doesn't show its key.
func MarshalPrivate(keys ...Key) ([]byte, error) {
	set, err := New(keys...)
	if err != nil {
		return nil, err
	}
	out := set.Public()
	var errs []error
	for i, e := range set.entries {
		if e.verifyOnly {
			continue
		}
		switch e.signer.(type) {
		case *ecdsa.PrivateKey, *rsa.PrivateKey, ed25519.PrivateKey:
			out.Keys[i].Key = e.signer
		default:
			errs = append(errs, fmt.Errorf("%w: key %d is a %T", ErrPrivate, i, e.signer))
		}
	}
	return marshal(out, errs)
}

// MarshalDecryption writes keys as a private JSON Web Key Set, which ParseDecryption reads back; that a key is Unpublished it
// can't say. It is to be kept like a password.
//
// The error joins those of NewDecryption, and ErrPrivate for a key that doesn't show itself.
func MarshalDecryption(keys ...DecryptionKey) ([]byte, error) {
	set, err := NewDecryption(keys...)
	if err != nil {
		return nil, err
	}
	var out jose.JSONWebKeySet
	var errs []error
	for i, key := range set.keys {
		switch key.Private.(type) {
		case *ecdsa.PrivateKey, *rsa.PrivateKey:
			out.Keys = append(out.Keys, jose.JSONWebKey{Key: key.Private, KeyID: key.ID, Use: "enc", Algorithm: string(key.Algorithm)})
		default:
			errs = append(errs, fmt.Errorf("%w: key %d is a %T", ErrPrivate, i, key.Private))
		}
	}
	return marshal(&out, errs)
}

// marshal writes a set, unless a key of it can't be written.
func marshal(set *jose.JSONWebKeySet, errs []error) ([]byte, error) {
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	data, err := json.Marshal(set)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPrivate, err)
	}
	return data, nil
}
