package registration_test

import (
	"fmt"

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
