package fapi_test

import (
	"context"
	"fmt"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/rar"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

// A server knows types of authorization details. Of those a client uses what it registered, which Check looks at.
func ExampleWithAuthorizationDetails() {
	provider, err := composed(hostConfig(), stores["memory"](), fapi.WithProfile(fapi.FAPI2Security()), fapi.WithAuthorizationDetails(
		rar.Type{Name: "payment_initiation", Validate: rar.Struct[payment](nil)},
		rar.Type{Name: "account_information", Covers: rar.Each(rar.Subset)},
	))
	if err != nil {
		fmt.Println(err)
		return
	}
	doc, err := provider.Metadata(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(doc.AuthorizationDetailsTypesSupported)
	fmt.Println(provider.Check(context.Background(), &registration.Client{ID: "client-a", Metadata: registration.Metadata{
		TokenEndpointAuthMethod: "private_key_jwt", JWKSURI: "https://client-a.example.com/jwks", GrantTypes: []string{"client_credentials"},
		AuthorizationDetailsTypes: []string{"payment_initiation", "photos"},
	}}))
	// Output:
	// [payment_initiation account_information]
	// fapi: FAPI-REG: client "client-a": authorization_details_types has "photos", which the server does not know
}
