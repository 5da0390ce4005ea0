package keys

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"errors"
	"fmt"
	"reflect"
	"slices"

	jose "github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
)

// A DecryptionKey is one private key of the server for which others encrypt: request objects, for example (RFC 9101
// 6.1).
type DecryptionKey struct {
	// Private is an *rsa.PrivateKey, an *ecdsa.PrivateKey, or a [crypto.Decrypter] whose public key is RSA and that takes
	// *rsa.OAEPOptions, as the clients of HSMs do. It must be safe for concurrent use. Required.
	Private crypto.PrivateKey

	// ID is the kid, at most 256 bytes. "" means the RFC 7638 thumbprint (SHA-256).
	ID string

	// Algorithm is the one that the key decrypts by (RFC 8725 3.1): RSA-OAEP or RSA-OAEP-256 for RSA, ECDH-ES alone or with
	// A128KW, A192KW, A256KW for P-256, P-384, P-521. "" means RSA-OAEP-256 for RSA, ECDH-ES for ECDSA.
	Algorithm jose.KeyAlgorithm

	// Unpublished keys decrypt, but nobody is invited to use them: not any more, since a successor is published.
	Unpublished bool
}

// A DecryptionSet is a set of decryption keys. It never changes and is safe for concurrent use. Its zero value has no
// key: NewDecryption makes one.
type DecryptionSet struct {
	private    jose.JSONWebKeySet
	public     jose.JSONWebKeySet
	algorithms []jose.KeyAlgorithm
}

// NewDecryption returns a set of decryption keys.
//
// The error joins all that is wrong: ErrNone, ErrDecrypter, ErrAlgorithm (RSA1_5 and symmetric ones included), ErrWeak
// (RSA below 2048 bits), ErrID, ErrDuplicate (of key IDs).
func NewDecryption(keys ...DecryptionKey) (*DecryptionSet, error) {
	if len(keys) == 0 {
		return nil, ErrNone
	}
	var errs []error
	s := new(DecryptionSet)
	seen := make(map[string]int, len(keys))
	for i, key := range keys {
		private, public, err := key.resolve()
		if err != nil {
			errs = append(errs, fmt.Errorf("%w (key %d)", err, i))
			continue
		}
		if first, ok := seen[public.KeyID]; ok {
			errs = append(errs, fmt.Errorf("%w: %q (keys %d and %d)", ErrDuplicate, public.KeyID, first, i))
			continue
		}
		seen[public.KeyID] = i
		s.private.Keys = append(s.private.Keys, private)
		if key.Unpublished {
			continue
		}
		s.public.Keys = append(s.public.Keys, public)
		if alg := jose.KeyAlgorithm(public.Algorithm); !slices.Contains(s.algorithms, alg) {
			s.algorithms = append(s.algorithms, alg)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return s, nil
}

// resolve fills in the defaults of k, checks it, and returns its two halves.
func (k DecryptionKey) resolve() (private, public jose.JSONWebKey, err error) {
	none := jose.JSONWebKey{}
	key, half, err := decrypter(k.Private)
	if err != nil {
		return none, none, err
	}
	var fit []jose.KeyAlgorithm
	switch half := half.(type) {
	case *rsa.PublicKey:
		if fit = rsaDecryption; half.N.BitLen() < jwk.MinRSABits {
			return none, none, fmt.Errorf("%w: less than %d bits", ErrWeak, jwk.MinRSABits)
		}
	case *ecdsa.PublicKey:
		if fit = ecdhDecryption; jwk.Default(half) == "" {
			return none, none, fmt.Errorf("%w: not on P-256, P-384 or P-521", ErrDecrypter)
		}
	}
	if k.Algorithm == "" {
		k.Algorithm = fit[0]
	}
	if !slices.Contains(fit, k.Algorithm) {
		return none, none, fmt.Errorf("%w: %q with %T", ErrAlgorithm, k.Algorithm, half)
	}
	public = jose.JSONWebKey{Key: half, KeyID: k.ID, Use: "enc", Algorithm: string(k.Algorithm)}
	if err := identify(&public); err != nil {
		return none, none, err
	}
	private = public
	switch key := key.(type) {
	case *rsa.PrivateKey, *ecdsa.PrivateKey:
		private.Key = key
	case crypto.Decrypter:
		private.Key = opaqueDecrypter{key, k.Algorithm}
	}
	return private, public, nil
}

// The first is the default. ECDH-ES agrees on the content key itself, and wraps none.
var (
	rsaDecryption  = []jose.KeyAlgorithm{jose.RSA_OAEP_256, jose.RSA_OAEP}
	ecdhDecryption = []jose.KeyAlgorithm{jose.ECDH_ES, jose.ECDH_ES_A128KW, jose.ECDH_ES_A192KW, jose.ECDH_ES_A256KW}
)

// decrypter checks a private key and returns it ready for use, with its public half.
func decrypter(private crypto.PrivateKey) (key crypto.PrivateKey, half crypto.PublicKey, err error) {
	if v := reflect.ValueOf(private); !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil() {
		return nil, nil, fmt.Errorf("%w: nil", ErrDecrypter)
	}
	switch key := private.(type) {
	case *rsa.PrivateKey:
		if sound(key) != nil {
			return nil, nil, fmt.Errorf("%w: not a valid RSA key", ErrDecrypter)
		}
		return key, &key.PublicKey, nil
	case *ecdsa.PrivateKey:
		if sound(key) != nil {
			return nil, nil, fmt.Errorf("%w: not a valid ECDSA key", ErrDecrypter)
		}
		return key, &key.PublicKey, nil
	case crypto.Decrypter:
		if public, ok := key.Public().(*rsa.PublicKey); ok && !errors.Is(jwk.Fit(public, jose.PS256), jwk.ErrKey) {
			return key, public, nil
		}
	}
	return nil, nil, fmt.Errorf("%w: a %T", ErrDecrypter, private)
}

// Algorithms returns the algorithms of the published keys, each once, in the order of the keys.
func (s *DecryptionSet) Algorithms() []jose.KeyAlgorithm { return slices.Clone(s.algorithms) }

// Public returns the public halves of the published keys, for the jwks_uri: each with kid, alg and use "enc" (RFC 7517
// 4). The set returned is the caller's own; the keys in it are shared and not to be changed.
func (s *DecryptionSet) Public() *jose.JSONWebKeySet {
	return &jose.JSONWebKeySet{Keys: slices.Clone(s.public.Keys)}
}

// Private returns all keys, as go-jose decrypts with them: Key is an *rsa.PrivateKey, an *ecdsa.PrivateKey or, for an
// HSM, a [jose.OpaqueKeyDecrypter]. Each has kid, alg and use "enc". The set returned is the caller's own; the keys in it
// are shared and not to be changed. Marshalled as JSON it is a document for [ParseDecryption], to be kept like a
// password; an HSM's key can't be marshalled.
func (s *DecryptionSet) Private() *jose.JSONWebKeySet {
	return &jose.JSONWebKeySet{Keys: slices.Clone(s.private.Keys)}
}
