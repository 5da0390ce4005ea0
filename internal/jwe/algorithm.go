package jwe

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"slices"

	jose "github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
)

// DefaultEncryption is the enc that stands for an absent one (OpenID Connect Registration 2, JARM 3).
const DefaultEncryption = jose.A128CBC_HS256

var (
	keyAlgorithms = []jose.KeyAlgorithm{
		jose.RSA_OAEP, jose.RSA_OAEP_256,
		jose.ECDH_ES, jose.ECDH_ES_A128KW, jose.ECDH_ES_A192KW, jose.ECDH_ES_A256KW,
	}
	encryptions = []jose.ContentEncryption{
		jose.A128CBC_HS256, jose.A192CBC_HS384, jose.A256CBC_HS512,
		jose.A128GCM, jose.A192GCM, jose.A256GCM,
	}
)

// Algorithms returns every value of alg that this package knows.
func Algorithms() []jose.KeyAlgorithm { return slices.Clone(keyAlgorithms) }

// Encryptions returns every value of enc that this package knows.
func Encryptions() []jose.ContentEncryption { return slices.Clone(encryptions) }

// Known reports whether alg is a key management algorithm of this package.
func Known(alg jose.KeyAlgorithm) bool { return slices.Contains(keyAlgorithms, alg) }

// KnownEncryption reports whether enc is a content encryption algorithm of this package. "" is none.
func KnownEncryption(enc jose.ContentEncryption) bool { return slices.Contains(encryptions, enc) }

// sizes returns the bytes of the content encryption key and of the authentication tag (RFC 7518 5.2, 5.3).
func sizes(enc jose.ContentEncryption) (key, tag int) {
	switch enc {
	case jose.A128CBC_HS256:
		return 32, 16
	case jose.A192CBC_HS384:
		return 48, 24
	case jose.A256CBC_HS512:
		return 64, 32
	case jose.A128GCM:
		return 16, 16
	case jose.A192GCM:
		return 24, 16
	case jose.A256GCM:
		return 32, 16
	}
	return 0, 0
}

// wrapping returns the bytes of the key that wraps the content encryption key (RFC 7518 4.6), zero if none does.
func wrapping(alg jose.KeyAlgorithm) int {
	switch alg {
	case jose.ECDH_ES_A128KW:
		return 16
	case jose.ECDH_ES_A192KW:
		return 24
	case jose.ECDH_ES_A256KW:
		return 32
	}
	return 0
}

// Fit says whether a public key may be encrypted to by alg. The error is ErrAlgorithm, ErrKey or ErrWeak. A private key,
// a secret and a typed nil never fit.
func Fit(public crypto.PublicKey, alg jose.KeyAlgorithm) error {
	if !Known(alg) {
		return ErrAlgorithm
	}
	oaep := alg == jose.RSA_OAEP || alg == jose.RSA_OAEP_256
	switch key := public.(type) {
	case *rsa.PublicKey:
		if !oaep || key == nil || !valid(key) {
			return ErrKey
		}
		if key.N.BitLen() < jwk.MinRSABits {
			return ErrWeak
		}
	case *ecdsa.PublicKey:
		if oaep || key == nil || !slices.Contains(curves, key.Curve) || !valid(key) {
			return ErrKey
		}
	default:
		return ErrKey
	}
	return nil
}

var curves = []elliptic.Curve{elliptic.P256(), elliptic.P384(), elliptic.P521()}

// valid tells whether a key is complete, so that the standard library doesn't panic on it.
func valid(key any) bool {
	k := jose.JSONWebKey{Key: key}
	return k.Valid()
}
