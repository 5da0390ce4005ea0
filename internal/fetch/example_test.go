package fetch_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/fosite-fapi/fosite-fapi/internal/fetch"
)

// What a client has registered decides nothing about where the server connects to.
func ExampleDoor_Get() {
	door := new(fetch.Door)
	for _, url := range []string{"http://client.example/jwks", "https://169.254.169.254/latest/meta-data", "https://[::1]/jwks"} {
		_, err := door.Get(context.Background(), url, "")
		fmt.Println(errors.Is(err, fetch.ErrScheme), errors.Is(err, fetch.ErrDestination))
	}
	// Output:
	// true false
	// false true
	// false true
}

func ExampleJWKS_Get() {
	asked := 0
	client := transport(func(*http.Request) (*http.Response, error) {
		asked++
		return respond(keySet(keyEC, `{"kty":"unknown"}`)), nil
	})
	keys := &fetch.JWKS{Door: &fetch.Door{Transport: client}}
	for range 3 {
		set, err := keys.Get(context.Background(), "https://client.example/jwks", false)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(len(set.Keys), set.Keys[0].KeyID)
	}
	fmt.Println("asked", asked)
	// Output:
	// 1 ec
	// 1 ec
	// 1 ec
	// asked 1
}
