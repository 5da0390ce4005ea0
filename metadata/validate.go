package metadata

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// What [Document.Validate] finds. Each is wrapped with the member's name.
var (
	// ErrIssuer means that issuer isn't an https URL of host and path alone (RFC 8414 2).
	ErrIssuer = errors.New("metadata: issuer is not acceptable")
	// ErrMissing means that a member is absent that RFC 8414 or another member demands, or whose default nobody chose.
	ErrMissing = errors.New("metadata: member is missing")
	// ErrEndpoint means that an endpoint, an alias of one or jwks_uri isn't an https URL without fragment.
	ErrEndpoint = errors.New("metadata: endpoint is not an https URL")
	// ErrAlgorithms means that a list of algorithms has "none" in it, or is missing beside a method that signs by them.
	ErrAlgorithms = errors.New("metadata: algorithms are not acceptable")
	// ErrAlias means that mtls_endpoint_aliases has an endpoint that the document itself doesn't have (RFC 8705 5).
	ErrAlias = errors.New("metadata: alias of an endpoint that the document does not have")
)

// Validate returns everything in the document that contradicts RFC 8414 and the specifications that add to it, joined;
// nil when nothing does.
func (d *Document) Validate() error {
	var problems []error
	fail := func(sentinel error, format string, args ...any) {
		problems = append(problems, fmt.Errorf("%w: %s", sentinel, fmt.Sprintf(format, args...)))
	}
	if _, err := parseIssuer(d.Issuer); err != nil {
		problems = append(problems, err)
	}
	d.validateMissing(fail)
	d.validateEndpoints(fail)
	d.validateAlgorithms(fail)
	return errors.Join(problems...)
}

type failFunc func(sentinel error, format string, args ...any)

// validateMissing: members that a rule demands, and those whose absence stands for a default that nobody chose.
func (d *Document) validateMissing(fail failFunc) {
	redirects := slices.Contains(d.GrantTypesSupported, "authorization_code") || slices.Contains(d.GrantTypesSupported, "implicit")
	openID := len(d.SubjectTypesSupported) > 0 || len(d.IDTokenSigningAlgValuesSupported) > 0
	signs := openID || len(d.AuthorizationSigningAlgValuesSupported) > 0 || len(d.IntrospectionSigningAlgValuesSupported) > 0
	for _, one := range []struct {
		name    string
		absent  bool
		because string
	}{
		{"token_endpoint", d.TokenEndpoint == "", "RFC 8414 2"},
		{"authorization_endpoint", redirects && d.AuthorizationEndpoint == "", "a grant type uses it (RFC 8414 2)"},
		{"response_types_supported", redirects && len(d.ResponseTypesSupported) == 0, "RFC 8414 2"}, // without redirects there is none to name
		{"grant_types_supported", len(d.GrantTypesSupported) == 0, "absent it announces the implicit grant"},
		{"token_endpoint_auth_methods_supported", len(d.TokenEndpointAuthMethodsSupported) == 0, "absent it announces client_secret_basic"},
		{"revocation_endpoint_auth_methods_supported", d.RevocationEndpoint != "" && len(d.RevocationEndpointAuthMethodsSupported) == 0, "absent it announces client_secret_basic"},
		{"jwks_uri", signs && d.JWKSURI == "", "clients verify what the server signs"},
		{"subject_types_supported", openID && len(d.SubjectTypesSupported) == 0, "OpenID Connect Discovery 3"},
		{"id_token_signing_alg_values_supported", openID && len(d.IDTokenSigningAlgValuesSupported) == 0, "OpenID Connect Discovery 3"},
		{"pushed_authorization_request_endpoint", d.RequirePushedAuthorizationRequests && d.PushedAuthorizationRequestEndpoint == "", "pushed requests are required (RFC 9126 5)"},
	} {
		if one.absent {
			fail(ErrMissing, "%s: %s", one.name, one.because)
		}
	}
}

