package fapi

import (
	"context"
	"slices"
	"sync"

	josev3 "github.com/go-jose/go-jose/v3"
	"github.com/ory/fosite"
	"github.com/ory/fosite/compose"
)

// cloneConfig detaches a copy from the handler lists of the original and sets every value that fosite's getters would
// set later, without a lock.
func cloneConfig(config *fosite.Config) *fosite.Config {
	c := *config
	c.AuthorizeEndpointHandlers = slices.Clone(c.AuthorizeEndpointHandlers)
	c.TokenEndpointHandlers = slices.Clone(c.TokenEndpointHandlers)
	c.TokenIntrospectionHandlers = slices.Clone(c.TokenIntrospectionHandlers)
	c.RevocationHandlers = slices.Clone(c.RevocationHandlers)
	c.PushedAuthorizeEndpointHandlers = slices.Clone(c.PushedAuthorizeEndpointHandlers)
	ctx := context.Background()
	c.GetSecretsHasher(ctx)
	c.GetScopeStrategy(ctx)
	c.GetAudienceStrategy(ctx)
	if c.JWKSFetcherStrategy == nil {
		c.JWKSFetcherStrategy = lazyFetcher(sync.OnceValue(func() fosite.JWKSFetcherStrategy { return fosite.NewDefaultJWKSFetcherStrategy() }))
	}
	c.GetRefreshTokenScopes(ctx)
	c.GetTokenEntropy(ctx)
	c.GetRedirectSecureChecker(ctx)
	c.GetJWTMaxDuration(ctx)
	return &c
}

// lazyFetcher makes fosite's default, which starts goroutines, only when a legacy client needs it.
type lazyFetcher func() fosite.JWKSFetcherStrategy

func (f lazyFetcher) Resolve(ctx context.Context, location string, ignoreCache bool) (*josev3.JSONWebKeySet, error) {
	return f().Resolve(ctx, location, ignoreCache)
}

// composeLegacy is compose.Compose, but a factory that panics is reported instead of ending the process.
func composeLegacy(config *fosite.Config, store, strategy any, factories []compose.Factory, found *problems) fosite.OAuth2Provider {
	if _, ok := store.(fosite.Storage); !ok {
		return nil // reported by assemble
	}
	guarded := make([]compose.Factory, len(factories))
	for i, factory := range factories {
		guarded[i] = func(c fosite.Configurator, store, strategy any) (handler any) {
			defer func() {
				if cause := recover(); cause != nil {
					found.add("", "factory %d failed: %v", i, cause)
				}
			}()
			return factory(c, store, strategy)
		}
	}
	return compose.Compose(config, store, strategy, guarded...)
}
