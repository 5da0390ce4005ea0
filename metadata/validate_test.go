package metadata_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/metadata"
)

// A rule is one change to a document that breaks no rule, and what Validate finds afterwards (nil: nothing).
type rule struct {
	name   string
	change func(d *metadata.Document)
	want   error
	member string // named in the error
}

func (r rule) run(t *testing.T) {
	t.Parallel()
	d := valid()
	require.NoError(t, d.Validate(), "before the change")
	r.change(d)
	err := d.Validate()
	if r.want == nil {
		require.NoError(t, err)
		return
	}
	require.ErrorIs(t, err, r.want)
	assert.ErrorContains(t, err, r.member)
	joined, ok := err.(interface{ Unwrap() []error })
	require.True(t, ok)
	assert.Len(t, joined.Unwrap(), 1, "one change breaks one rule: %v", err)
}

func TestIssuer(t *testing.T) {
	t.Parallel()
	for issuer, want := range map[string]error{
		"https://as.example":                 nil,
		"https://as.example/":                nil,
		"https://as.example:8443/tenant/one": nil,
		"":                                   metadata.ErrIssuer,
		"as.example":                         metadata.ErrIssuer,
		"http://as.example":                  metadata.ErrIssuer,
		"https://as.example?tenant=one":      metadata.ErrIssuer,
		"https://as.example?":                metadata.ErrIssuer,
		"https://as.example#one":             metadata.ErrIssuer,
		"https://as.example#":                metadata.ErrIssuer,
		"https://user@as.example":            metadata.ErrIssuer,
		"https:///tenant":                    metadata.ErrIssuer,
		"https://as.example/%zz":             metadata.ErrIssuer,
	} {
		t.Run("MD-01 "+issuer, rule{change: func(d *metadata.Document) { d.Issuer = issuer }, want: want, member: "https URL"}.run)
	}
}

func TestMissingMembers(t *testing.T) {
	t.Parallel()
	for _, r := range []rule{
		{"RFC 8414 2 token_endpoint", func(d *metadata.Document) {
			d.TokenEndpoint, d.MTLSEndpointAliases = "", nil
		}, metadata.ErrMissing, "token_endpoint"},
		{"RFC 8414 2 authorization_endpoint", func(d *metadata.Document) { d.AuthorizationEndpoint = "" }, metadata.ErrMissing, "authorization_endpoint"},
		{"RFC 8414 2 no authorization_endpoint needed", func(d *metadata.Document) {
			d.AuthorizationEndpoint, d.ResponseTypesSupported, d.GrantTypesSupported = "", nil, []string{"client_credentials"}
		}, nil, ""},
		{"RFC 8414 2 response_types_supported", func(d *metadata.Document) { d.ResponseTypesSupported = nil }, metadata.ErrMissing, "response_types_supported"},
		{"RFC 8414 2 grant_types_supported announces implicit", func(d *metadata.Document) { d.GrantTypesSupported = nil }, metadata.ErrMissing, "grant_types_supported"},
		{"RFC 8414 2 auth methods announce client_secret_basic", func(d *metadata.Document) {
			d.TokenEndpointAuthMethodsSupported = nil
		}, metadata.ErrMissing, "token_endpoint_auth_methods_supported"},
		{"RFC 8414 2 revocation methods announce client_secret_basic", func(d *metadata.Document) {
			d.RevocationEndpoint = "https://as.example/revoke"
		}, metadata.ErrMissing, "revocation_endpoint_auth_methods_supported"},
		{"RFC 8414 2 revocation methods", func(d *metadata.Document) {
			d.RevocationEndpoint = "https://as.example/revoke"
			d.RevocationEndpointAuthMethodsSupported = []string{"tls_client_auth"}
		}, nil, ""},
		{"jwks_uri for OpenID Connect", func(d *metadata.Document) { d.JWKSURI = "" }, metadata.ErrMissing, "jwks_uri"},
		{"no jwks_uri for plain OAuth", func(d *metadata.Document) {
			d.JWKSURI, d.IDTokenSigningAlgValuesSupported, d.SubjectTypesSupported = "", nil, nil
		}, nil, ""},
		{"jwks_uri for JARM", func(d *metadata.Document) {
			d.JWKSURI, d.IDTokenSigningAlgValuesSupported, d.SubjectTypesSupported = "", nil, nil
			d.AuthorizationSigningAlgValuesSupported = []string{"PS256"}
		}, metadata.ErrMissing, "jwks_uri"},
		{"OpenID Discovery 3 subject types", func(d *metadata.Document) { d.SubjectTypesSupported = nil }, metadata.ErrMissing, "subject_types_supported"},
		{"OpenID Discovery 3 ID token algorithms", func(d *metadata.Document) {
			d.IDTokenSigningAlgValuesSupported = nil
		}, metadata.ErrMissing, "id_token_signing_alg_values_supported"},
		{"RFC 9126 5 required but absent", func(d *metadata.Document) {
			d.PushedAuthorizationRequestEndpoint = ""
			d.MTLSEndpointAliases.PushedAuthorizationRequestEndpoint = ""
		}, metadata.ErrMissing, "pushed_authorization_request_endpoint"},
	} {
		t.Run(r.name, r.run)
	}
}

