package requestobject_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	jose "github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/requestobject"
)

func Example() {
	// The client signs.
	key, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	options := (&jose.SignerOptions{}).WithType("oauth-authz-req+jwt")
	signer, _ := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: key, KeyID: "2025"}}, options)
	now := time.Now()
	jws, _ := signer.Sign(fmt.Appendf(nil, `{
		"iss": "client-4711", "aud": "https://as.example.com", "nbf": %d, "exp": %d,
		"client_id": "client-4711", "response_type": "code", "redirect_uri": "https://client.example.com/cb",
		"scope": "openid payments", "max_age": 300,
		"authorization_details": [{ "type": "payment", "amount": "12.50" }]
	}`, now.Unix(), now.Add(5*time.Minute).Unix()))
	raw, _ := jws.CompactSerialize()

	// The server verifies.
	verifier := &requestobject.Verifier{Issuer: "https://as.example.com"}
	if err := verifier.Validate(); err != nil {
		panic(err)
	}
	clientID, _, err := requestobject.Peek(raw)
	fmt.Println("says it is from", clientID, err)

	client := requestobject.Client{
		ID:        clientID, // having found the client by it
		Algorithm: jose.ES256,
		Keys:      requestobject.StaticKeys(&jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: "2025"}}}),
	}
	object, err := verifier.Verify(context.Background(), raw, client)
	if err != nil {
		panic(err)
	}
	form := object.Form()
	fmt.Println(form.Get("scope"), form.Get("max_age"), form.Get("authorization_details"), form.Has("exp"))

	client.EncryptionAlgorithm = jose.RSA_OAEP_256
	_, err = verifier.Verify(context.Background(), raw, client)
	fmt.Println("must be encrypted:", errors.Is(err, requestobject.ErrEncryptionRequired))
	// Output:
	// says it is from client-4711 <nil>
	// openid payments 300 [{"type":"payment","amount":"12.50"}] false
	// must be encrypted: true
}

func ExampleFetcher() {
	fetcher := new(requestobject.Fetcher)
	registered := []string{"https://client.example.com/request.jwt"} // the client's request_uris

	_, err := fetcher.Fetch(context.Background(), "https://169.254.169.254/latest/meta-data", registered)
	fmt.Println(err)
	_, err = fetcher.Fetch(context.Background(), "https://127.0.0.1/request.jwt", []string{"https://127.0.0.1/request.jwt"})
	fmt.Println(errors.Is(err, requestobject.ErrRequestURI), errors.Is(err, requestobject.ErrFetch))
	// Output:
	// requestobject: request_uri not accepted: requestobject: not registered
	// true true
}
