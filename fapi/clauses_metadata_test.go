package fapi_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

// get fetches a document of the server.
func get(path string, m ...fapitest.Mutation) step {
	return func(b *bench) *fapitest.Answer {
		return b.send(nil, &fapitest.Message{Method: http.MethodGet, URL: issuer + path, Header: http.Header{}}, m...)
	}
}

const (
	wellKnownOAuth  = "/.well-known/oauth-authorization-server"
	wellKnownOpenID = "/.well-known/openid-configuration"
)

func TestClausesMetadata(t *testing.T) {
	t.Parallel()
	algorithms := `["PS256","ES256","EdDSA"]`
	methods := `["private_key_jwt","tls_client_auth","self_signed_tls_client_auth"]`
	clauses{
		{"F2-AS-01/kept by RFC 8414", get(wellKnownOAuth), document(member("issuer", issuer))},
		{"F2-AS-01 F1B-AS-22/kept by OpenID Connect Discovery", get(wellKnownOpenID), document(member("issuer", issuer))},
		{"F2-AS-01/kept identical", get(wellKnownOpenID), func(b *bench, a *fapitest.Answer) { assert.Equal(b, get(wellKnownOAuth)(b).Body, a.Body) }},
		{"PAR-02/kept", get(wellKnownOAuth), document(member("pushed_authorization_request_endpoint", issuer+"/par"))},
		{"PAR-27/kept", get(wellKnownOAuth), document(member("require_pushed_authorization_requests", true))},
		{"PKCE-14/kept", get(wellKnownOAuth), document(member("code_challenge_methods_supported", []any{"S256"}))},
		{"ISS-04/kept", get(wellKnownOAuth), document(member("authorization_response_iss_parameter_supported", true))},
		{"MTLS-14/kept", get(wellKnownOAuth), document(member("tls_client_certificate_bound_access_tokens", true))},
		{"F2-AS-01 F1B-AS-22/refused POST", get(wellKnownOAuth, method(http.MethodPost)), func(b *bench, a *fapitest.Answer) {
			assert.Equal(b, http.StatusMethodNotAllowed, a.Status)
			assert.Equal(b, "GET, HEAD", a.Header.Get("Allow"))
		}},
		{"MD-04/kept the whole document", get(wellKnownOAuth), func(b *bench, a *fapitest.Answer) {
			assert.JSONEq(b, `{
				"issuer": "https://as.example.com",
				"authorization_endpoint": "https://as.example.com/authorize",
				"token_endpoint": "https://as.example.com/token",
				"pushed_authorization_request_endpoint": "https://as.example.com/par",
				"introspection_endpoint": "https://as.example.com/introspect",
				"revocation_endpoint": "https://as.example.com/revoke",
				"jwks_uri": "https://as.example.com/jwks",
				"response_types_supported": ["code"],
				"response_modes_supported": ["query"],
				"grant_types_supported": ["authorization_code","refresh_token","client_credentials"],
				"code_challenge_methods_supported": ["S256"],
				"dpop_signing_alg_values_supported": ["PS256", "ES256", "EdDSA"],
				"subject_types_supported": ["public"],
				"scopes_supported": ["openid"],
				"token_endpoint_auth_methods_supported": `+methods+`,
				"token_endpoint_auth_signing_alg_values_supported": `+algorithms+`,
				"introspection_endpoint_auth_methods_supported": `+methods+`,
				"introspection_endpoint_auth_signing_alg_values_supported": `+algorithms+`,
				"introspection_signing_alg_values_supported": ["PS256","ES256"],
				"introspection_encryption_alg_values_supported": ["RSA-OAEP","RSA-OAEP-256","ECDH-ES","ECDH-ES+A128KW","ECDH-ES+A192KW","ECDH-ES+A256KW"],
				"introspection_encryption_enc_values_supported": ["A128CBC-HS256","A192CBC-HS384","A256CBC-HS512","A128GCM","A192GCM","A256GCM"],
				"revocation_endpoint_auth_methods_supported": `+methods+`,
				"revocation_endpoint_auth_signing_alg_values_supported": `+algorithms+`,
				"id_token_signing_alg_values_supported": ["PS256","ES256"],
				"id_token_encryption_alg_values_supported": ["RSA-OAEP","RSA-OAEP-256","ECDH-ES","ECDH-ES+A128KW","ECDH-ES+A192KW","ECDH-ES+A256KW"],
				"id_token_encryption_enc_values_supported": ["A128CBC-HS256","A192CBC-HS384","A256CBC-HS512","A128GCM","A192GCM","A256GCM"],
				"request_parameter_supported": true,
				"request_object_signing_alg_values_supported": `+algorithms+`,
				"request_uri_parameter_supported": false,
				"require_pushed_authorization_requests": true,
				"authorization_response_iss_parameter_supported": true,
				"tls_client_certificate_bound_access_tokens": true,
				"dpop_signing_alg_values_supported": `+algorithms+`
			}`, string(a.Body))
		}},
		{"PAR-28/kept a pushed request works though request_uri_parameter_supported is false", visit(), approved},
		{"MD-11/kept keys with kid, use and alg", get("/jwks"), publicKeys},
		{"MD-11/refused POST", get("/jwks", method(http.MethodPost)), func(b *bench, a *fapitest.Answer) { assert.Equal(b, http.StatusMethodNotAllowed, a.Status) }},
	}.run(t)

	clauses{
		{"MTLS-17/kept aliases of what a client calls itself", get(wellKnownOAuth), document(member("mtls_endpoint_aliases", map[string]any{
			"token_endpoint": "https://mtls.example.com/token", "pushed_authorization_request_endpoint": "https://mtls.example.com/par",
			"introspection_endpoint": "https://mtls.example.com/introspect", "revocation_endpoint": "https://mtls.example.com/revoke",
		}))},
		{"MTLS-17/kept issuer as audience there too", redeem(), issued},
	}.run(t, fapi.WithEndpoints(fapi.Endpoints{MTLSBaseURL: "https://mtls.example.com"}))

	clauses{
		{"MD-02/kept before the path", get(wellKnownOAuth + "/tenant"), document(member("issuer", issuer+"/tenant"))},
		{"MD-02/refused behind the path", get("/tenant" + wellKnownOAuth), notFound},
		{"MD-03/kept behind the path", get("/tenant" + wellKnownOpenID), document(member("issuer", issuer+"/tenant"))},
		{"MD-03/refused before the path", get(wellKnownOpenID + "/tenant"), notFound},
	}.run(t, fapi.WithIssuer(issuer+"/tenant"))
}

