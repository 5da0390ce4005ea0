package resource_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"time"

	jose "github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/cnf"
	"github.com/fosite-fapi/fosite-fapi/keys"
	"github.com/fosite-fapi/fosite-fapi/resource"
)

func Example() {
	as, token := authorizationServer()

	rs, err := resource.New(resource.Config{
		Issuer:   "https://as.example.com",
		Audience: []string{"https://api.example.com"},
		Keys:     as.Public(), // else fetched from where the issuer publishes them
		Logger:   slog.New(slog.DiscardHandler),
	})
	if err != nil {
		panic(err)
	}
	accounts := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprint(w, "accounts of ", resource.TokenFrom(r.Context()).Subject)
	})

	mux := http.NewServeMux()
	mux.Handle("GET /accounts", rs.Protect(accounts, resource.Scope("accounts")))
	mux.Handle("POST /payments", rs.Protect(accounts, resource.Scope("payments")))
	mux.Handle("GET /accounts/{owner}", rs.Protect(accounts, resource.Scope("accounts"), ownAccount))

	send := func(method, url, token string, certificate *x509.Certificate) {
		r := httptest.NewRequestWithContext(context.Background(), method, url, http.NoBody)
		if token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
		if certificate != nil {
			r.TLS = &tls.ConnectionState{PeerCertificates: []*x509.Certificate{certificate}}
		}
		rec := httptest.NewRecorder()
		mux.ServeHTTP(rec, r)
		fmt.Println(rec.Code, rec.Body)
	}
	send("GET", "/accounts", token, certificate().Leaf)
	send("GET", "/accounts", "", certificate().Leaf)
	send("GET", "/accounts", token, otherCertificate().Leaf)
	send("POST", "/payments", token, certificate().Leaf)
	send("GET", "/accounts/user-2", token, certificate().Leaf)

	// Output:
	// 200 accounts of user-1
	// 401 {}
	// 401 {"error":"invalid_token","error_description":"The access token is bound to another client certificate. (MTLS-10)"}
	// 403 {"error":"insufficient_scope","error_description":"The access token is not good for this. (F2-RS-04)","scope":"payments"}
	// 403 {"error":"insufficient_scope","error_description":"The access token is not good for this. (F2-RS-04)"}
}

// ownAccount lets nobody see the accounts of others.
func ownAccount(r *http.Request, t *resource.Token) error {
	if r.PathValue("owner") != t.Subject {
		return errors.New("somebody else's account")
	}
	return nil
}

// authorizationServer returns keys of one, and a token that it has given to the client with this certificate.
func authorizationServer() (*keys.Set, string) {
	key, err := keys.Generate(jose.ES256)
	if err != nil {
		panic(err)
	}
	set, err := keys.New(key)
	if err != nil {
		panic(err)
	}
	claims, err := json.Marshal(map[string]any{
		"iss": "https://as.example.com", "aud": "https://api.example.com", "sub": "user-1", "client_id": "client-1",
		"jti": "1", "iat": time.Now().Unix(), "exp": time.Now().Add(time.Minute).Unix(), "scope": "accounts",
		"cnf": cnf.Confirmation{X5TS256: cnf.Thumbprint(certificate().Leaf)},
	})
	if err != nil {
		panic(err)
	}
	token, err := set.Sign(context.Background(), jose.ES256, "at+jwt", claims)
	if err != nil {
		panic(err)
	}
	return set, token
}
