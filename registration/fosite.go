package registration

import (
	josev3 "github.com/go-jose/go-jose/v3"
	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/internal/fositejose"
)

var (
	_ fosite.Client              = (*Client)(nil)
	_ fosite.OpenIDConnectClient = (*Client)(nil)
	_ fosite.ResponseModeClient  = (*Client)(nil)
)

// Client is a fosite client over [Metadata], for hosts that have no client type of their own.
//
// Its JSON is the metadata with client_id: what a client is told about itself. The secret's hash is never part of it. A
// stranger's document is decoded into Metadata and not into Client, or it would choose its own ID and audience.
//
// The getters that return slices may be called concurrently; their results must not be written to.
type Client struct {
	Metadata

	ID           string   `json:"client_id"`
	HashedSecret []byte   `json:"-"` // as the host's fosite.Hasher made it; nil: no secret, every secret is wrong
	Audience     []string `json:"audience,omitempty"`
}

// RegistrationMetadata is how the rest of this module finds a client's metadata. It is not a copy.
func (c *Client) RegistrationMetadata() *Metadata { return &c.Metadata }

// GetID returns client_id.
func (c *Client) GetID() string { return c.ID }

// GetHashedSecret returns the hash of the client's secret; nil for clients without one.
func (c *Client) GetHashedSecret() []byte { return c.HashedSecret }

// GetRedirectURIs returns redirect_uris.
func (c *Client) GetRedirectURIs() []string { return c.RedirectURIs }

// GetGrantTypes returns [Metadata.Grants], not a copy.
func (c *Client) GetGrantTypes() fosite.Arguments { return c.grants() }

// GetResponseTypes returns [Metadata.Responses], not a copy.
func (c *Client) GetResponseTypes() fosite.Arguments { return c.responses() }

// GetScopes returns [Metadata.Scopes]. What a scope matches is the host's fosite.ScopeStrategy's decision.
func (c *Client) GetScopes() fosite.Arguments { return c.Scopes() }

// GetAudience returns the audiences that the client may ask for.
func (c *Client) GetAudience() fosite.Arguments { return c.Audience }

// IsPublic reports whether the client has no credentials: token_endpoint_auth_method is none.
func (c *Client) IsPublic() bool { return c.AuthMethod() == AuthNone }

// GetRequestURIs returns request_uris.
func (c *Client) GetRequestURIs() []string { return c.RequestURIs }

// GetJSONWebKeys returns jwks in the go-jose version that fosite speaks; nil when none was registered.
func (c *Client) GetJSONWebKeys() *josev3.JSONWebKeySet { return fositejose.SetV3(c.JWKS) }

// GetJSONWebKeysURI returns jwks_uri.
func (c *Client) GetJSONWebKeysURI() string { return c.JWKSURI }

// GetRequestObjectSigningAlgorithm returns request_object_signing_alg; "" when none was registered.
func (c *Client) GetRequestObjectSigningAlgorithm() string { return c.RequestObjectSigningAlg }

// GetTokenEndpointAuthMethod returns [Metadata.AuthMethod].
func (c *Client) GetTokenEndpointAuthMethod() string { return c.AuthMethod() }

// GetTokenEndpointAuthSigningAlgorithm returns token_endpoint_auth_signing_alg; "" when none was registered, with which fosite's own
// client authentication refuses every assertion. It does not fall back to RS256 as fosite.DefaultOpenIDConnectClient does.
func (c *Client) GetTokenEndpointAuthSigningAlgorithm() string { return c.TokenEndpointAuthSigningAlg }

// GetResponseModes returns response_modes; where none were registered every mode of OAuth 2.0 and JARM
// (FAPI 2.0 Message Signing 5.3.3). The mode that a request leaves unsaid is always among them.
func (c *Client) GetResponseModes() []fosite.ResponseModeType {
	if len(c.ResponseModes) == 0 {
		return []fosite.ResponseModeType{
			fosite.ResponseModeDefault,
			fosite.ResponseModeQuery, fosite.ResponseModeFragment, fosite.ResponseModeFormPost,
			"jwt", "query.jwt", "fragment.jwt", "form_post.jwt",
		}
	}
	modes := make([]fosite.ResponseModeType, 0, len(c.ResponseModes)+1)
	modes = append(modes, fosite.ResponseModeDefault)
	for _, mode := range c.ResponseModes {
		modes = append(modes, fosite.ResponseModeType(mode))
	}
	return modes
}
