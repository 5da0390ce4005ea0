package registration_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/registration"
)

// A registration request is read, judged, and answered with what is wrong.
func ExampleMetadata_Validate() {
	m, err := registration.Parse([]byte(`{
		"redirect_uris": ["http://client.example/cb"],
		"token_endpoint_auth_method": "tls_client_auth",
		"unknown": "ignored"
	}`))
	if err == nil {
		err = m.Validate()
	}
	for _, problem := range registration.Problems(err) {
		fmt.Println(problem.Code, "-", problem)
	}
	// Output:
	// invalid_redirect_uri - registration: redirect_uris: entry 0 must be https, or http on the loopback interface, or have a scheme of its own
	// invalid_client_metadata - registration: token_endpoint_auth_method: tls_client_auth needs exactly one of the tls_client_auth_ subjects, not 0
}

// A host without a client type of its own hands this one to fosite.
func ExampleClient() {
	client := &registration.Client{
		ID: "s6BhdRkqt3",
		Metadata: registration.Metadata{
			RedirectURIs:            []string{"https://client.example/cb"},
			TokenEndpointAuthMethod: registration.AuthTLS,
			TLSClientAuthSANDNS:     "client.example",
			Scope:                   "openid accounts",
		},
	}
	var c fosite.Client = client
	fmt.Println(client.Validate(), c.GetGrantTypes(), c.GetResponseTypes(), c.GetScopes(), c.IsPublic())
	// Output: <nil> [authorization_code] [code] [openid accounts] false
}

// A server takes clients that come with a token, and judges them by a rule of its own.
func ExampleEndpoints() {
	tokens, err := registration.InitialTokens("a-token-for-the-developers-of-clients")
	if err != nil {
		panic(err)
	}
	e := &registration.Endpoints{
		Store:         new(registration.Memory),
		URL:           func(context.Context) string { return "https://as.example/register" },
		InitialAccess: tokens,
		Judge: func(_ context.Context, r *registration.Request) error {
			if r.Metadata.ClientName == "" {
				return &registration.FieldError{Field: "client_name", Reason: "must be there", Code: registration.CodeMetadata}
			}
			return nil
		},
	}
	for _, name := range []string{`"client_name": "Client", `, ""} {
		r := httptest.NewRequest(http.MethodPost, "/register", strings.NewReader(`{`+name+`
			"redirect_uris": ["https://client.example/callback"], "token_endpoint_auth_method": "self_signed_tls_client_auth",
			"jwks_uri": "https://client.example/jwks"
		}`))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer a-token-for-the-developers-of-clients")
		answer := httptest.NewRecorder()
		e.Registration().ServeHTTP(answer, r)
		fmt.Println(answer.Code, strings.Contains(answer.Body.String(), "registration_access_token"))
	}
	// Output:
	// 201 true
	// 400 false
}
