package registration_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/registration"
)

// A rule is one change to a client that breaks no rule, and the member that is at fault afterwards ("": none is).
type rule struct {
	name   string
	change func(m *registration.Metadata)
	field  string
}

func (r rule) run(t *testing.T) {
	t.Parallel()
	m := valid(t)
	require.NoError(t, m.Validate(), "before the change")
	r.change(m)
	err := m.Validate()
	if r.field == "" {
		require.NoError(t, err)
		return
	}
	var problem *registration.FieldError
	require.ErrorAs(t, err, &problem)
	all := registration.Problems(err)
	require.Len(t, all, 1, "one change breaks one rule: %v", err)
	assert.Equal(t, r.field, all[0].Field)
	assert.NotEmpty(t, all[0].Reason)
	if r.field == "redirect_uris" {
		assert.Equal(t, registration.CodeRedirectURI, all[0].Code, "DCR-03")
	} else {
		assert.Equal(t, registration.CodeMetadata, all[0].Code, "DCR-03")
	}
}

func run(t *testing.T, rules []rule) {
	t.Helper()
	t.Parallel()
	for _, r := range rules {
		t.Run(r.name, r.run)
	}
}

func TestRedirectURIs(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, uri string
		ok        bool
	}{
		{"https", "https://client.example/cb?a=b", true},
		{"https on a port", "https://client.example:8443/cb", true},
		{"http on 127.0.0.1", "http://127.0.0.1:54321/cb", true},
		{"http on ::1", "http://[::1]/cb", true},
		{"http on localhost", "http://localhost/cb", true},
		{"private scheme", "com.example.app:/cb", true},
		{"http elsewhere", "http://client.example/cb", false},
		{"http on a name that begins like loopback", "http://127.0.0.1.client.example/cb", false},
		{"relative", "/cb", false},
		{"no scheme", "client.example/cb", false},
		{"empty", "", false},
		{"fragment", "https://client.example/cb#x", false},
		{"empty fragment", "https://client.example/cb#", false},
		{"credentials", "https://user:pass@client.example/cb", false},
		{"no host", "https:///cb", false},
		{"opaque https", "https:client.example", false},
		{"javascript", "javascript:alert(1)", false},
		{"javascript in capitals", "JavaScript:alert(1)", false},
		{"data", "data:text/html,x", false},
		{"blank", "https://client.example/c b", false},
		{"line end", "https://client.example/cb\n", false},
		{"backslash", `https://client.example\@evil.example/cb`, false},
		{"other script", "https://clіent.example/cb", false},
		{"bad port", "https://client.example:port/cb", false},
	}
	for _, c := range cases {
		field := "redirect_uris"
		if c.ok {
			field = ""
		}
		t.Run("DCR-09 "+c.name, rule{change: func(m *registration.Metadata) {
			m.RedirectURIs = append(m.RedirectURIs, c.uri)
		}, field: field}.run)
	}
	t.Run("DCR-09 none", rule{change: func(m *registration.Metadata) { m.RedirectURIs = nil }, field: "redirect_uris"}.run)
	t.Run("DCR-09 none needed", rule{change: func(m *registration.Metadata) {
		m.RedirectURIs, m.GrantTypes = nil, []string{"client_credentials"}
	}}.run)
}

