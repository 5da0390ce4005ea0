package fapi_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

// Clients register themselves, if they can be what their profile demands.
func ExampleWithRegistration() {
	store := fapitest.NewJSONStore() // the host's storage, which keeps registrations too
	tokens, err := registration.InitialTokens("a-token-for-the-developers-of-clients")
	if err != nil {
		panic(err)
	}
	provider, err := composed(hostConfig(), store,
		fapi.WithProfile(fapi.FAPI2Security()),
		fapi.WithRegistration(fapi.Registration{
			Store:         store,
			InitialAccess: tokens,
			Scopes:        []string{"openid", "accounts"},
			Profile: func(context.Context, *registration.Request) (string, error) {
				return "fapi2-security", nil
			},
		}),
	)
	if err != nil {
		panic(err)
	}
	endpoint := (&fapi.Handlers{Provider: provider}).Registration()

	for _, method := range []string{"client_secret_basic", "private_key_jwt"} {
		r := httptest.NewRequest(http.MethodPost, "/register", strings.NewReader(`{
			"redirect_uris": ["https://client.example.com/callback"],
			"jwks_uri": "https://client.example.com/jwks",
			"token_endpoint_auth_method": "`+method+`"
		}`))
		r.Header.Set("Authorization", "Bearer a-token-for-the-developers-of-clients")
		r.Header.Set("Content-Type", "application/json")
		answer := httptest.NewRecorder()
		endpoint.ServeHTTP(answer, r)

		var said map[string]any
		if err := json.Unmarshal(answer.Body.Bytes(), &said); err != nil {
			panic(err)
		}
		fmt.Println(answer.Code, said["error"], said["error_description"])
		fmt.Println(said["scope"], said["id_token_signed_response_alg"], said["require_pushed_authorization_requests"])
	}
	// Output:
	// 400 invalid_client_metadata token_endpoint_auth_method is 'client_secret_basic', want private_key_jwt, tls_client_auth, self_signed_tls_client_auth (F2-AS-06)
	// <nil> <nil> <nil>
	// 201 <nil> <nil>
	// openid accounts ES256 true
}
