package introspection

import (
	"context"
	"errors"
	"fmt"

	jose "github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/internal/jwe"
	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
)

// A Caller is a resource server as it is registered (RFC 9701 6).
type Caller struct {
	// ID is what the resource server is known by, its client_id: aud. Required.
	ID string
	// Algorithm is introspection_signed_response_alg. "": that of the signer's first key.
	Algorithm jose.SignatureAlgorithm
	// EncryptionAlgorithm is introspection_encrypted_response_alg: RSA-OAEP, RSA-OAEP-256 or ECDH-ES, alone or with AES key
	// wrap. "": the response is signed only.
	EncryptionAlgorithm jose.KeyAlgorithm
	// ContentEncryption is introspection_encrypted_response_enc. "": A128CBC-HS256.
	ContentEncryption jose.ContentEncryption
	// Keys are the resource server's. Required for encryption.
	Keys Keys
}

// Keys gives the public keys of one party.
type Keys interface {
	// Keys returns the party's key set. With refresh false a cached one will do. With refresh true the caller has
	// found no key that fits in it, as when a new key was published: get a fresh one if possible. The caller only reads
	// the set. Limiting refreshes is up to the implementation, which then returns what it has.
	Keys(ctx context.Context, refresh bool) (*jose.JSONWebKeySet, error)
}

// StaticKeys are keys that were given by value.
func StaticKeys(set *jose.JSONWebKeySet) Keys { return jwk.Static{Set: set} }

// Encrypted reports whether the caller registered that its responses are encrypted. A content encryption without an
// algorithm counts, and can't be satisfied.
func (c Caller) Encrypted() bool { return c.EncryptionAlgorithm != "" || c.ContentEncryption != "" }

// encrypt wraps a signed response for the caller (RFC 9701 5: a nested JWT).
func (c Caller) encrypt(ctx context.Context, signed string) (string, error) {
	encrypted, err := jwe.EncryptTo(ctx, signed, c.Keys, c.EncryptionAlgorithm, c.ContentEncryption)
	switch {
	case errors.Is(err, jwk.ErrUnavailable):
		return "", fmt.Errorf("%w: %w", ErrKeysUnavailable, err)
	case errors.Is(err, jwe.ErrAlgorithm):
		return "", fmt.Errorf("%w: %w", ErrAlgorithm, err)
	case err != nil:
		return "", fmt.Errorf("%w: %w", ErrKey, err)
	}
	return encrypted, nil
}
