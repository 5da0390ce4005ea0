package introspection_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"time"

	jose "github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/introspection"
	"github.com/fosite-fapi/fosite-fapi/keys"
)

func Example() {
	key, _ := keys.Generate(jose.ES256)
	set, _ := keys.New(key)
	encoder := introspection.Encoder{Issuer: "https://as.example.com", Signer: set, Now: func() time.Time { return time.Unix(1700000000, 0) }}

	endpoint := func(w http.ResponseWriter, r *http.Request) {
		// Authenticate the caller and look the token up; then:
		answer := introspection.Response{Active: true, ClientID: "s6BhdRkqt3", Scope: "accounts"}
		if !introspection.Accepts(r.Header.Values("Accept")) {
			w.Header().Set("Content-Type", "application/json")
			plain, _ := answer.MarshalJSON()
			_, _ = w.Write(plain)
			return
		}
		token, err := encoder.Encode(r.Context(), introspection.Caller{ID: "accounts-api"}, answer)
		if err != nil {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", introspection.MediaType)
		_, _ = io.WriteString(w, token)
	}

	for _, accept := range []string{"application/json", introspection.MediaType} {
		w, r := httptest.NewRecorder(), httptest.NewRequestWithContext(context.Background(), http.MethodPost, "/introspect", nil)
		r.Header.Set("Accept", accept)
		endpoint(w, r)
		body := w.Body.String()
		if accept == introspection.MediaType {
			payload, _, _ := set.Verify(body, introspection.Type)
			body = string(payload)
		}
		fmt.Println(w.Header().Get("Content-Type"))
		fmt.Println(body)
	}
	// Output:
	// application/json
	// {"active":true,"client_id":"s6BhdRkqt3","scope":"accounts"}
	// application/token-introspection+jwt
	// {"iss":"https://as.example.com","aud":"accounts-api","iat":1700000000,"token_introspection":{"active":true,"client_id":"s6BhdRkqt3","scope":"accounts"}}
}
