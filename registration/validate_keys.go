package registration

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"

	"github.com/go-jose/go-jose/v4"
)

const (
	minRSABits = 2048
	privateKey = "is private or symmetric; it is known to others now and must be replaced"
)

// validateKeys: RFC 7591 2 for the two members, RFC 7517 and RFC 7518 for the keys.
func (m *Metadata) validateKeys(c *check) {
	if m.JWKS == nil {
		return
	}
	if m.JWKSURI != "" {
		c.failBy(ErrKeySets, "jwks", "must not stand beside jwks_uri")
	}
	type identity struct{ kid, kind, use, alg string }
	seen := make(map[identity]struct{}, len(m.JWKS.Keys))
	for i := range m.JWKS.Keys {
		key := &m.JWKS.Keys[i]
		if reason := keyProblem(key); reason != "" {
			c.fail("jwks", "key %d %s", i, reason)
			continue
		}
		id := identity{key.KeyID, kind(key), key.Use, key.Algorithm}
		if _, twice := seen[id]; twice && key.KeyID != "" {
			c.fail("jwks", "key %d cannot be told from another: same kid, kty, crv, use and alg", i)
		}
		seen[id] = struct{}{}
	}
}

func keyProblem(key *jose.JSONWebKey) string {
	switch public := key.Key.(type) {
	case *rsa.PrivateKey, *ecdsa.PrivateKey, ed25519.PrivateKey, []byte:
		return privateKey
	case *rsa.PublicKey:
		if key.Valid() && public.N.BitLen() < minRSABits {
			return "is an RSA key of less than 2048 bits"
		}
	}
	switch {
	case !key.IsPublic() || !key.Valid():
		return "is not a public key"
	case key.Use != "" && key.Use != "sig" && key.Use != "enc":
		return "has a use other than sig or enc"
	case key.Algorithm == "none":
		return "has the algorithm none"
	case !isCertified(key):
		return "is not the key that the first certificate of its x5c certifies"
	}
	return ""
}

// isCertified: RFC 7517 4.7. go-jose checks it while decoding, but not every set was decoded.
func isCertified(key *jose.JSONWebKey) bool {
	if len(key.Certificates) == 0 {
		return true
	}
	switch public := key.Key.(type) {
	case *rsa.PublicKey:
		return public.Equal(key.Certificates[0].PublicKey)
	case *ecdsa.PublicKey:
		return public.Equal(key.Certificates[0].PublicKey)
	case ed25519.PublicKey:
		return public.Equal(key.Certificates[0].PublicKey)
	default:
		return false
	}
}

// kind is kty and crv in one.
func kind(key *jose.JSONWebKey) string {
	switch public := key.Key.(type) {
	case *rsa.PublicKey:
		return "RSA"
	case *ecdsa.PublicKey:
		return "EC " + public.Curve.Params().Name
	case ed25519.PublicKey:
		return "OKP Ed25519"
	default:
		return ""
	}
}