func document(checks ...check) check {
	return func(b *bench, a *fapitest.Answer) {
		b.Helper()
		require.Equal(b, http.StatusOK, a.Status)
		assert.Equal(b, "application/json", a.Header.Get("Content-Type"))
		all(checks...)(b, a)
	}
}

func notFound(b *bench, a *fapitest.Answer) {
	b.Helper()
	assert.Equal(b, http.StatusNotFound, a.Status)
}

func publicKeys(b *bench, a *fapitest.Answer) {
	b.Helper()
	require.Equal(b, http.StatusOK, a.Status)
	assert.Equal(b, "application/jwk-set+json", a.Header.Get("Content-Type"))
	var set struct {
		Keys []map[string]any `json:"keys"`
	}
	require.NoError(b, json.Unmarshal(a.Body, &set))
	ids := make(map[any]bool)
	for _, key := range set.Keys {
		assert.NotEmpty(b, key["kid"])
		assert.Equal(b, "sig", key["use"])
		assert.Contains(b, []any{"ES256", "PS256"}, key["alg"])
		for _, private := range []string{"d", "p", "q", "dp", "dq", "qi", "k", "oth"} {
			assert.NotContains(b, key, private)
		}
		ids[key["kid"]] = true
	}
	assert.Len(b, ids, 2)
}