func TestFlows(t *testing.T) {
	run(t, []rule{
		{"DCR-07 code", func(m *registration.Metadata) { m.ResponseTypes = []string{"code"} }, ""},
		{"DCR-07 code id_token without implicit", func(m *registration.Metadata) { m.ResponseTypes = []string{"code id_token"} }, ""},
		{"DCR-11 id_token code", func(m *registration.Metadata) { m.ResponseTypes = []string{"id_token code"} }, ""},
		{"DCR-07 none beside code", func(m *registration.Metadata) { m.ResponseTypes = []string{"code", "none"} }, ""},
		{"DCR-07 implicit", func(m *registration.Metadata) {
			m.GrantTypes, m.ResponseTypes = []string{"implicit"}, []string{"id_token", "id_token token"}
		}, ""},
		{"DCR-07 grant types in another order", func(m *registration.Metadata) {
			m.GrantTypes = []string{"refresh_token", "authorization_code"}
		}, ""},
		{"DCR-07 extension grant", func(m *registration.Metadata) {
			m.GrantTypes = []string{"authorization_code", "urn:ietf:params:oauth:grant-type:jwt-bearer"}
		}, ""},
		{"DCR-07 unknown grant", func(m *registration.Metadata) {
			m.GrantTypes = []string{"authorization_code", "authorisation_code"}
		}, "grant_types"},
		{"DCR-07 token without implicit", func(m *registration.Metadata) {
			m.ResponseTypes = []string{"code", "token"}
		}, "response_types"},
		{"DCR-07 code token without implicit", func(m *registration.Metadata) {
			m.ResponseTypes = []string{"code token"}
		}, "response_types"},
		{"DCR-07 id_token alone without implicit", func(m *registration.Metadata) {
			m.ResponseTypes = []string{"code", "id_token"}
		}, "response_types"},
		{"DCR-07 code without authorization_code", func(m *registration.Metadata) {
			m.GrantTypes, m.ResponseTypes = []string{"client_credentials"}, []string{"code"}
		}, "response_types"},
		{"DCR-07 authorization_code without code", func(m *registration.Metadata) {
			m.ResponseTypes = []string{"none"}
		}, "grant_types"},
		{"DCR-07 implicit without token", func(m *registration.Metadata) {
			m.GrantTypes = []string{"authorization_code", "implicit"}
			m.ResponseTypes = []string{"code"}
		}, "grant_types"},
		{"DCR-07 unknown response type", func(m *registration.Metadata) { m.ResponseTypes = []string{"code", "cod"} }, "response_types"},
		{"DCR-07 twice the same", func(m *registration.Metadata) { m.ResponseTypes = []string{"code", "code code"} }, "response_types"},
		{"DCR-07 none with others", func(m *registration.Metadata) { m.ResponseTypes = []string{"code", "code none"} }, "response_types"},
		{"response mode", func(m *registration.Metadata) { m.ResponseModes = []string{"jwt", "query.jwt"} }, ""},
		{"empty response mode", func(m *registration.Metadata) { m.ResponseModes = []string{"jwt", ""} }, "response_modes"},
		{"authorization details type", func(m *registration.Metadata) { m.AuthorizationDetailsTypes = []string{"payment"} }, ""},
		{"empty authorization details type", func(m *registration.Metadata) { m.AuthorizationDetailsTypes = []string{""} }, "authorization_details_types"},
		{"no scope", func(m *registration.Metadata) { m.Scope = "" }, ""},
		{"scope of two blanks", func(m *registration.Metadata) { m.Scope = "openid  accounts" }, "scope"},
		{"scope with a quote", func(m *registration.Metadata) { m.Scope = `openid "accounts"` }, "scope"},
	})
}

