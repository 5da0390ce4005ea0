package jarm_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"fmt"
	"net/http/httptest"
	"net/url"

	"github.com/fosite-fapi/fosite-fapi/jarm"
	"github.com/fosite-fapi/fosite-fapi/keys"
)

// An authorization server answers, and the client proves that it was the one it asked.
func Example() {
	ctx := context.Background()

	// The server.
	key, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	set, _ := keys.New(keys.Key{Signer: key})
	encoder := &jarm.Encoder{Issuer: "https://as.example.com", Signer: set}
	if err := encoder.Validate(); err != nil {
		panic(err)
	}
	client := jarm.Client{ID: "s6BhdRkqt3", Algorithm: "ES256"}
	mode, err := jarm.ModeJWT.Resolve("code", client.Encrypted())
	if err != nil {
		panic(err)
	}
	response, err := encoder.Encode(ctx, client, url.Values{"code": {"SplxlOBeZQQYbYS6WxSbIA"}, "state": {"af0ifjsldkj"}})
	if err != nil {
		panic(err)
	}
	rw := httptest.NewRecorder()
	if err := jarm.Deliver(rw, mode, "https://client.example.org/cb?tenant=1", response); err != nil {
		panic(err)
	}

	// The client.
	callback, _ := url.Parse(rw.Header().Get("Location"))
	verifier := &jarm.Verifier{
		Issuer:   "https://as.example.com",
		ClientID: "s6BhdRkqt3",
		Keys:     jarm.StaticKeys(set.Public()),
	}
	got, err := verifier.Verify(ctx, callback.Query().Get("response"))
	if err != nil {
		panic(err)
	}
	fmt.Println(rw.Code, mode, callback.Query().Get("tenant"))
	fmt.Println(got.Parameters.Get("code"), got.Parameters.Get("state"))
	// Output:
	// 303 query.jwt 1
	// SplxlOBeZQQYbYS6WxSbIA af0ifjsldkj
}
