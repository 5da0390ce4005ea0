package jwe

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"fmt"
	"reflect"

	jose "github.com/go-jose/go-jose/v4"
)

// A Key is a private key that decrypts what is sent to this server.
type Key struct {
	// Private is an *rsa.PrivateKey, an *ecdsa.PrivateKey, a [crypto.Decrypter] with an *rsa.PublicKey that understands
	// *rsa.OAEPOptions, or an Agreement. It must be safe for concurrent use. Required.
	Private crypto.PrivateKey
	// ID is the kid. "" means the RFC 7638 thumbprint (SHA-256) where the key is published, and that the key is tried
	// whenever a JWE names no other.
	ID string
	// Algorithm is the only alg that the key is used with. "": each that fits its type.
	Algorithm jose.KeyAlgorithm
}

// Keys are those of a package that shows the type to its callers under a name of its own.
func Keys[K ~struct {
	Private   crypto.PrivateKey
	ID        string
	Algorithm jose.KeyAlgorithm
}](own []K) []Key {
	keys := make([]Key, len(own))
	for i, k := range own {
		keys[i] = Key(k)
	}
	return keys
}

// An Agreement is a private key on an elliptic curve, which may be in an HSM. An [*ecdh.PrivateKey] is one.
type Agreement interface {
	// Public returns an *ecdsa.PublicKey or an *ecdh.PublicKey, on P-256, P-384 or P-521.
	Public() crypto.PublicKey
	// ECDH returns the shared secret with remote, which is on the same curve: the x-coordinate in full length.
	ECDH(remote *ecdh.PublicKey) ([]byte, error)
}

// Public returns the half of k to be published, with use "enc". The error is ErrKey, ErrWeak or ErrAlgorithm, and says
// that k can't be used: Decrypt passes over such a key.
func (k Key) Public() (jose.JSONWebKey, error) {
	public := publicOf(k.Private)
	if public == nil || !sound(k.Private) {
		return jose.JSONWebKey{}, fmt.Errorf("%w: %T is nil, incomplete or of an unknown type", ErrKey, k.Private)
	}
	if err := k.fit(public); err != nil {
		return jose.JSONWebKey{}, err
	}
	published := jose.JSONWebKey{Key: public, KeyID: k.ID, Use: "enc", Algorithm: string(k.Algorithm)}
	if k.ID == "" {
		sum, err := published.Thumbprint(crypto.SHA256)
		if err != nil {
			return jose.JSONWebKey{}, fmt.Errorf("%w: no thumbprint", ErrKey)
		}
		published.KeyID = base64.RawURLEncoding.EncodeToString(sum)
	}
	return published, nil
}

// fit says whether the key can be used with its Algorithm, or with any.
func (k Key) fit(public crypto.PublicKey) error {
	if k.Algorithm != "" {
		return Fit(public, k.Algorithm)
	}
	why := ErrKey
	for _, alg := range keyAlgorithms {
		switch err := Fit(public, alg); {
		case err == nil:
			return nil
		case errors.Is(err, ErrWeak):
			why = err
		}
	}
	return why
}

// publicOf returns the public half, nil if there is none of a type that can be used.
func publicOf(private crypto.PrivateKey) crypto.PublicKey {
	if v := reflect.ValueOf(private); !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil() {
		return nil
	}
	switch key := private.(type) {
	case *rsa.PrivateKey:
		return &key.PublicKey
	case *ecdsa.PrivateKey:
		return &key.PublicKey
	case Agreement:
		return pointOf(key.Public())
	case crypto.Decrypter:
		if public, ok := key.Public().(*rsa.PublicKey); ok {
			return public
		}
	}
	return nil
}

func pointOf(public crypto.PublicKey) crypto.PublicKey {
	switch key := public.(type) {
	case *ecdsa.PublicKey:
		return key
	case *ecdh.PublicKey:
		if key == nil {
			return nil
		}
		for _, curve := range curves {
			if point, err := ecdsa.ParseUncompressedPublicKey(curve, key.Bytes()); err == nil {
				return point
			}
		}
	}
	return nil
}

// sound refuses keys in memory that are incomplete, or whose halves don't match.
func sound(private crypto.PrivateKey) bool {
	switch key := private.(type) {
	case *rsa.PrivateKey:
		return valid(key) && key.Validate() == nil
	case *ecdsa.PrivateKey:
		if !valid(key) {
			return false
		}
		own, err := key.ECDH()
		if err != nil {
			return false
		}
		public, err := key.PublicKey.ECDH()
		return err == nil && own.PublicKey().Equal(public)
	}
	return true
}
