package keys_test

import (
	"context"
	"fmt"

	jose "github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/keys"
)

func Example() {
	key, err := keys.Generate(jose.ES256) // or one from a file (ParseJWKS), or from an HSM
	if err != nil {
		panic(err)
	}
	set, err := keys.New(key)
	if err != nil {
		panic(err)
	}

	token, err := set.Sign(context.Background(), jose.ES256, "at+jwt", []byte(`{"sub":"alice"}`))
	if err != nil {
		panic(err)
	}
	payload, alg, err := set.Verify(token, "at+jwt")
	fmt.Println(string(payload), alg, err)

	published := set.Public().Keys[0]
	fmt.Println(published.Use, published.Algorithm, published.IsPublic())
	// Output:
	// {"sub":"alice"} ES256 <nil>
	// sig ES256 true
}

// A rotation: publish, sign with it, let the old one go.
func ExampleNew_rotation() {
	before, _ := keys.Generate(jose.ES256)
	next, _ := keys.Generate(jose.ES256)
	before.ID, next.ID = "2024", "2025"

	announced := next
	announced.VerifyOnly = true
	for _, step := range [][]keys.Key{
		{before, announced},
		{next, keys.Retired(before.Signer.Public(), "2024", "")},
		{next},
	} {
		set, err := keys.New(step...)
		if err != nil {
			panic(err)
		}
		signs, _ := set.Sign(context.Background(), "", "", nil)
		header, _ := jose.ParseSignedCompact(signs, set.Algorithms())
		fmt.Println(len(set.Public().Keys), "published, signed with", header.Signatures[0].Protected.KeyID)
	}
	// Output:
	// 2 published, signed with 2024
	// 2 published, signed with 2025
	// 1 published, signed with 2025
}

// A client encrypts for the server.
func ExampleNewDecryption() {
	key, err := keys.GenerateDecryption(jose.ECDH_ES_A256KW) // or one from a file (ParseDecryption), or from an HSM
	if err != nil {
		panic(err)
	}
	set, err := keys.NewDecryption(key)
	if err != nil {
		panic(err)
	}

	published := set.Public().Keys[0]
	fmt.Println(published.Use, published.Algorithm, published.IsPublic())
	encrypter, _ := jose.NewEncrypter(jose.A256GCM, jose.Recipient{Algorithm: jose.KeyAlgorithm(published.Algorithm), Key: &published}, nil)
	made, _ := encrypter.Encrypt([]byte("for the server alone"))
	sent, _ := made.CompactSerialize()

	received, err := jose.ParseEncryptedCompact(sent, set.Algorithms(), []jose.ContentEncryption{jose.A256GCM})
	if err != nil {
		panic(err)
	}
	plain, err := received.Decrypt(set.Keys()[0].Private)
	fmt.Println(string(plain), err)
	// Output:
	// enc ECDH-ES+A256KW true
	// for the server alone <nil>
}
