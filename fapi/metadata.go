package fapi

import (
	"context"
	"maps"
	"slices"

	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/internal/jwe"
	"github.com/fosite-fapi/fosite-fapi/keys"
	"github.com/fosite-fapi/fosite-fapi/metadata"
	"github.com/fosite-fapi/fosite-fapi/requestobject"
)

// Metadata is what the server says of itself for this context's issuer, one document for RFC 8414 and for OpenID
// Connect Discovery (F2-AS-01). It describes what the profiles offer together; the host adds to it what its legacy
// clients use and what else it knows, such as scopes_supported. Where no client has a profile yet, as in report-only mode
// alone, it describes what fosite's own handlers offer of those that the host composed. The error is that of a key source.
func (p *Provider) Metadata(ctx context.Context) (*metadata.Document, error) {
	if len(p.profiles) == 0 && p.hostLane != nil {
		return p.hostLane.document(ctx, p), nil
	}
	issuer := p.issuer(ctx)
	e := p.urls.resolve(issuer)
	all := p.union()
	signed := all.SigningAlgorithms
	if p.signing != nil { // Compose asks before it has found the keys
		set, err := p.currentKeys(ctx)
		if err != nil {
			return nil, err
		}
		signed = signedWith(set, signed)
	}
	doc := &metadata.Document{
		Issuer:                             issuer,
		AuthorizationEndpoint:              e.Authorization,
		TokenEndpoint:                      e.Token,
		PushedAuthorizationRequestEndpoint: e.PushedAuthorizationRequest,
		IntrospectionEndpoint:              e.Introspection,
		RevocationEndpoint:                 e.Revocation,
		UserinfoEndpoint:                   e.UserInfo,
		JWKSURI:                            e.JWKS,

		ResponseTypesSupported: all.ResponseTypes, ResponseModesSupported: all.ResponseModes,
		GrantTypesSupported: all.GrantTypes, CodeChallengeMethodsSupported: []string{"S256"},
		SubjectTypesSupported: []string{"public"},
		ScopesSupported:       []string{"openid"},

		TokenEndpointAuthMethodsSupported:          p.authMethods(all.AuthMethods),
		TokenEndpointAuthSigningAlgValuesSupported: names(all.SigningAlgorithms),
		IDTokenSigningAlgValuesSupported:           names(signed),
		IDTokenEncryptionAlgValuesSupported:        names(jwe.Algorithms()),
		IDTokenEncryptionEncValuesSupported:        names(jwe.Encryptions()),

		AuthorizationResponseIssParameterSupported: slices.ContainsFunc(all.ResponseModes, plain),
		TLSClientCertificateBoundAccessTokens:      slices.Contains(all.Bindings, BindingMTLS),
		RequirePushedAuthorizationRequests:         p.everyProfile(func(d demands) bool { return d.pushed }),
		RequireSignedRequestObject:                 p.everyProfile(func(d demands) bool { return d.signedRequest }),
		ClaimsParameterSupported:                   p.idTokenClaims != nil,
		AuthorizationDetailsTypesSupported:         p.details.Names(),

		RequestParameterSupported:              true,
		RequestURIParameterSupported:           p.someProfile(func(d demands) bool { return !d.pushed }),
		RequireRequestURIRegistration:          p.someProfile(func(d demands) bool { return !d.pushed }),
		RequestObjectSigningAlgValuesSupported: names(all.SigningAlgorithms),
	}
	if p.decryption != nil {
		set, err := p.decryptionKeys(ctx)
		if err != nil {
			return nil, err
		}
		doc.RequestObjectEncryptionAlgValuesSupported = names(set.Algorithms())
		doc.RequestObjectEncryptionEncValuesSupported = names(requestobject.ContentEncryptions())
	}
	if slices.ContainsFunc(all.ResponseModes, func(m string) bool { return !plain(m) }) {
		doc.AuthorizationSigningAlgValuesSupported = doc.IDTokenSigningAlgValuesSupported
		doc.AuthorizationEncryptionAlgValuesSupported = names(jwe.Algorithms())
		doc.AuthorizationEncryptionEncValuesSupported = names(jwe.Encryptions())
	}
	if slices.Contains(all.Bindings, BindingDPoP) {
		doc.DPoPSigningAlgValuesSupported = names(all.SigningAlgorithms)
	}
	if e.Introspection != "" {
		doc.IntrospectionEndpointAuthMethodsSupported = doc.TokenEndpointAuthMethodsSupported
		doc.IntrospectionEndpointAuthSigningAlgValuesSupported = doc.TokenEndpointAuthSigningAlgValuesSupported
		doc.IntrospectionSigningAlgValuesSupported = names(signed)
		doc.IntrospectionEncryptionAlgValuesSupported = names(jwe.Algorithms())
		doc.IntrospectionEncryptionEncValuesSupported = names(jwe.Encryptions())
	}
	if e.Revocation != "" {
		doc.RevocationEndpointAuthMethodsSupported = doc.TokenEndpointAuthMethodsSupported
		doc.RevocationEndpointAuthSigningAlgValuesSupported = doc.TokenEndpointAuthSigningAlgValuesSupported
	}
	if p.registrar != nil {
		doc.RegistrationEndpoint = e.Registration
	}
	if e.MTLSBaseURL != "" {
		doc.MTLSEndpointAliases = &metadata.Aliases{
			TokenEndpoint: e.alias(e.Token), PushedAuthorizationRequestEndpoint: e.alias(e.PushedAuthorizationRequest),
			IntrospectionEndpoint: e.alias(e.Introspection), RevocationEndpoint: e.alias(e.Revocation), UserinfoEndpoint: e.alias(e.UserInfo),
		}
	}
	return doc, nil
}

