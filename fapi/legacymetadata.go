package fapi

import (
	"context"
	"crypto/ecdsa"
	"crypto/rsa"
	"slices"

	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite"
	"github.com/ory/fosite/compose"
	"github.com/ory/fosite/handler/oauth2"
	"github.com/ory/fosite/handler/openid"
	"github.com/ory/fosite/handler/pkce"
	"github.com/ory/fosite/token/jwt"

	"github.com/fosite-fapi/fosite-fapi/internal/fositejose"
	"github.com/fosite-fapi/fosite-fapi/metadata"
)

// A hostLane is what the legacy lane was made of, as far as it says what that lane offers.
type hostLane struct {
	config   fosite.Configurator // with the handlers
	strategy any
}

// grantsOfFosite are those that a handler of fosite may know.
var grantsOfFosite = []fosite.GrantType{
	fosite.GrantTypeAuthorizationCode, fosite.GrantTypeRefreshToken, fosite.GrantTypeClientCredentials, fosite.GrantTypePassword, fosite.GrantTypeJWTBearer,
}

// document describes a server on which no client has a profile, by the handlers that the host composed. What those do that
// are not fosite's own can't be told from outside; the host adds it.
func (l *hostLane) document(ctx context.Context, p *Provider) *metadata.Document {
	issuer := p.issuer(ctx)
	e := p.urls.resolve(issuer)
	doc := &metadata.Document{Issuer: issuer, UserinfoEndpoint: e.UserInfo, AuthorizationResponseIssParameterSupported: p.legacyIssuer}
	if p.sharedKeys { // else the keys of ID tokens are somewhere else
		doc.JWKSURI = e.JWKS
	}
	l.pages(ctx, doc, e)
	l.grants(ctx, doc, e)
	if pushes, ok := l.config.(fosite.PushedAuthorizeRequestHandlersProvider); ok && len(pushes.GetPushedAuthorizeEndpointHandlers(ctx)) > 0 {
		doc.PushedAuthorizationRequestEndpoint = e.PushedAuthorizationRequest
	}
	methods, algorithms := l.authentication(ctx)
	doc.TokenEndpointAuthMethodsSupported, doc.TokenEndpointAuthSigningAlgValuesSupported = methods, algorithms
	if len(l.config.GetTokenIntrospectionHandlers(ctx)) > 0 && e.Introspection != "" {
		doc.IntrospectionEndpoint = e.Introspection
		doc.IntrospectionEndpointAuthMethodsSupported = []string{"client_secret_basic"} // all that fosite reads there, beside tokens
	}
	if len(l.config.GetRevocationHandlers(ctx)) > 0 && e.Revocation != "" {
		doc.RevocationEndpoint = e.Revocation
		doc.RevocationEndpointAuthMethodsSupported, doc.RevocationEndpointAuthSigningAlgValuesSupported = methods, algorithms
	}
	return doc
}

// pages is what the authorization endpoint offers.
func (l *hostLane) pages(ctx context.Context, doc *metadata.Document, e Endpoints) {
	identifies := false
	for _, handler := range l.config.GetAuthorizeEndpointHandlers(ctx) {
		switch handler.(type) {
		case *oauth2.AuthorizeExplicitGrantHandler:
			doc.ResponseTypesSupported = merge(doc.ResponseTypesSupported, []string{"code"})
		case *oauth2.AuthorizeImplicitGrantTypeHandler:
			doc.ResponseTypesSupported = merge(doc.ResponseTypesSupported, []string{"token"})
			doc.GrantTypesSupported = merge(doc.GrantTypesSupported, []string{"implicit"})
		case *openid.OpenIDConnectExplicitHandler:
			identifies = true
		case *openid.OpenIDConnectImplicitHandler:
			identifies = true
			doc.ResponseTypesSupported = merge(doc.ResponseTypesSupported, []string{"id_token", "id_token token"})
			doc.GrantTypesSupported = merge(doc.GrantTypesSupported, []string{"implicit"})
		case *openid.OpenIDConnectHybridHandler:
			identifies = true
			doc.ResponseTypesSupported = merge(doc.ResponseTypesSupported, []string{"code id_token", "code token", "code id_token token"})
		case *pkce.Handler:
			doc.CodeChallengeMethodsSupported = []string{"S256"}
			if l.config.GetEnablePKCEPlainChallengeMethod(ctx) {
				doc.CodeChallengeMethodsSupported = append(doc.CodeChallengeMethodsSupported, "plain")
			}
		}
	}
	if len(l.config.GetAuthorizeEndpointHandlers(ctx)) > 0 {
		doc.AuthorizationEndpoint = e.Authorization
		doc.ResponseModesSupported = []string{"query", "fragment", "form_post"}
	}
	if identifies {
		doc.ScopesSupported, doc.SubjectTypesSupported = []string{"openid"}, []string{"public"}
		doc.IDTokenSigningAlgValuesSupported = l.algorithms(ctx)
		doc.RequestParameterSupported, doc.RequestURIParameterSupported, doc.RequireRequestURIRegistration = true, true, true
	}
}

// grants is what the token endpoint offers.
func (l *hostLane) grants(ctx context.Context, doc *metadata.Document, e Endpoints) {
	handlers := l.config.GetTokenEndpointHandlers(ctx)
	if len(handlers) > 0 {
		doc.TokenEndpoint = e.Token
	}
	for _, grant := range grantsOfFosite {
		asked := fosite.NewAccessRequest(nil)
		asked.GrantTypes = fosite.Arguments{string(grant)}
		if slices.ContainsFunc(handlers, func(h fosite.TokenEndpointHandler) bool { return h.CanHandleTokenEndpointRequest(ctx, asked) }) {
			doc.GrantTypesSupported = append(doc.GrantTypesSupported, string(grant))
		}
	}
}

// authentication is what fosite does; nil where the host does it.
func (l *hostLane) authentication(ctx context.Context) (methods, algorithms []string) {
	if l.config.GetClientAuthenticationStrategy(ctx) != nil {
		return nil, nil
	}
	methods = []string{"client_secret_basic", "client_secret_post"}
	if slices.ContainsFunc(l.config.GetTokenURLs(ctx), func(url string) bool { return url != "" }) { // the audience of assertions
		methods = append(methods, "private_key_jwt")
		algorithms = []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"}
	}
	return methods, algorithms
}

// algorithms are those of the host's ID tokens; nil where the strategy is not built as fosite's documentation shows.
func (l *hostLane) algorithms(ctx context.Context) []string {
	signer := identitySigner(l.strategy)
	if signer == nil {
		return nil
	}
	raw, err := signer.GetPrivateKey(ctx)
	if err != nil {
		return nil
	}
	if key, ok := fositejose.PrivateKey(raw); ok && key.Algorithm != "" {
		return []string{key.Algorithm}
	}
	switch raw.(type) {
	case *rsa.PrivateKey:
		return []string{string(jose.RS256)}
	case *ecdsa.PrivateKey:
		return []string{string(jose.ES256)}
	}
	return nil
}

// identitySigner signs the ID tokens of a host's strategy.
func identitySigner(strategy any) *jwt.DefaultSigner {
	switch s := strategy.(type) {
	case *compose.CommonStrategy:
		if s != nil {
			return defaultSigner(s.OpenIDConnectTokenStrategy)
		}
	case compose.CommonStrategy:
		return defaultSigner(s.OpenIDConnectTokenStrategy)
	}
	return nil
}
