package fositejose_test

import (
	"fmt"

	josev3 "github.com/go-jose/go-jose/v3"
	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/internal/fositejose"
)

func ExampleSet() {
	client := &fosite.DefaultOpenIDConnectClient{
		JSONWebKeys: &josev3.JSONWebKeySet{Keys: []josev3.JSONWebKey{{KeyID: "2026-08"}}},
	}

	set := fositejose.Set(client.GetJSONWebKeys())

	fmt.Printf("%T %s\n", set.Keys[0], set.Keys[0].KeyID)
	// Output: jose.JSONWebKey 2026-08
}