func plain(mode string) bool { return !signed(fosite.ResponseModeType(mode)) }

// everyProfile says whether all clients meet a demand, so that the document may say that the server makes it.
func (p *Provider) everyProfile(meets func(demands) bool) bool {
	return p.legacy == nil && !p.someProfile(func(d demands) bool { return !meets(d) })
}

func (p *Provider) someProfile(meets func(demands) bool) bool {
	for _, profile := range p.profiles {
		if meets(profile.demands) {
			return true
		}
	}
	return false
}

// union is what the profiles offer together, in the order of their names, so that the document is the same each time.
func (p *Provider) union() Profile {
	var all Profile
	for _, name := range slices.Sorted(maps.Keys(p.profiles)) {
		profile := p.profiles[name]
		all.ResponseTypes = merge(all.ResponseTypes, profile.ResponseTypes)
		all.ResponseModes = merge(all.ResponseModes, profile.ResponseModes)
		all.GrantTypes = merge(all.GrantTypes, profile.GrantTypes)
		all.AuthMethods = merge(all.AuthMethods, profile.AuthMethods)
		all.Bindings = merge(all.Bindings, profile.Bindings)
		all.SigningAlgorithms = merge(all.SigningAlgorithms, profile.SigningAlgorithms)
	}
	return all
}

func merge[T comparable](into, from []T) []T {
	for _, v := range from {
		if !slices.Contains(into, v) {
			into = append(into, v)
		}
	}
	return into
}

// authMethods leaves out what can't succeed: tls_client_auth without trust anchors.
func (p *Provider) authMethods(methods []string) []string {
	return slices.DeleteFunc(slices.Clone(methods), func(m string) bool { return m == "tls_client_auth" && p.mtls.Roots == nil })
}

// signedWith are the algorithms for which there is a key.
func signedWith(set *keys.Set, algorithms []jose.SignatureAlgorithm) []jose.SignatureAlgorithm {
	return slices.DeleteFunc(slices.Clone(algorithms), func(a jose.SignatureAlgorithm) bool { return !set.Has(a) })
}

func names[T ~string](values []T) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}
