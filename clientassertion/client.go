package clientassertion

import (
	"context"

	jose "github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
)

// A Client is what is known of the client that an assertion must come from.
type Client struct {
	// ID is the client_id. Required.
	ID string
	// Algorithm is the registered token_endpoint_auth_signing_alg. "": any that the Verifier allows.
	Algorithm jose.SignatureAlgorithm
	// Keys are the client's. Required.
	Keys Keys
}

// Keys gives the public keys of one client.
type Keys interface {
	// Keys returns the client's key set. With refresh false a cached one will do. With refresh true the caller has
	// found no key that fits in it, as when a client publishes a new key at its jwks_uri: get a fresh one if
	// possible. The caller only reads the set. A stranger can cause refreshes by inventing a kid; limiting them is up
	// to the implementation, which then returns what it has.
	Keys(ctx context.Context, refresh bool) (*jose.JSONWebKeySet, error)
}

// StaticKeys are the keys of a client that registered them by value (jwks).
func StaticKeys(set *jose.JSONWebKeySet) Keys { return jwk.Static{Set: set} }
