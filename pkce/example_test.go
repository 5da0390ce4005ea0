package pkce_test

import (
	"fmt"
	"net/url"

	"github.com/ory/fosite"
	"github.com/ory/fosite/compose"
	"github.com/ory/fosite/storage"

	"github.com/fosite-fapi/fosite-fapi/pkce"
)

func Example() {
	// The client keeps the verifier and sends its hash.
	request := url.Values{"code_challenge": {pkce.S256(verifier)}, "code_challenge_method": {"S256"}}

	// The authorization server keeps the hash with the code,
	stored, err := pkce.Challenge(request, true)
	fmt.Println(stored, err)

	// and asks for the verifier when the code is redeemed.
	fmt.Println(pkce.Verify(stored, verifier))
	fmt.Println(pkce.Verify(stored, ""))

	// Output:
	// E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM <nil>
	// <nil>
	// pkce: code_verifier is missing
}

func ExampleFactory() {
	config := &fosite.Config{GlobalSecret: []byte("some-cool-secret-that-is-32bytes")}
	provider := compose.Compose(config, storage.NewMemoryStore(), compose.NewOAuth2HMACStrategy(config),
		compose.OAuth2AuthorizeExplicitFactory,
		compose.OAuth2TokenIntrospectionFactory,
		pkce.Factory,
	)
	fmt.Println(provider != nil)
	// Output: true
}