func TestEndpoints(t *testing.T) {
	t.Parallel()
	endpoints := map[string]func(d *metadata.Document) *string{
		"authorization_endpoint":                func(d *metadata.Document) *string { return &d.AuthorizationEndpoint },
		"token_endpoint":                        func(d *metadata.Document) *string { return &d.TokenEndpoint },
		"jwks_uri":                              func(d *metadata.Document) *string { return &d.JWKSURI },
		"registration_endpoint":                 func(d *metadata.Document) *string { return &d.RegistrationEndpoint },
		"introspection_endpoint":                func(d *metadata.Document) *string { return &d.IntrospectionEndpoint },
		"userinfo_endpoint":                     func(d *metadata.Document) *string { return &d.UserinfoEndpoint },
		"pushed_authorization_request_endpoint": func(d *metadata.Document) *string { return &d.PushedAuthorizationRequestEndpoint },
		"backchannel_authentication_endpoint":   func(d *metadata.Document) *string { return &d.BackchannelAuthenticationEndpoint },
	}
	for name, at := range endpoints {
		t.Run("F2-TLS-01 "+name, rule{change: func(d *metadata.Document) { *at(d) = "https://as.example/x" }}.run)
		for _, url := range []string{"http://as.example/x", "/x", "https:///x", "https://u@as.example/x", "https://as.example/x#y"} {
			t.Run("F2-TLS-01 "+name+" "+url, rule{
				change: func(d *metadata.Document) { *at(d) = url }, want: metadata.ErrEndpoint, member: name,
			}.run)
		}
	}
}

func TestAliases(t *testing.T) {
	t.Parallel()
	for _, r := range []rule{
		{"MTLS-17 none", func(d *metadata.Document) { d.MTLSEndpointAliases = nil }, nil, ""},
		{"MTLS-17 http", func(d *metadata.Document) {
			d.MTLSEndpointAliases.TokenEndpoint = "http://mtls.as.example/token"
		}, metadata.ErrEndpoint, "mtls_endpoint_aliases.token_endpoint"},
		{"MTLS-17 of an endpoint that is there", func(d *metadata.Document) {
			d.UserinfoEndpoint = "https://as.example/userinfo"
			d.MTLSEndpointAliases.UserinfoEndpoint = "https://mtls.as.example/userinfo"
		}, nil, ""},
		{"MTLS-17 of an endpoint that is not there", func(d *metadata.Document) {
			d.MTLSEndpointAliases.UserinfoEndpoint = "https://mtls.as.example/userinfo"
		}, metadata.ErrAlias, "userinfo_endpoint"},
	} {
		t.Run(r.name, r.run)
	}
}

func TestAlgorithms(t *testing.T) {
	t.Parallel()
	for _, r := range []rule{
		{"MD-10 private_key_jwt", func(d *metadata.Document) {
			d.TokenEndpointAuthSigningAlgValuesSupported = nil
		}, metadata.ErrAlgorithms, "token_endpoint_auth_signing_alg_values_supported"},
		{"MD-10 client_secret_jwt", func(d *metadata.Document) {
			d.TokenEndpointAuthMethodsSupported = []string{"client_secret_jwt"}
			d.TokenEndpointAuthSigningAlgValuesSupported = nil
		}, metadata.ErrAlgorithms, "token_endpoint_auth_signing_alg_values_supported"},
		{"MD-10 tls_client_auth needs none", func(d *metadata.Document) {
			d.TokenEndpointAuthMethodsSupported = []string{"tls_client_auth"}
			d.TokenEndpointAuthSigningAlgValuesSupported = nil
		}, nil, ""},
		{"MD-10 introspection", func(d *metadata.Document) {
			d.IntrospectionEndpoint = "https://as.example/introspect"
			d.IntrospectionEndpointAuthMethodsSupported = []string{"private_key_jwt"}
		}, metadata.ErrAlgorithms, "introspection_endpoint_auth_signing_alg_values_supported"},
		{"MD-10 introspection with algorithms", func(d *metadata.Document) {
			d.IntrospectionEndpoint = "https://as.example/introspect"
			d.IntrospectionEndpointAuthMethodsSupported = []string{"private_key_jwt"}
			d.IntrospectionEndpointAuthSigningAlgValuesSupported = []string{"PS256"}
		}, nil, ""},
		{"MD-10 revocation", func(d *metadata.Document) {
			d.RevocationEndpoint = "https://as.example/revoke"
			d.RevocationEndpointAuthMethodsSupported = []string{"private_key_jwt"}
		}, metadata.ErrAlgorithms, "revocation_endpoint_auth_signing_alg_values_supported"},
		{"MD-10 none", func(d *metadata.Document) {
			d.TokenEndpointAuthSigningAlgValuesSupported = []string{"PS256", "none"}
		}, metadata.ErrAlgorithms, "token_endpoint_auth_signing_alg_values_supported"},
		{"F2-CR-03 DPoP none", func(d *metadata.Document) {
			d.DPoPSigningAlgValuesSupported = []string{"none"}
		}, metadata.ErrAlgorithms, "dpop_signing_alg_values_supported"},
		{"F2-CR-03 request object none", func(d *metadata.Document) {
			d.RequestObjectSigningAlgValuesSupported = []string{"none"}
		}, metadata.ErrAlgorithms, "request_object_signing_alg_values_supported"},
	} {
		t.Run(r.name, r.run)
	}
}

func TestValidateReportsEverything(t *testing.T) {
	t.Parallel()
	err := new(metadata.Document).Validate()
	require.ErrorIs(t, err, metadata.ErrIssuer)
	require.ErrorIs(t, err, metadata.ErrMissing)
}
