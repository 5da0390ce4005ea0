package requestobject

import (
	"context"

	jose "github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
)

// A Client is what is known of the client that a request object must come from.
type Client struct {
	// ID is the client_id. Required.
	ID string
	// Algorithm is the registered request_object_signing_alg. "": any that the Verifier allows.
	Algorithm jose.SignatureAlgorithm
	// EncryptionAlgorithm is the registered request_object_encryption_alg: an object that isn't encrypted is refused
	// then, and one by another alg, too. "": the client encrypts or not, by any that the Verifier allows.
	EncryptionAlgorithm jose.KeyAlgorithm
	// ContentEncryption is the registered request_object_encryption_enc. "": A128CBC-HS256, if EncryptionAlgorithm is
	// set (OpenID Connect Registration 2); of no effect otherwise.
	ContentEncryption jose.ContentEncryption
	// Keys are the client's, for signatures. Required.
	Keys Keys
}

// Keys gives the public keys of one client.
type Keys interface {
	// Keys returns the client's key set. With refresh false a cached one will do. With refresh true the caller has
	// found no key that fits in it, as when a client publishes a new key at its jwks_uri: get a fresh one if
	// possible. The caller only reads the set. A stranger can cause refreshes by inventing a kid; limiting them is up
	// to the implementation, which then returns the set that it returned before.
	Keys(ctx context.Context, refresh bool) (*jose.JSONWebKeySet, error)
}

// StaticKeys are the keys of a client that registered them by value (jwks).
func StaticKeys(set *jose.JSONWebKeySet) Keys { return jwk.Static{Set: set} }