func TestAuthentication(t *testing.T) {
	subject := func(change func(m *registration.Metadata)) func(m *registration.Metadata) {
		return func(m *registration.Metadata) {
			m.TokenEndpointAuthMethod = registration.AuthTLS
			change(m)
		}
	}
	run(t, []rule{
		{"no method", func(m *registration.Metadata) { m.TokenEndpointAuthMethod = "" }, ""},
		{"unknown method", func(m *registration.Metadata) { m.TokenEndpointAuthMethod = "password" }, "token_endpoint_auth_method"},
		{"private_key_jwt by jwks_uri", func(m *registration.Metadata) {
			m.JWKS, m.JWKSURI = nil, "https://client.example/jwks"
		}, ""},
		{"private_key_jwt without keys", func(m *registration.Metadata) { m.JWKS = nil }, "token_endpoint_auth_method"},
		{"private_key_jwt with an empty set", func(m *registration.Metadata) { m.JWKS = keySet() }, "token_endpoint_auth_method"},
		{"private_key_jwt with PS256", func(m *registration.Metadata) { m.TokenEndpointAuthSigningAlg = "PS256" }, ""},
		{"private_key_jwt with HS256", func(m *registration.Metadata) { m.TokenEndpointAuthSigningAlg = "HS256" }, "token_endpoint_auth_signing_alg"},
		{"client_secret_jwt with HS256", func(m *registration.Metadata) {
			m.TokenEndpointAuthMethod, m.TokenEndpointAuthSigningAlg = registration.AuthClientSecretJWT, "HS256"
		}, ""},
		{"client_secret_jwt with ES256", func(m *registration.Metadata) {
			m.TokenEndpointAuthMethod, m.TokenEndpointAuthSigningAlg = registration.AuthClientSecretJWT, "ES256"
		}, "token_endpoint_auth_signing_alg"},
		{"none", func(m *registration.Metadata) { m.TokenEndpointAuthMethod = registration.AuthNone }, ""},
		{"none with client_credentials", func(m *registration.Metadata) {
			m.TokenEndpointAuthMethod = registration.AuthNone
			m.GrantTypes = []string{"authorization_code", "client_credentials"}
		}, "token_endpoint_auth_method"},
		{"MTLS-07 self-signed with keys", func(m *registration.Metadata) { m.TokenEndpointAuthMethod = registration.AuthSelfSignedTLS }, ""},
		{"MTLS-07 self-signed without keys", func(m *registration.Metadata) {
			m.TokenEndpointAuthMethod, m.JWKS = registration.AuthSelfSignedTLS, nil
		}, "token_endpoint_auth_method"},

		{"MTLS-05 DN", subject(func(m *registration.Metadata) { m.TLSClientAuthSubjectDN = "CN=client,O=Example" }), ""},
		{"MTLS-05 DNS", subject(func(m *registration.Metadata) { m.TLSClientAuthSANDNS = "client.example" }), ""},
		{"MTLS-05 URI", subject(func(m *registration.Metadata) { m.TLSClientAuthSANURI = "spiffe://example/client" }), ""},
		{"MTLS-05 IP", subject(func(m *registration.Metadata) { m.TLSClientAuthSANIP = "2001:0DB8:0:0:0:0:0:1" }), ""},
		{"MTLS-05 e-mail", subject(func(m *registration.Metadata) { m.TLSClientAuthSANEmail = "ops@client.example" }), ""},
		{"MTLS-05 none", subject(func(*registration.Metadata) {}), "token_endpoint_auth_method"},
		{"MTLS-05 two", subject(func(m *registration.Metadata) {
			m.TLSClientAuthSubjectDN, m.TLSClientAuthSANDNS = "CN=client", "client.example"
		}), "token_endpoint_auth_method"},
		{"MTLS-05 not a DN", subject(func(m *registration.Metadata) { m.TLSClientAuthSubjectDN = "client" }), "tls_client_auth_subject_dn"},
		{"MTLS-05 wildcard", subject(func(m *registration.Metadata) { m.TLSClientAuthSANDNS = "*.example" }), "tls_client_auth_san_dns"},
		{"MTLS-05 empty label", subject(func(m *registration.Metadata) { m.TLSClientAuthSANDNS = "client..example" }), "tls_client_auth_san_dns"},
		{"MTLS-05 relative URI", subject(func(m *registration.Metadata) { m.TLSClientAuthSANURI = "/client" }), "tls_client_auth_san_uri"},
		{"MTLS-05 not an IP", subject(func(m *registration.Metadata) { m.TLSClientAuthSANIP = "192.0.2.256" }), "tls_client_auth_san_ip"},
		{"MTLS-05 not an e-mail", subject(func(m *registration.Metadata) { m.TLSClientAuthSANEmail = "Ops <ops@client.example>" }), "tls_client_auth_san_email"},
	})
}

