package jarm

import (
	"context"
	"errors"
	"fmt"

	jose "github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/internal/jwe"
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

// Encrypted reports whether the client's responses are encrypted.
func (c Client) Encrypted() bool { return c.EncryptionAlgorithm != "" }

// Keys gives the public keys of one party.
type Keys interface {
	// Keys returns the party's key set. With refresh false a cached one will do. With refresh true the caller has
	// found no key that fits in it, as when a new key was published: get a fresh one if possible. The caller only reads
	// the set. Limiting refreshes is up to the implementation, which then returns what it has.
	Keys(ctx context.Context, refresh bool) (*jose.JSONWebKeySet, error)
}

// StaticKeys are keys that were given by value.
func StaticKeys(set *jose.JSONWebKeySet) Keys { return staticKeys{set} }

type staticKeys struct{ set *jose.JSONWebKeySet }

func (k staticKeys) Keys(context.Context, bool) (*jose.JSONWebKeySet, error) { return k.set, nil }

// each calls use with the key set, and with a fresh one if that was no success.
func each(ctx context.Context, keys Keys, use func(*jose.JSONWebKeySet) error) error {
	if keys == nil {
		return fmt.Errorf("%w: there are none", ErrKey)
	}
	set, err := keys.Keys(ctx, false)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrKeysUnavailable, err)
	}
	if err = use(set); err == nil {
		return nil
	}
	if _, static := keys.(staticKeys); static {
		return err
	}
	fresh, failed := keys.Keys(ctx, true)
	if failed != nil {
		return fmt.Errorf("%w: %w", ErrKeysUnavailable, failed)
	}
	if fresh == set {
		return err // nothing new to try
	}
	return use(fresh)
}

// encrypt wraps a signed response for the client (JARM-08: signed first).
func (c Client) encrypt(ctx context.Context, signed string) (string, error) {
	if !jwe.Known(c.EncryptionAlgorithm) {
		return "", fmt.Errorf("%w: %q for encryption", ErrAlgorithm, c.EncryptionAlgorithm)
	}
	if c.ContentEncryption != "" && !jwe.KnownEncryption(c.ContentEncryption) {
		return "", fmt.Errorf("%w: %q for encryption", ErrAlgorithm, c.ContentEncryption)
	}
	var out string
	err := each(ctx, c.Keys, func(set *jose.JSONWebKeySet) (err error) {
		out, err = jwe.Encrypt([]byte(signed), set, c.EncryptionAlgorithm, c.ContentEncryption)
		if errors.Is(err, jwe.ErrKey) {
			return fmt.Errorf("%w: %w", ErrKey, err)
		}
		return err
	})
	if err != nil {
		return "", err
	}
	return out, nil
}
