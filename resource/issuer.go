package resource

import (
	"context"
	"fmt"

	jose "github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/internal/fetch"
	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
)

// An issuer is the authorization server as far as its keys go.
type issuer struct {
	identifier string
	static     *jose.JSONWebKeySet // nil: fetched
	jwksURI    string              // "": by the metadata
	metadata   *discovery
	jwks       *fetch.JWKS
}

// keys returns the issuer's public keys. With refresh they lack the one that is needed.
func (i *issuer) keys(ctx context.Context, refresh bool) (*jose.JSONWebKeySet, error) {
	if i.static != nil {
		return i.static, nil
	}
	uri := i.jwksURI
	if uri == "" {
		document, err := i.metadata.get(ctx)
		if err != nil {
			return nil, err
		}
		if uri = document.JWKSURI; uri == "" {
			return nil, fmt.Errorf("%w: no jwks_uri", ErrMetadata)
		}
	}
	set, err := i.jwks.Get(ctx, uri, refresh)
	if err != nil {
		return nil, fmt.Errorf("%w: the issuer's keys: %w", ErrUnavailable, err)
	}
	return set, nil
}

// verify proves that the issuer signed j. Keys that are not known yet are asked for, which internal/fetch bounds.
func (i *issuer) verify(ctx context.Context, j *jwk.JWS) error {
	set, err := i.keys(ctx, false)
	if err != nil {
		return err
	}
	candidates := jwk.Candidates(set, j.Algorithm, j.KeyID)
	if j.VerifyAny(candidates) {
		return nil
	}
	// Where a kid is known, its key is; without one, any key may be a new one.
	if j.KeyID != "" && len(candidates) > 0 {
		return unverified(candidates)
	}
	fresh, err := i.keys(ctx, true)
	if err != nil {
		return err
	}
	if fresh == set {
		return unverified(candidates)
	}
	candidates = jwk.Candidates(fresh, j.Algorithm, j.KeyID)
	if j.VerifyAny(candidates) {
		return nil
	}
	return unverified(candidates)
}

func unverified(candidates []jose.JSONWebKey) error {
	if len(candidates) == 0 {
		return ErrKey
	}
	return ErrSignature
}
