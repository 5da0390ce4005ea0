package keys

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"reflect"
	"unicode/utf8"

	jose "github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
)

// A Key is one private signing key.
type Key struct {
	// Signer is an *ecdsa.PrivateKey, an *rsa.PrivateKey, an ed25519.PrivateKey or anything that signs like them, as the
	// clients of HSMs and KMSs do. It must be safe for concurrent use. Required.
	Signer crypto.Signer

	// ID is the kid, at most 256 bytes. "" means the RFC 7638 thumbprint (SHA-256).
	ID string

	// Algorithm is what the key signs with. "" means PS256 for RSA, the algorithm of its curve for ECDSA (ES256 for
	// P-256), EdDSA for Ed25519.
	Algorithm jose.SignatureAlgorithm

	// VerifyOnly keys are published and verify, but don't sign: not yet, or not any more.
	VerifyOnly bool
}

const maxID = 256

// A ContextSigner is a Signer that reaches its key over a network: Set.Sign calls SignContext in place of Sign, with its
// own context.
type ContextSigner interface {
	crypto.Signer
	// SignContext is Sign under ctx. The source of randomness is the signer's.
	SignContext(ctx context.Context, digest []byte, opts crypto.SignerOpts) ([]byte, error)
}

// Retired returns a VerifyOnly key of which only the public half is left. The id and the algorithm may be "", as in Key.
func Retired(public crypto.PublicKey, id string, alg jose.SignatureAlgorithm) Key {
	return Key{Signer: publicOnly{public}, ID: id, Algorithm: alg, VerifyOnly: true}
}

type publicOnly struct{ public crypto.PublicKey }

func (p publicOnly) Public() crypto.PublicKey { return p.public }

func (p publicOnly) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return nil, ErrPrivate
}

// resolve fills in the defaults of k and checks it.
func (k Key) resolve() (Key, jose.JSONWebKey, error) {
	if err := sound(k.Signer); err != nil {
		return k, jose.JSONWebKey{}, err
	}
	public := k.Signer.Public()
	if k.Algorithm == "" {
		k.Algorithm = jwk.Default(public)
	}
	if k.Algorithm == "" {
		return k, jose.JSONWebKey{}, fmt.Errorf("%w: public key of type %T, or on a curve without algorithm", ErrSigner, public)
	}
	switch err := jwk.Fit(public, k.Algorithm); {
	case errors.Is(err, jwk.ErrWeak):
		return k, jose.JSONWebKey{}, fmt.Errorf("%w: less than %d bits", ErrWeak, jwk.MinRSABits)
	case err != nil:
		return k, jose.JSONWebKey{}, fmt.Errorf("%w: %q with %T", ErrAlgorithm, k.Algorithm, public)
	}
	if _, ok := k.Signer.(publicOnly); ok && !k.VerifyOnly {
		return k, jose.JSONWebKey{}, fmt.Errorf("%w: a retired key can only verify", ErrSigner)
	}

	published := jose.JSONWebKey{Key: public, KeyID: k.ID, Use: "sig", Algorithm: string(k.Algorithm)}
	if err := identify(&published); err != nil {
		return k, jose.JSONWebKey{}, err
	}
	k.ID = published.KeyID
	return k, published, nil
}

// identify checks the kid of a public key, or makes one.
func identify(public *jose.JSONWebKey) error {
	if len(public.KeyID) > maxID || !utf8.ValidString(public.KeyID) {
		return fmt.Errorf("%w: not UTF-8, or more than %d bytes", ErrID, maxID)
	}
	if public.KeyID != "" {
		return nil
	}
	sum, err := public.Thumbprint(crypto.SHA256)
	if err != nil {
		return fmt.Errorf("%w: no thumbprint", ErrSigner)
	}
	public.KeyID = base64.RawURLEncoding.EncodeToString(sum)
	return nil
}

// sound refuses keys on which the standard library would panic, or sign what the published half doesn't verify.
func sound(signer crypto.Signer) error {
	if v := reflect.ValueOf(signer); !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil() {
		return fmt.Errorf("%w: nil", ErrSigner)
	}
	switch signer.(type) {
	case *ecdsa.PrivateKey, *rsa.PrivateKey, ed25519.PrivateKey:
		if k := (jose.JSONWebKey{Key: signer}); !k.Valid() {
			return fmt.Errorf("%w: incomplete %T", ErrSigner, signer)
		}
	}
	switch key := signer.(type) {
	case *ecdsa.PrivateKey:
		private, err := key.ECDH()
		if err != nil {
			return fmt.Errorf("%w: not a valid ECDSA key", ErrSigner)
		}
		public, err := key.PublicKey.ECDH()
		if err != nil || !private.PublicKey().Equal(public) {
			return fmt.Errorf("%w: the halves of the ECDSA key don't match", ErrSigner)
		}
	case *rsa.PrivateKey:
		if key.Validate() != nil {
			return fmt.Errorf("%w: not a valid RSA key", ErrSigner)
		}
	case ed25519.PrivateKey:
		if !ed25519.NewKeyFromSeed(key.Seed()).Equal(key) {
			return fmt.Errorf("%w: the halves of the Ed25519 key don't match", ErrSigner)
		}
	}
	return nil
}
