package metadata_test

import (
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/metadata"
)

// valid is a FAPI 2.0 server with OpenID Connect that breaks no rule.
func valid() *metadata.Document {
	return &metadata.Document{
		Issuer:                                     "https://as.example",
		AuthorizationEndpoint:                      "https://as.example/authorize",
		TokenEndpoint:                              "https://as.example/token",
		JWKSURI:                                    "https://as.example/jwks",
		PushedAuthorizationRequestEndpoint:         "https://as.example/par",
		RequirePushedAuthorizationRequests:         true,
		ResponseTypesSupported:                     []string{"code"},
		GrantTypesSupported:                        []string{"authorization_code", "refresh_token"},
		CodeChallengeMethodsSupported:              []string{"S256"},
		TokenEndpointAuthMethodsSupported:          []string{"private_key_jwt", "tls_client_auth"},
		TokenEndpointAuthSigningAlgValuesSupported: []string{"PS256", "ES256", "EdDSA"},
		IDTokenSigningAlgValuesSupported:           []string{"PS256"},
		SubjectTypesSupported:                      []string{"public"},
		AuthorizationResponseIssParameterSupported: true,
		MTLSEndpointAliases: &metadata.Aliases{
			TokenEndpoint:                      "https://mtls.as.example/token",
			PushedAuthorizationRequestEndpoint: "https://mtls.as.example/par",
		},
	}
}

// testdata/full.json has every member of Document, so that a renamed or forgotten one shows.
func TestEveryMemberSurvivesTheRoundTrip(t *testing.T) {
	t.Parallel()
	document, err := os.ReadFile("testdata/full.json")
	require.NoError(t, err)
	var d metadata.Document
	require.NoError(t, json.Unmarshal(document, &d))
	for _, v := range []reflect.Value{reflect.ValueOf(d), reflect.ValueOf(*d.MTLSEndpointAliases)} {
		for i := range v.NumField() {
			field := v.Type().Field(i)
			if field.Name == "Extra" {
				continue
			}
			assert.False(t, v.Field(i).IsZero(), "%s is missing in testdata/full.json", field.Name)
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			assert.Equal(t, strings.ToLower(strings.ReplaceAll(name, "_", "")), strings.ToLower(field.Name))
		}
	}
	require.NoError(t, d.Validate())
	out, err := json.Marshal(d)
	require.NoError(t, err)
	assert.JSONEq(t, string(document), string(out))
}

func TestUnsetMembers(t *testing.T) {
	t.Parallel()
	t.Run("MD-05 left out", func(t *testing.T) {
		t.Parallel()
		out, err := json.Marshal(metadata.Document{Issuer: "https://as.example", ScopesSupported: []string{}, ClaimsSupported: nil})
		require.NoError(t, err)
		// OpenID Connect Discovery 3: request_uri_parameter_supported is true by default.
		assert.Equal(t, `{"issuer":"https://as.example","request_uri_parameter_supported":false}`, string(out))
	})
	t.Run("MD-05 written when set", func(t *testing.T) {
		t.Parallel()
		out, err := json.Marshal(metadata.Document{Issuer: "https://as.example", ScopesSupported: []string{"openid"}})
		require.NoError(t, err)
		assert.Contains(t, string(out), `"scopes_supported":["openid"]`)
	})
}

func TestExtra(t *testing.T) {
	t.Parallel()
	d := metadata.Document{Issuer: "https://as.example", Extra: map[string]any{
		"end_session_endpoint": "https://as.example/logout",
		"issuer":               "https://evil.example",
		"jwks_uri":             "https://evil.example/jwks",
	}}
	out, err := json.Marshal(d)
	require.NoError(t, err)
	assert.Equal(t, `{"issuer":"https://as.example","request_uri_parameter_supported":false,"end_session_endpoint":"https://as.example/logout"}`, string(out))

	delete(d.Extra, "end_session_endpoint")
	out, err = json.Marshal(d)
	require.NoError(t, err)
	assert.Equal(t, `{"issuer":"https://as.example","request_uri_parameter_supported":false}`, string(out))

	d.Extra = map[string]any{"broken": make(chan int)}
	_, err = json.Marshal(d)
	require.Error(t, err)
}
