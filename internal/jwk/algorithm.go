package jwk

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"errors"

	jose "github.com/go-jose/go-jose/v4"
)

// MinRSABits is the length below which an RSA key is never used (RFC 7518 3.3, FAPI 2.0 5.4.1-2).
const MinRSABits = 2048

var (
	// ErrAlgorithm means that an algorithm is none of the asymmetric ones of RFC 7518 and RFC 8037, or, from Parse, that
	// it isn't in the caller's list.
	ErrAlgorithm = errors.New("jwk: algorithm not accepted")
	// ErrKey means that a key is of another type or on another curve than the algorithm asks for.
	ErrKey = errors.New("jwk: key does not fit the algorithm")
	// ErrWeak means that a key is too short.
	ErrWeak = errors.New("jwk: key too short")
)

type family uint8

const (
	familyPKCS1 family = iota + 1
	familyPSS
	familyECDSA
	familyEdDSA
)

type scheme struct {
	family family
	hash   crypto.Hash
	curve  elliptic.Curve
}

func schemeOf(alg jose.SignatureAlgorithm) (scheme, bool) {
	switch alg {
	case jose.ES256:
		return scheme{familyECDSA, crypto.SHA256, elliptic.P256()}, true
	case jose.ES384:
		return scheme{familyECDSA, crypto.SHA384, elliptic.P384()}, true
	case jose.ES512:
		return scheme{familyECDSA, crypto.SHA512, elliptic.P521()}, true
	case jose.PS256:
		return scheme{familyPSS, crypto.SHA256, nil}, true
	case jose.PS384:
		return scheme{familyPSS, crypto.SHA384, nil}, true
	case jose.PS512:
		return scheme{familyPSS, crypto.SHA512, nil}, true
	case jose.RS256:
		return scheme{familyPKCS1, crypto.SHA256, nil}, true
	case jose.RS384:
		return scheme{familyPKCS1, crypto.SHA384, nil}, true
	case jose.RS512:
		return scheme{familyPKCS1, crypto.SHA512, nil}, true
	case jose.EdDSA:
		return scheme{familyEdDSA, 0, nil}, true
	}
	return scheme{}, false
}

// Algorithms returns every algorithm that is [Known], in the order of their families.
func Algorithms() []jose.SignatureAlgorithm {
	return []jose.SignatureAlgorithm{
		jose.ES256, jose.ES384, jose.ES512, jose.PS256, jose.PS384, jose.PS512, jose.RS256, jose.RS384, jose.RS512, jose.EdDSA,
	}
}

// preferred are those that FAPI 2.0 names (5.4.1-1.2).
var preferred = []jose.SignatureAlgorithm{jose.PS256, jose.ES256, jose.EdDSA}

// Accepted returns the algorithms that a list stands for: nil means PS256, ES256 and EdDSA.
func Accepted(list []jose.SignatureAlgorithm) []jose.SignatureAlgorithm {
	if list == nil {
		return preferred
	}
	return list
}

// Validate says what is wrong with a list that [Accepted] is given, as a field that is named Algorithms: it is empty, or
// has one that isn't [Known].
func Validate(list []jose.SignatureAlgorithm, wrong func(format string, args ...any)) {
	if list != nil && len(list) == 0 {
		wrong("Algorithms is empty, so nothing would be accepted")
	}
	for _, alg := range list {
		if !Known(alg) {
			wrong("Algorithms: %q is no asymmetric signature algorithm", alg)
		}
	}
}

// fullySpecified is the name that RFC 9864 2.2 has for EdDSA with a key on Ed25519: the same signatures.
const fullySpecified = jose.SignatureAlgorithm("Ed25519")

// Named returns the name by which this package knows alg: EdDSA for "Ed25519", else alg itself.
func Named(alg jose.SignatureAlgorithm) jose.SignatureAlgorithm {
	if alg == fullySpecified {
		return jose.EdDSA
	}
	return alg
}

// Known reports whether alg is an asymmetric signature algorithm that this package can verify. "none" and the HMAC
// algorithms are not, nor is "Ed25519" in a list of ours: see [Named].
func Known(alg jose.SignatureAlgorithm) bool {
	_, ok := schemeOf(alg)
	return ok
}

// Default returns the algorithm that a public key is used with when nothing else is said: PS256 for RSA, the one of its
// curve for ECDSA, EdDSA for Ed25519. It is "" for every other type.
func Default(public crypto.PublicKey) jose.SignatureAlgorithm {
	switch key := public.(type) {
	case *rsa.PublicKey:
		return jose.PS256
	case ed25519.PublicKey:
		return jose.EdDSA
	case *ecdsa.PublicKey:
		for _, alg := range []jose.SignatureAlgorithm{jose.ES256, jose.ES384, jose.ES512} {
			if Fit(key, alg) == nil {
				return alg
			}
		}
	}
	return ""
}

// Fit says whether a public key may be used with alg. The error is ErrAlgorithm, ErrKey or ErrWeak. A private key, a
// secret and a typed nil never fit.
func Fit(public crypto.PublicKey, alg jose.SignatureAlgorithm) error {
	s, ok := schemeOf(alg)
	if !ok {
		return ErrAlgorithm
	}
	return s.fit(public)
}

func (s scheme) fit(public crypto.PublicKey) error {
	switch key := public.(type) {
	case *ecdsa.PublicKey:
		if s.family != familyECDSA || key == nil || key.Curve != s.curve || !valid(key) {
			return ErrKey
		}
	case *rsa.PublicKey:
		if s.family != familyPSS && s.family != familyPKCS1 || key == nil || !valid(key) {
			return ErrKey
		}
		if key.N.BitLen() < MinRSABits {
			return ErrWeak
		}
	case ed25519.PublicKey:
		if s.family != familyEdDSA || len(key) != ed25519.PublicKeySize {
			return ErrKey
		}
	default:
		return ErrKey
	}
	return nil
}

// valid tells whether a key is complete, so that the standard library doesn't panic on it.
func valid(public crypto.PublicKey) bool {
	k := jose.JSONWebKey{Key: public}
	return k.Valid()
}
