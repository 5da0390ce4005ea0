package dpop

import (
	"crypto"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"

	jose "github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
)

// Thumbprint returns the SHA-256 thumbprint of a JWK (RFC 7638), as dpop_jkt and cnf.jkt have it: base64url, 43
// characters without padding. Of a private key it is that of the public one. The error is ErrKey, for nil, a secret and
// a type of key that isn't supported.
func Thumbprint(key *jose.JSONWebKey) (string, error) {
	if key == nil || !key.Valid() {
		return "", fmt.Errorf("%w: incomplete or unsupported", ErrKey)
	}
	sum, err := key.Thumbprint(crypto.SHA256)
	if err != nil {
		return "", fmt.Errorf("%w: without a thumbprint", ErrKey)
	}
	return base64.RawURLEncoding.EncodeToString(sum), nil
}

// thumbprintLength is that of 32 bytes in base64url.
const thumbprintLength = 43

// ValidThumbprint reports whether s can be a thumbprint, to check a dpop_jkt parameter with: 43 characters that are the
// base64url of 32 bytes.
func ValidThumbprint(s string) bool {
	if len(s) != thumbprintLength {
		return false
	}
	_, ok := jwk.Decode(s)
	return ok
}

// AccessTokenHash returns the ath of an access token: base64url(SHA-256(token)) without padding (RFC 9449 4.2).
func AccessTokenHash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func equal(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
