package shop

import (
	"net/http"

	"github.com/go-jose/go-jose/v4"
)

func (e *endpoints) jwks(rw http.ResponseWriter, _ *http.Request) {
	key, err := e.publicKey()
	if err != nil {
		http.Error(rw, "the keys can't be had", http.StatusInternalServerError)
		return
	}
	writeJSON(rw, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{key}})
}

func (e *endpoints) discovery(rw http.ResponseWriter, _ *http.Request) {
	writeJSON(rw, map[string]any{
		"issuer":                                e.Issuer,
		"authorization_endpoint":                e.Issuer + "/authorize",
		"token_endpoint":                        e.Issuer + "/token",
		"pushed_authorization_request_endpoint": e.Issuer + "/par",
		"jwks_uri":                              e.Issuer + "/jwks",
		"response_types_supported":              []string{"code"},
		"subject_types_supported":               []string{"public"},
		"id_token_signing_alg_values_supported": []string{"RS256"},
	})
}
