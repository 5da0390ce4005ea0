package clientassertion_test

import (
	"fmt"

	"github.com/fosite-fapi/fosite-fapi/clientassertion"
)

// FAPI 1.0 and plain OpenID Connect let a client name an endpoint, alone or among others.
func ExampleAudience() {
	fapi2 := clientassertion.Audience{Issuer: "https://as.example.com"}
	fapi1 := clientassertion.Audience{
		Issuer: "https://as.example.com",
		Also:   []string{"https://as.example.com/token", "https://mtls.as.example.com/token"},
		Array:  true,
	}
	fmt.Println(fapi2)
	fmt.Println(fapi1)
	// Output:
	// want https://as.example.com as a JSON string
	// want https://as.example.com, or another registered name
}