func TestAlgorithms(t *testing.T) {
	t.Parallel()
	encrypted := []struct {
		field    string
		alg, enc func(m *registration.Metadata) *string
		toClient bool
	}{
		{"request_object_encryption", func(m *registration.Metadata) *string { return &m.RequestObjectEncryptionAlg },
			func(m *registration.Metadata) *string { return &m.RequestObjectEncryptionEnc }, false},
		{"id_token_encrypted_response", func(m *registration.Metadata) *string { return &m.IDTokenEncryptedResponseAlg },
			func(m *registration.Metadata) *string { return &m.IDTokenEncryptedResponseEnc }, true},
		{"userinfo_encrypted_response", func(m *registration.Metadata) *string { return &m.UserinfoEncryptedResponseAlg },
			func(m *registration.Metadata) *string { return &m.UserinfoEncryptedResponseEnc }, true},
		{"authorization_encrypted_response", func(m *registration.Metadata) *string { return &m.AuthorizationEncryptedResponseAlg },
			func(m *registration.Metadata) *string { return &m.AuthorizationEncryptedResponseEnc }, true},
		{"introspection_encrypted_response", func(m *registration.Metadata) *string { return &m.IntrospectionEncryptedResponseAlg },
			func(m *registration.Metadata) *string { return &m.IntrospectionEncryptedResponseEnc }, true},
	}
	for _, e := range encrypted {
		set := func(alg, enc string) func(m *registration.Metadata) {
			return func(m *registration.Metadata) { *e.alg(m), *e.enc(m) = alg, enc }
		}
		t.Run(e.field+" alg and enc", rule{change: set("RSA-OAEP-256", "A256GCM")}.run)
		t.Run(e.field+" alg alone", rule{change: set("ECDH-ES", "")}.run)
		t.Run(e.field+" enc alone", rule{change: set("", "A256GCM"), field: e.field + "_enc"}.run)
		t.Run(e.field+" RFC 8725 3.2 RSA1_5", rule{change: set("RSA1_5", "A256GCM"), field: e.field + "_alg"}.run)
		t.Run(e.field+" unknown enc", rule{change: set("RSA-OAEP", "A256"), field: e.field + "_enc"}.run)
		noKeys := func(m *registration.Metadata) {
			set("RSA-OAEP", "")(m)
			m.TokenEndpointAuthMethod, m.JWKS = "", nil
		}
		if e.toClient {
			t.Run(e.field+" without a client key", rule{change: noKeys, field: e.field + "_alg"}.run)
		} else {
			t.Run(e.field+" without a client key", rule{change: noKeys}.run)
		}
	}

	signed := map[string]func(m *registration.Metadata) *string{
		"token_endpoint_auth_signing_alg":   func(m *registration.Metadata) *string { return &m.TokenEndpointAuthSigningAlg },
		"request_object_signing_alg":        func(m *registration.Metadata) *string { return &m.RequestObjectSigningAlg },
		"id_token_signed_response_alg":      func(m *registration.Metadata) *string { return &m.IDTokenSignedResponseAlg },
		"userinfo_signed_response_alg":      func(m *registration.Metadata) *string { return &m.UserinfoSignedResponseAlg },
		"authorization_signed_response_alg": func(m *registration.Metadata) *string { return &m.AuthorizationSignedResponseAlg },
		"introspection_signed_response_alg": func(m *registration.Metadata) *string { return &m.IntrospectionSignedResponseAlg },
		"backchannel_authentication_request_signing_alg": func(m *registration.Metadata) *string {
			return &m.BackchannelAuthenticationRequestSigningAlg
		},
	}
	for field, at := range signed {
		for _, alg := range []string{"PS256", "ES256", "EdDSA", "Ed25519"} {
			t.Run(fmt.Sprintf("F2-CR-02 %s %s", field, alg), rule{change: func(m *registration.Metadata) { *at(m) = alg }}.run)
		}
		for _, alg := range []string{"none", "NONE", "es256", "XS256"} {
			t.Run(fmt.Sprintf("F2-CR-03 %s %s", field, alg), rule{change: func(m *registration.Metadata) { *at(m) = alg }, field: field}.run)
		}
	}
	t.Run("CIBA 4 symmetric", rule{change: func(m *registration.Metadata) {
		m.BackchannelAuthenticationRequestSigningAlg = "HS256"
	}, field: "backchannel_authentication_request_signing_alg"}.run)
}

