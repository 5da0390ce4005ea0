package dpop_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"

	jose "github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/dpop"
	"github.com/fosite-fapi/fosite-fapi/replay"
)

// A client proves its key to a resource server, which asks it for a nonce first.
func Example() {
	// The server. It has learnt from the access token (cnf.jkt) which key that is bound to.
	secret := make([]byte, 32)
	_, _ = rand.Read(secret)
	verifier := &dpop.Verifier{
		Replay: replay.NewMemory(0),
		Nonces: &dpop.Nonces{Secret: secret},
	}
	if err := verifier.Validate(); err != nil {
		panic(err)
	}
	key, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	signer := &dpop.Signer{Key: key}
	jkt, _ := dpop.Thumbprint(&jose.JSONWebKey{Key: key.Public()})

	serve := func(w http.ResponseWriter, r *http.Request) {
		proof, err := dpop.FromHeader(r.Header)
		if err == nil {
			_, err = verifier.Verify(r.Context(), proof, dpop.Request{
				Method:        r.Method,
				URLs:          []string{"https://rs.example.com" + r.URL.EscapedPath()},
				AccessToken:   "2YotnFZFEjr1zCsicMWpAA",
				Thumbprint:    jkt,
				NonceRequired: true,
			})
		}
		w.Header().Set(dpop.NonceHeader, verifier.Nonces.Current())
		switch {
		case err == nil:
			w.WriteHeader(http.StatusOK)
		case errors.Is(err, dpop.ErrNonceRequired), errors.Is(err, dpop.ErrNonce):
			w.Header().Set("WWW-Authenticate", `DPoP error="use_dpop_nonce"`)
			w.WriteHeader(http.StatusUnauthorized)
		default:
			w.Header().Set("WWW-Authenticate", `DPoP error="invalid_dpop_proof"`)
			w.WriteHeader(http.StatusUnauthorized)
		}
	}

	// The client.
	var proof, nonce string
	send := func() {
		r := httptest.NewRequest(http.MethodGet, "https://rs.example.com/accounts?page=1", nil)
		r.Header.Set("Authorization", "DPoP 2YotnFZFEjr1zCsicMWpAA")
		r.Header.Set(dpop.Header, proof)
		w := httptest.NewRecorder()
		serve(w, r)
		nonce = w.Header().Get(dpop.NonceHeader)
		fmt.Printf("%d %q\n", w.Code, w.Header().Get("WWW-Authenticate"))
	}
	for range 2 {
		proof, _ = signer.Proof(dpop.ProofOptions{
			Method:      http.MethodGet,
			URL:         "https://rs.example.com/accounts?page=1",
			AccessToken: "2YotnFZFEjr1zCsicMWpAA",
			Nonce:       nonce,
		})
		send()
	}
	send() // the same proof again

	// Output:
	// 401 "DPoP error=\"use_dpop_nonce\""
	// 200 ""
	// 401 "DPoP error=\"invalid_dpop_proof\""
}
