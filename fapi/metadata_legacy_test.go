package fapi_test

import (
	"context"
	"testing"

	josev3 "github.com/go-jose/go-jose/v3"
	"github.com/ory/fosite"
	"github.com/ory/fosite/compose"
	"github.com/ory/fosite/token/jwt"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/metadata"
)

// Where no client has a profile yet, the document is of the lane that serves them all: what it says follows from the
// factories that the host composed, and nothing of a profile is in it.
func TestMetadataOfReportOnlyMode(t *testing.T) {
	t.Parallel()
	reportOnly := fapi.WithReportOnly(candidate, &fapi.Readiness{}, fapi.FAPI2MessageSigning())
	whole := &metadata.Document{
		Issuer: issuer, AuthorizationEndpoint: issuer + "/authorize", TokenEndpoint: issuer + "/token", JWKSURI: issuer + "/jwks",
		PushedAuthorizationRequestEndpoint: issuer + "/par", IntrospectionEndpoint: issuer + "/introspect", RevocationEndpoint: issuer + "/revoke",
		ResponseTypesSupported:        []string{"code", "token", "code id_token", "code token", "code id_token token", "id_token", "id_token token"},
		ResponseModesSupported:        []string{"query", "fragment", "form_post"},
		GrantTypesSupported:           []string{"implicit", "authorization_code", "refresh_token", "client_credentials", "password"},
		CodeChallengeMethodsSupported: []string{"S256", "plain"},
		ScopesSupported:               []string{"openid"}, SubjectTypesSupported: []string{"public"}, IDTokenSigningAlgValuesSupported: []string{"RS256"},
		TokenEndpointAuthMethodsSupported:               []string{"client_secret_basic", "client_secret_post", "private_key_jwt"},
		RevocationEndpointAuthMethodsSupported:          []string{"client_secret_basic", "client_secret_post", "private_key_jwt"},
		IntrospectionEndpointAuthMethodsSupported:       []string{"client_secret_basic"},
		TokenEndpointAuthSigningAlgValuesSupported:      []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"},
		RevocationEndpointAuthSigningAlgValuesSupported: []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"},
		RequestParameterSupported:                       true, RequestURIParameterSupported: true, RequireRequestURIRegistration: true,
	}
	everything := []compose.Factory{
		compose.OAuth2AuthorizeExplicitFactory, compose.OAuth2AuthorizeImplicitFactory, compose.OAuth2ClientCredentialsGrantFactory,
		compose.OAuth2RefreshTokenGrantFactory,
		compose.OAuth2ResourceOwnerPasswordCredentialsFactory, //nolint:staticcheck // hosts still have it
		compose.OpenIDConnectExplicitFactory, compose.OpenIDConnectHybridFactory, compose.OpenIDConnectImplicitFactory, compose.OpenIDConnectRefreshFactory,
		compose.OAuth2TokenIntrospectionFactory, compose.OAuth2TokenRevocationFactory, compose.OAuth2PKCEFactory, compose.PushedAuthorizeHandlerFactory,
	}
	for _, tt := range []struct {
		name      string
		factories []compose.Factory
		change    func(*fosite.Config)
		options   []fapi.Option
		want      func(doc *metadata.Document) *metadata.Document
	}{
		{"everything that fosite has", everything, func(*fosite.Config) {}, nil, func(*metadata.Document) *metadata.Document { return whole }},
		{"S256 alone", everything, func(c *fosite.Config) { c.EnablePKCEPlainChallengeMethod = false }, nil, func(doc *metadata.Document) *metadata.Document {
			doc.CodeChallengeMethodsSupported = []string{"S256"}
			return doc
		}},
		{"iss in responses", everything, func(*fosite.Config) {}, []fapi.Option{fapi.WithLegacyIssuer()}, func(doc *metadata.Document) *metadata.Document {
			doc.AuthorizationResponseIssParameterSupported = true
			return doc
		}},
		{"without the audience of assertions", everything, func(c *fosite.Config) { c.TokenURL = "" }, nil, func(doc *metadata.Document) *metadata.Document {
			secrets := []string{"client_secret_basic", "client_secret_post"}
			doc.TokenEndpointAuthMethodsSupported, doc.RevocationEndpointAuthMethodsSupported = secrets, secrets
			doc.TokenEndpointAuthSigningAlgValuesSupported, doc.RevocationEndpointAuthSigningAlgValuesSupported = nil, nil
			return doc
		}},
		{"OAuth alone", []compose.Factory{compose.OAuth2AuthorizeExplicitFactory, compose.OAuth2RefreshTokenGrantFactory}, func(*fosite.Config) {}, nil,
			func(*metadata.Document) *metadata.Document {
				return &metadata.Document{
					Issuer: issuer, AuthorizationEndpoint: issuer + "/authorize", TokenEndpoint: issuer + "/token", JWKSURI: issuer + "/jwks",
					ResponseTypesSupported: []string{"code"}, ResponseModesSupported: []string{"query", "fragment", "form_post"},
					GrantTypesSupported:                        []string{"authorization_code", "refresh_token"},
					TokenEndpointAuthMethodsSupported:          whole.TokenEndpointAuthMethodsSupported,
					TokenEndpointAuthSigningAlgValuesSupported: whole.TokenEndpointAuthSigningAlgValuesSupported,
				}
			}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			config := legacyConfig()
			tt.change(config)
			provider, err := fapi.Compose(config, stores["memory"](), legacyStrategy(config), append(tt.options, fapi.WithFactories(tt.factories...), reportOnly)...)
			require.NoError(t, err)
			doc, err := provider.Metadata(t.Context())
			require.NoError(t, err)
			require.NoError(t, doc.Validate())
			base := *whole
			assert.Equal(t, tt.want(&base), doc)
		})
	}
}

// The algorithm of ID tokens is that of the host's key.
func TestMetadataOfReportOnlyModeNamesTheHostsKey(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		key  any
		want []string
	}{
		"RSA": {testRSA(), []string{"RS256"}}, "EC": {testEC(), []string{"ES256"}},
		"a JSON Web Key": {&josev3.JSONWebKey{Key: testRSA(), Algorithm: "PS256"}, []string{"PS256"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := legacyConfig()
			getKey := func(context.Context) (any, error) { return tt.key, nil }
			strategy := &compose.CommonStrategy{
				CoreStrategy:               compose.NewOAuth2HMACStrategy(config),
				OpenIDConnectTokenStrategy: compose.NewOpenIDConnectStrategy(getKey, config), Signer: &jwt.DefaultSigner{GetPrivateKey: getKey},
			}
			provider, err := fapi.Compose(config, stores["memory"](), strategy,
				fapi.WithFactories(compose.OAuth2AuthorizeExplicitFactory, compose.OpenIDConnectExplicitFactory),
				fapi.WithReportOnly(candidate, &fapi.Readiness{}, fapi.FAPI2Security()))
			require.NoError(t, err)
			doc, err := provider.Metadata(t.Context())
			require.NoError(t, err)
			assert.Equal(t, tt.want, doc.IDTokenSigningAlgValuesSupported)
		})
	}
}
