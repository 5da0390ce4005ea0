package fapi

import (
	"context"
	"crypto"
	"errors"
	"fmt"

	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite/compose"
	"github.com/ory/fosite/handler/oauth2"
	"github.com/ory/fosite/handler/openid"
	"github.com/ory/fosite/token/jwt"

	"github.com/fosite-fapi/fosite-fapi/internal/fositejose"
	"github.com/fosite-fapi/fosite-fapi/keys"
)

// strategyKeys takes the signing key out of a strategy built as fosite's documentation shows: one that holds a
// jwt.DefaultSigner.
func strategyKeys(ctx context.Context, strategy any) (set *keys.Set, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			set, err = nil, fmt.Errorf("the strategy %T can't be asked for its key: %v", strategy, cause)
		}
	}()
	signer := defaultSigner(strategy)
	if signer == nil {
		return nil, fmt.Errorf("the strategy %T holds no jwt.DefaultSigner", strategy)
	}
	raw, err := signer.GetPrivateKey(ctx)
	if err != nil {
		return nil, fmt.Errorf("the strategy gives no key: %w", err)
	}
	key := keys.Key{}
	if jwk, ok := fositejose.PrivateKey(raw); ok {
		key.ID, key.Algorithm, raw = jwk.KeyID, jose.SignatureAlgorithm(jwk.Algorithm), jwk.Key
		if key.Algorithm == jose.RS256 {
			key.Algorithm = "" // what legacy clients get; the same key signs PS256 here
		}
	}
	var ok bool
	if key.Signer, ok = raw.(crypto.Signer); !ok {
		return nil, errors.New("the strategy's key is no crypto.Signer")
	}
	return keys.New(key)
}

func defaultSigner(strategy any) *jwt.DefaultSigner {
	switch s := strategy.(type) {
	case *compose.CommonStrategy:
		if found := defaultSigner(s.Signer); found != nil {
			return found
		}
		if found := defaultSigner(s.OpenIDConnectTokenStrategy); found != nil {
			return found
		}
		return defaultSigner(s.CoreStrategy)
	case compose.CommonStrategy:
		return defaultSigner(&s)
	case *openid.DefaultStrategy:
		return defaultSigner(s.Signer)
	case *oauth2.DefaultJWTStrategy:
		return defaultSigner(s.Signer)
	case *jwt.DefaultSigner:
		return s
	}
	return nil
}

// makesJWT says whether the host's strategy makes JWT access tokens.
func makesJWT(strategy any) bool {
	switch s := strategy.(type) {
	case *compose.CommonStrategy:
		return s != nil && makesJWT(s.CoreStrategy)
	case compose.CommonStrategy:
		return makesJWT(s.CoreStrategy)
	case *oauth2.DefaultJWTStrategy:
		return true
	}
	return false
}
