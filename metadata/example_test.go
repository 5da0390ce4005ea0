package metadata_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/fosite-fapi/fosite-fapi/metadata"
)

// One document, served under both of its well-known paths.
func Example() {
	doc := &metadata.Document{
		Issuer:                            "https://as.example.com/tenant",
		TokenEndpoint:                     "https://as.example.com/tenant/token",
		GrantTypesSupported:               []string{"client_credentials"},
		TokenEndpointAuthMethodsSupported: []string{"tls_client_auth"},
	}
	if err := doc.Validate(); err != nil {
		fmt.Println(err)
		return
	}
	oauth, openid, err := metadata.Paths(doc.Issuer)
	if err != nil {
		fmt.Println(err)
		return
	}
	handler := metadata.Handler(func(context.Context) (*metadata.Document, error) { return doc, nil })
	mux := http.NewServeMux()
	mux.Handle(oauth, handler)
	mux.Handle(openid, handler)

	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "https://as.example.com/tenant/.well-known/openid-configuration", nil))
	fmt.Println(oauth)
	fmt.Println(openid, w.Code, w.Header().Get("Content-Type"))
	// Output:
	// /.well-known/oauth-authorization-server/tenant
	// /tenant/.well-known/openid-configuration 200 application/json
}

// What is left out may announce something.
func ExampleDocument_Validate() {
	doc := &metadata.Document{
		Issuer:                "https://as.example.com",
		TokenEndpoint:         "https://as.example.com/token",
		GrantTypesSupported:   []string{"client_credentials"},
		IntrospectionEndpoint: "http://as.example.com/introspect",
	}
	fmt.Println(doc.Validate())
	// Output:
	// metadata: member is missing: token_endpoint_auth_methods_supported: absent it announces client_secret_basic
	// metadata: endpoint is not an https URL: introspection_endpoint: "http://as.example.com/introspect"
}