// validateEndpoints holds every URL against https, and every alias against the endpoint that it stands for.
func (d *Document) validateEndpoints(fail failFunc) {
	aliases := d.MTLSEndpointAliases
	if aliases == nil {
		aliases = new(Aliases)
	}
	for _, one := range []struct{ name, endpoint, alias string }{
		{"authorization_endpoint", d.AuthorizationEndpoint, ""},
		{"token_endpoint", d.TokenEndpoint, aliases.TokenEndpoint},
		{"jwks_uri", d.JWKSURI, ""},
		{"registration_endpoint", d.RegistrationEndpoint, aliases.RegistrationEndpoint},
		{"revocation_endpoint", d.RevocationEndpoint, aliases.RevocationEndpoint},
		{"introspection_endpoint", d.IntrospectionEndpoint, aliases.IntrospectionEndpoint},
		{"userinfo_endpoint", d.UserinfoEndpoint, aliases.UserinfoEndpoint},
		{"pushed_authorization_request_endpoint", d.PushedAuthorizationRequestEndpoint, aliases.PushedAuthorizationRequestEndpoint},
		{"backchannel_authentication_endpoint", d.BackchannelAuthenticationEndpoint, aliases.BackchannelAuthenticationEndpoint},
	} {
		if one.endpoint != "" && !isEndpoint(one.endpoint) {
			fail(ErrEndpoint, "%s: %q", one.name, one.endpoint)
		}
		if one.alias != "" && !isEndpoint(one.alias) {
			fail(ErrEndpoint, "mtls_endpoint_aliases.%s: %q", one.name, one.alias)
		}
		if one.alias != "" && one.endpoint == "" {
			fail(ErrAlias, "%s", one.name)
		}
	}
}

func isEndpoint(raw string) bool {
	u, err := url.Parse(raw)
	return err == nil && u.Scheme == "https" && u.Hostname() != "" && u.User == nil && !strings.Contains(raw, "#")
}

// validateAlgorithms: RFC 8414 2 for client authentication by JWT; "none" is not a signature anywhere.
func (d *Document) validateAlgorithms(fail failFunc) {
	for _, one := range []struct {
		name    string
		methods []string
		algs    []string
	}{
		{"token_endpoint_auth", d.TokenEndpointAuthMethodsSupported, d.TokenEndpointAuthSigningAlgValuesSupported},
		{"revocation_endpoint_auth", d.RevocationEndpointAuthMethodsSupported, d.RevocationEndpointAuthSigningAlgValuesSupported},
		{"introspection_endpoint_auth", d.IntrospectionEndpointAuthMethodsSupported, d.IntrospectionEndpointAuthSigningAlgValuesSupported},
	} {
		byJWT := slices.Contains(one.methods, "private_key_jwt") || slices.Contains(one.methods, "client_secret_jwt")
		if byJWT && len(one.algs) == 0 {
			fail(ErrAlgorithms, "%s_signing_alg_values_supported is missing beside a JWT method", one.name)
		}
	}
	for _, one := range []struct {
		name string
		algs []string
	}{
		{"token_endpoint_auth_signing_alg_values_supported", d.TokenEndpointAuthSigningAlgValuesSupported},
		{"revocation_endpoint_auth_signing_alg_values_supported", d.RevocationEndpointAuthSigningAlgValuesSupported},
		{"introspection_endpoint_auth_signing_alg_values_supported", d.IntrospectionEndpointAuthSigningAlgValuesSupported},
		{"id_token_signing_alg_values_supported", d.IDTokenSigningAlgValuesSupported},
		{"request_object_signing_alg_values_supported", d.RequestObjectSigningAlgValuesSupported},
		{"dpop_signing_alg_values_supported", d.DPoPSigningAlgValuesSupported},
		{"authorization_signing_alg_values_supported", d.AuthorizationSigningAlgValuesSupported},
		{"introspection_signing_alg_values_supported", d.IntrospectionSigningAlgValuesSupported},
		{"backchannel_authentication_request_signing_alg_values_supported", d.BackchannelAuthenticationRequestSigningAlgValuesSupported},
	} {
		if slices.Contains(one.algs, "none") {
			fail(ErrAlgorithms, "%s has none", one.name)
		}
	}
}
