package registration

import (
	"slices"
	"strings"
)

// The client authentication methods of RFC 7591 2, OpenID Connect Core 1.0 9 and RFC 8705 2.
const (
	AuthNone              = "none"
	AuthClientSecretBasic = "client_secret_basic"
	AuthClientSecretPost  = "client_secret_post"
	AuthClientSecretJWT   = "client_secret_jwt"
	AuthPrivateKeyJWT     = "private_key_jwt"
	AuthTLS               = "tls_client_auth"
	AuthSelfSignedTLS     = "self_signed_tls_client_auth"
)

// GrantCIBA is the grant type of OpenID Connect CIBA 1.0 4.
const GrantCIBA = "urn:openid:params:grant-type:ciba"

// AuthMethod returns token_endpoint_auth_method, or client_secret_basic where none was registered (RFC 7591 2).
func (m *Metadata) AuthMethod() string {
	if m.TokenEndpointAuthMethod == "" {
		return AuthClientSecretBasic
	}
	return m.TokenEndpointAuthMethod
}

// Grants returns grant_types, or authorization_code where they were omitted (RFC 7591 2). An empty list is not omitted: it
// is that of a resource server, which introspects tokens and gets none (RFC 9701 3). The result is the caller's own.
func (m *Metadata) Grants() []string { return slices.Clone(m.grants()) }

func (m *Metadata) grants() []string {
	if m.GrantTypes == nil {
		return []string{"authorization_code"}
	}
	return m.GrantTypes
}

// Responses returns response_types. Where none were registered it returns code (RFC 7591 2) for a client that uses the
// authorization_code grant, and nothing for one that does not: such a client has no use for the authorization
// endpoint. The result is the caller's own.
func (m *Metadata) Responses() []string { return slices.Clone(m.responses()) }

func (m *Metadata) responses() []string {
	switch {
	case len(m.ResponseTypes) > 0:
		return m.ResponseTypes
	case m.usesGrant("authorization_code"):
		return []string{"code"}
	default:
		return nil
	}
}

// Scopes returns scope, split; nil when none was registered. The result is the caller's own.
func (m *Metadata) Scopes() []string {
	if m.Scope == "" {
		return nil
	}
	return strings.Fields(m.Scope)
}

func (m *Metadata) usesGrant(grant string) bool { return slices.Contains(m.grants(), grant) }
