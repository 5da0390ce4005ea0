package jarm

import (
	"context"
	"errors"
	"fmt"

	jose "github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/internal/jwe"
	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
)

// A Client is what is known of the client that a response is for (JARM 3).
type Client struct {
	// ID is the client_id. Required.
	ID string
	// Algorithm is the registered authorization_signed_response_alg. "": that of the signer's first key.
	Algorithm jose.SignatureAlgorithm
	// EncryptionAlgorithm is the registered authorization_encrypted_response_alg. "": not encrypted.
	EncryptionAlgorithm jose.KeyAlgorithm
	// ContentEncryption is the registered authorization_encrypted_response_enc. "": A128CBC-HS256 (JARM-32).
	ContentEncryption jose.ContentEncryption
	// Keys are the client's. Required for encryption.
	Keys Keys
}

// Encrypted reports whether the client registered that its responses are encrypted. A content encryption without an
// algorithm counts, and can't be satisfied.
func (c Client) Encrypted() bool { return c.EncryptionAlgorithm != "" || c.ContentEncryption != "" }

// Keys gives the public keys of one party.
type Keys interface {
	// Keys returns the party's key set. With refresh false a cached one will do. With refresh true the caller has
	// found no key that fits in it, as when a new key was published: get a fresh one if possible. The caller only reads
	// the set. Limiting refreshes is up to the implementation, which then returns what it has.
	Keys(ctx context.Context, refresh bool) (*jose.JSONWebKeySet, error)
}

// StaticKeys are keys that were given by value.
func StaticKeys(set *jose.JSONWebKeySet) Keys { return jwk.Static{Set: set} }

// encrypt wraps a signed response for the client (JARM-08: signed first).
func (c Client) encrypt(ctx context.Context, signed string) (string, error) {
	if !jwe.Known(c.EncryptionAlgorithm) {
		return "", fmt.Errorf("%w: %q for encryption", ErrAlgorithm, c.EncryptionAlgorithm)
	}
	if c.ContentEncryption != "" && !jwe.KnownEncryption(c.ContentEncryption) {
		return "", fmt.Errorf("%w: %q for encryption", ErrAlgorithm, c.ContentEncryption)
	}
	out, err := jwe.EncryptTo(ctx, signed, c.Keys, c.EncryptionAlgorithm, c.ContentEncryption)
	switch {
	case errors.Is(err, jwk.ErrUnavailable):
		return "", fmt.Errorf("%w: %w", ErrKeysUnavailable, err)
	case err != nil:
		return "", fmt.Errorf("%w: %w", ErrKey, err)
	}
	return out, nil
}
