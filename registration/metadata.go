package registration

import (
	"github.com/go-jose/go-jose/v4"
)

// Metadata is the metadata of one client: RFC 7591, OpenID Connect Dynamic Client Registration 1.0, and what FAPI
// uses beyond them. JSON names are those of the IANA registry; the zero value of a field means that it was not registered.
//
// Metadata is data: it may be copied and compared, and it is safe for concurrent use as long as nobody writes to it.
type Metadata struct {
	// RFC 7591 2.

	RedirectURIs            []string `json:"redirect_uris,omitempty"`
	TokenEndpointAuthMethod string   `json:"token_endpoint_auth_method,omitempty"` // see AuthMethod for the default
	GrantTypes              []string `json:"grant_types,omitzero"`                 // nil is not the same as empty: see Grants
	ResponseTypes           []string `json:"response_types,omitempty"`             // see Responses for the default
	ClientName              string   `json:"client_name,omitempty"`
	ClientURI               string   `json:"client_uri,omitempty"`
	LogoURI                 string   `json:"logo_uri,omitempty"`
	Scope                   string   `json:"scope,omitempty"` // separated by spaces; see Scopes
	Contacts                []string `json:"contacts,omitempty"`
	TOSURI                  string   `json:"tos_uri,omitempty"`
	PolicyURI               string   `json:"policy_uri,omitempty"`
	// JWKSURI and JWKS exclude each other.
	JWKSURI           string              `json:"jwks_uri,omitempty"`
	JWKS              *jose.JSONWebKeySet `json:"jwks,omitempty"`
	SoftwareID        string              `json:"software_id,omitempty"`
	SoftwareVersion   string              `json:"software_version,omitempty"`
	SoftwareStatement string              `json:"software_statement,omitempty"` // a JWT, as received

	// OpenID Connect Dynamic Client Registration 1.0 2.

	ApplicationType              string   `json:"application_type,omitempty"` // "web" (the default) or "native"
	SectorIdentifierURI          string   `json:"sector_identifier_uri,omitempty"`
	SubjectType                  string   `json:"subject_type,omitempty"` // "public" or "pairwise"
	TokenEndpointAuthSigningAlg  string   `json:"token_endpoint_auth_signing_alg,omitempty"`
	IDTokenSignedResponseAlg     string   `json:"id_token_signed_response_alg,omitempty"`
	IDTokenEncryptedResponseAlg  string   `json:"id_token_encrypted_response_alg,omitempty"`
	IDTokenEncryptedResponseEnc  string   `json:"id_token_encrypted_response_enc,omitempty"`
	UserinfoSignedResponseAlg    string   `json:"userinfo_signed_response_alg,omitempty"`
	UserinfoEncryptedResponseAlg string   `json:"userinfo_encrypted_response_alg,omitempty"`
	UserinfoEncryptedResponseEnc string   `json:"userinfo_encrypted_response_enc,omitempty"`
	RequestObjectSigningAlg      string   `json:"request_object_signing_alg,omitempty"`
	RequestObjectEncryptionAlg   string   `json:"request_object_encryption_alg,omitempty"`
	RequestObjectEncryptionEnc   string   `json:"request_object_encryption_enc,omitempty"`
	RequestURIs                  []string `json:"request_uris,omitempty"`
	DefaultMaxAge                *int64   `json:"default_max_age,omitempty"` // seconds; nil: none, which is not the same as 0
	RequireAuthTime              bool     `json:"require_auth_time,omitempty"`
	DefaultACRValues             []string `json:"default_acr_values,omitempty"`

	// RFC 8705 2.1.2 and 3.4. Exactly one subject is set for tls_client_auth.

	TLSClientAuthSubjectDN                string `json:"tls_client_auth_subject_dn,omitempty"` // RFC 4514
	TLSClientAuthSANDNS                   string `json:"tls_client_auth_san_dns,omitempty"`
	TLSClientAuthSANURI                   string `json:"tls_client_auth_san_uri,omitempty"`
	TLSClientAuthSANIP                    string `json:"tls_client_auth_san_ip,omitempty"`
	TLSClientAuthSANEmail                 string `json:"tls_client_auth_san_email,omitempty"`
	TLSClientCertificateBoundAccessTokens bool   `json:"tls_client_certificate_bound_access_tokens,omitempty"`

	// FAPI 2.0 Security Profile 5.2.2.1.1, RFC 9449 5.2, RFC 9126 6, RFC 9101 10.5, FAPI 2.0 Message Signing 5.3.3.

	UseMTLSEndpointAliases             bool     `json:"use_mtls_endpoint_aliases,omitempty"`
	DPoPBoundAccessTokens              bool     `json:"dpop_bound_access_tokens,omitempty"`
	RequirePushedAuthorizationRequests bool     `json:"require_pushed_authorization_requests,omitempty"`
	RequireSignedRequestObject         bool     `json:"require_signed_request_object,omitempty"`
	ResponseModes                      []string `json:"response_modes,omitempty"` // empty: any

	// JARM 3.

	AuthorizationSignedResponseAlg    string `json:"authorization_signed_response_alg,omitempty"`
	AuthorizationEncryptedResponseAlg string `json:"authorization_encrypted_response_alg,omitempty"`
	AuthorizationEncryptedResponseEnc string `json:"authorization_encrypted_response_enc,omitempty"`

	// RFC 9701 6.

	IntrospectionSignedResponseAlg    string `json:"introspection_signed_response_alg,omitempty"`
	IntrospectionEncryptedResponseAlg string `json:"introspection_encrypted_response_alg,omitempty"`
	IntrospectionEncryptedResponseEnc string `json:"introspection_encrypted_response_enc,omitempty"`

	// RFC 9396 10.

	AuthorizationDetailsTypes []string `json:"authorization_details_types,omitempty"`

	// OpenID Connect CIBA 1.0 4 and FAPI-CIBA.

	BackchannelTokenDeliveryMode               string   `json:"backchannel_token_delivery_mode,omitempty"` // "poll", "ping" or "push"
	BackchannelClientNotificationEndpoint      string   `json:"backchannel_client_notification_endpoint,omitempty"`
	BackchannelAuthenticationRequestSigningAlg string   `json:"backchannel_authentication_request_signing_alg,omitempty"`
	BackchannelUserCodeParameter               bool     `json:"backchannel_user_code_parameter,omitempty"`
	BackchannelEndpointLoginHintTokenTypes     []string `json:"backchannel_endpoint_login_hint_token_types,omitempty"`
}