func TestURIs(t *testing.T) {
	t.Parallel()
	https := map[string]func(m *registration.Metadata, uri string){
		"jwks_uri":              func(m *registration.Metadata, uri string) { m.JWKS, m.JWKSURI = nil, uri },
		"sector_identifier_uri": func(m *registration.Metadata, uri string) { m.SectorIdentifierURI = uri },
		"request_uris":          func(m *registration.Metadata, uri string) { m.RequestURIs = []string{uri} },
		"backchannel_client_notification_endpoint": func(m *registration.Metadata, uri string) {
			m.BackchannelClientNotificationEndpoint = uri
		},
	}
	for field, set := range https {
		t.Run("F2-CR-07 "+field+" https", rule{change: func(m *registration.Metadata) { set(m, "https://client.example/x") }}.run)
		for _, uri := range []string{"http://client.example/x", "https:///x", "https://user@client.example/x", "ftp://client.example/x", "file:///etc/passwd", "x"} {
			t.Run("F2-CR-07 "+field+" "+uri, rule{change: func(m *registration.Metadata) { set(m, uri) }, field: field}.run)
		}
	}
	pages := map[string]func(m *registration.Metadata) *string{
		"client_uri": func(m *registration.Metadata) *string { return &m.ClientURI },
		"logo_uri":   func(m *registration.Metadata) *string { return &m.LogoURI },
		"tos_uri":    func(m *registration.Metadata) *string { return &m.TOSURI },
		"policy_uri": func(m *registration.Metadata) *string { return &m.PolicyURI },
	}
	for field, at := range pages {
		for _, uri := range []string{"https://client.example/#top", "http://client.example/"} {
			t.Run(field+" "+uri, rule{change: func(m *registration.Metadata) { *at(m) = uri }}.run)
		}
		t.Run(field+" javascript", rule{change: func(m *registration.Metadata) { *at(m) = "javascript:alert(1)" }, field: field}.run)
	}
}

func TestOpenIDAndBackchannel(t *testing.T) {
	negative, zero := int64(-1), int64(0)
	run(t, []rule{
		{"application type", func(m *registration.Metadata) { m.ApplicationType = "native" }, ""},
		{"unknown application type", func(m *registration.Metadata) { m.ApplicationType = "desktop" }, "application_type"},
		{"unknown subject type", func(m *registration.Metadata) { m.SubjectType = "private" }, "subject_type"},
		{"pairwise, one host", func(m *registration.Metadata) { m.SubjectType = "pairwise" }, ""},
		{"pairwise, two hosts", func(m *registration.Metadata) {
			m.SubjectType = "pairwise"
			m.RedirectURIs = append(m.RedirectURIs, "https://other.example/cb")
		}, "sector_identifier_uri"},
		{"max age zero", func(m *registration.Metadata) { m.DefaultMaxAge = &zero }, ""},
		{"max age negative", func(m *registration.Metadata) { m.DefaultMaxAge = &negative }, "default_max_age"},
		{"CIBA 4 poll", func(m *registration.Metadata) {
			m.GrantTypes = []string{"authorization_code", registration.GrantCIBA}
			m.BackchannelTokenDeliveryMode = "poll"
		}, ""},
		{"CIBA 4 no delivery mode", func(m *registration.Metadata) {
			m.GrantTypes = []string{"authorization_code", registration.GrantCIBA}
		}, "backchannel_token_delivery_mode"},
		{"CIBA 4 unknown delivery mode", func(m *registration.Metadata) { m.BackchannelTokenDeliveryMode = "pull" }, "backchannel_token_delivery_mode"},
		{"CIBA 4 ping without endpoint", func(m *registration.Metadata) { m.BackchannelTokenDeliveryMode = "ping" }, "backchannel_client_notification_endpoint"},
	})
}

