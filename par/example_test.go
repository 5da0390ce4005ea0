package par_test

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/ory/fosite"
	"github.com/ory/fosite/storage"

	"github.com/fosite-fapi/fosite-fapi/par"
	"github.com/fosite-fapi/fosite-fapi/replay"
)

func Example() {
	ctx := context.Background()
	requests := &par.Requests{Storage: storage.NewMemoryStore(), SingleUse: replay.NewMemory(0)}
	if err := requests.Validate(); err != nil {
		panic(err)
	}

	// The client pushes; it has been authenticated and its request found valid.
	ar := fosite.NewAuthorizeRequest()
	ar.Client = &fosite.DefaultClient{ID: "s6BhdRkqt3"}
	ar.RedirectURI = &url.URL{Scheme: "https", Host: "client.example.org", Path: "/cb"}
	uri, expiresIn, err := requests.Push(ctx, ar)
	if err != nil {
		panic(err)
	}
	fmt.Println(strings.HasPrefix(uri, par.Prefix), int(expiresIn.Seconds()))

	// The user agent arrives, and arrives again.
	for range 2 {
		loaded, err := requests.Load(ctx, uri, "s6BhdRkqt3")
		fmt.Println(loaded.GetRedirectURI(), err)
	}

	// The user approves, once.
	fmt.Println(requests.Spend(ctx, uri))
	fmt.Println(requests.Spend(ctx, uri))

	// Output:
	// true 60
	// https://client.example.org/cb <nil>
	// https://client.example.org/cb <nil>
	// <nil>
	// par: request_uri already used
}
