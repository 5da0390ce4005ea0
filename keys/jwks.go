package keys

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/json"
)

// ParseJWKS reads a private JSON Web Key Set (RFC 7517 5), as in a configuration file, into a Set in the same order. A
// public key in it is VerifyOnly; kid and alg may be absent, as in Key. Keys for encryption (use "enc") are left out.
//
// The error is ErrJWKS or one of New's. It never quotes the document.
func ParseJWKS(data []byte) (*Set, error) {
	var document struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(data, &document); err != nil {
		return nil, fmt.Errorf("%w: not a JSON object with keys", ErrJWKS)
	}
	var list []Key
	var errs []error
	for i, raw := range document.Keys {
		var parsed jose.JSONWebKey
		if parsed.UnmarshalJSON(raw) != nil {
			errs = append(errs, fmt.Errorf("%w: key %d", ErrJWKS, i))
			continue
		}
		if parsed.Use == "enc" {
			continue
		}
		key, ok := fromJWK(parsed)
		if !ok {
			errs = append(errs, fmt.Errorf("%w: key %d is not asymmetric", ErrJWKS, i))
			continue
		}
		list = append(list, key)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return New(list...)
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
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	data, err := json.Marshal(out)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPrivate, err)
	}
	return data, nil
}

// Generate makes a new key: RSA of 3072 bits for the algorithms of RSA, else of the one size that alg has. The error is
// ErrAlgorithm, or that of the system's source of randomness.
func Generate(alg jose.SignatureAlgorithm) (Key, error) {
	var signer crypto.Signer
	var err error
	switch alg {
	case jose.ES256:
		signer, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case jose.ES384:
		signer, err = ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	case jose.ES512:
		signer, err = ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	case jose.PS256, jose.PS384, jose.PS512, jose.RS256, jose.RS384, jose.RS512:
		signer, err = rsa.GenerateKey(rand.Reader, generatedRSABits)
	case jose.EdDSA:
		_, signer, err = ed25519.GenerateKey(rand.Reader)
	default:
		return Key{}, fmt.Errorf("%w: %q", ErrAlgorithm, alg)
	}
	if err != nil {
		return Key{}, fmt.Errorf("keys: generating: %w", err)
	}
	return Key{Signer: signer, Algorithm: alg}, nil
}

// BSI TR-02102-1 and NIST SP 800-57 ask for 3000 bits or more beyond 2030.
const generatedRSABits = 3072