func TestKeys(t *testing.T) {
	t.Parallel()
	one, two := ecKey(t), ecKey(t)
	cert := certificate(t, one)
	with := func(keys ...jose.JSONWebKey) func(m *registration.Metadata) {
		return func(m *registration.Metadata) { m.JWKS = keySet(keys...) }
	}
	rules := []rule{
		{"DCR-06 jwks beside jwks_uri", func(m *registration.Metadata) { m.JWKSURI = "https://client.example/jwks" }, "jwks"},
		{"DCR-06 jwks_uri alone", func(m *registration.Metadata) { m.JWKS, m.JWKSURI = nil, "https://client.example/jwks" }, ""},
		{"F2-CR-04 RSA of 2048 bits", with(jose.JSONWebKey{Key: rsaKey(2048)}), ""},
		{"F2-CR-04 RSA of 2047 bits", with(jose.JSONWebKey{Key: rsaKey(2047)}), "jwks"},
		{"private key", with(jose.JSONWebKey{Key: one}), "jwks"},
		{"symmetric key", with(jose.JSONWebKey{Key: []byte("secret")}), "jwks"},
		{"no key", with(jose.JSONWebKey{}), "jwks"},
		{"use", with(jose.JSONWebKey{Key: one.Public(), Use: "enc"}), ""},
		{"unknown use", with(jose.JSONWebKey{Key: one.Public(), Use: "sign"}), "jwks"},
		{"alg none", with(jose.JSONWebKey{Key: one.Public(), Algorithm: "none"}), "jwks"},
		{"F2-CR-09 kids differ", with(jose.JSONWebKey{Key: one.Public(), KeyID: "1"}, jose.JSONWebKey{Key: two.Public(), KeyID: "2"}), ""},
		{"F2-CR-09 kids alike, uses differ", with(
			jose.JSONWebKey{Key: one.Public(), KeyID: "1", Use: "sig"}, jose.JSONWebKey{Key: two.Public(), KeyID: "1", Use: "enc"}), ""},
		{"F2-CR-09 kids alike, types differ", with(
			jose.JSONWebKey{Key: one.Public(), KeyID: "1"}, jose.JSONWebKey{Key: rsaKey(2048), KeyID: "1"}), ""},
		{"F2-CR-09 kids alike, nothing differs", with(
			jose.JSONWebKey{Key: one.Public(), KeyID: "1"}, jose.JSONWebKey{Key: two.Public(), KeyID: "1"}), "jwks"},
		{"F2-CR-09 no kids", with(jose.JSONWebKey{Key: one.Public()}, jose.JSONWebKey{Key: two.Public()}), ""},
	}
	for _, r := range rules {
		t.Run(r.name, r.run)
	}
	t.Run("MTLS-08 x5c of the key", rule{change: func(m *registration.Metadata) {
		m.JWKS.Keys[0].Key, m.JWKS.Keys[0].Certificates = one.Public(), append(m.JWKS.Keys[0].Certificates, cert)
	}}.run)
	t.Run("MTLS-08 x5c of another key", rule{change: func(m *registration.Metadata) {
		m.JWKS.Keys[0].Key, m.JWKS.Keys[0].Certificates = two.Public(), append(m.JWKS.Keys[0].Certificates, cert)
	}, field: "jwks"}.run)
}

func TestValidateReportsEverything(t *testing.T) {
	t.Parallel()
	m := valid(t)
	m.RedirectURIs = []string{"http://client.example/cb", "/cb"}
	m.TokenEndpointAuthMethod = "secret"
	m.IDTokenSignedResponseAlg = "none"
	problems := registration.Problems(fmt.Errorf("client: %w", m.Validate()))
	var fields []string
	for _, p := range problems {
		fields = append(fields, p.Field)
	}
	assert.Equal(t, []string{"redirect_uris", "redirect_uris", "token_endpoint_auth_method", "id_token_signed_response_alg"}, fields)
	assert.Nil(t, registration.Problems(nil))
	assert.Nil(t, registration.Problems(registration.ErrDocument))
}

func TestClientName(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		value string
		kept  bool
	}{
		"DCR-03 none":                       {"", true},
		"DCR-03 a name of another script":   {"\u0628\u0646\u0643 \u200fMüller & Söhne", true},
		"DCR-03 256 characters":             {strings.Repeat("ü", 256), true},
		"DCR-03 257 characters":             {strings.Repeat("ü", 257), false},
		"DCR-03 a line break":               {"Bank\nlogged in as alice", false},
		"DCR-03 a separator of lines":       {"Bank\u2028logged in as alice", false},
		"DCR-03 an override of direction":   {"\u202eknaB", false},
		"DCR-03 an isolate of direction":    {"\u2067Bank", false},
		"DCR-03 a control character of ISO": {"Bank\u009b", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := registration.Metadata{ClientName: c.value, GrantTypes: []string{"client_credentials"}, TokenEndpointAuthMethod: registration.AuthClientSecretBasic}
			problems := registration.Problems(m.Validate())
			if c.kept {
				assert.Empty(t, problems)
				return
			}
			require.Len(t, problems, 1)
			assert.Equal(t, "client_name", problems[0].Field)
			assert.Equal(t, registration.CodeMetadata, problems[0].Code)
		})
	}
}
