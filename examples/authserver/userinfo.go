package main

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"

	"github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/resource"
)

// userinfo tells who the user is (OpenID Connect Core 5.3), signed where the client registered for that.
func (s *server) userinfo(rw http.ResponseWriter, r *http.Request, token *resource.Token) {
	of := s.users.byName[token.Subject]
	claims := of.covered(token.Scopes)
	maps.Copy(claims, of.named(s.requested(r, token)))
	alg := s.userinfoAlgorithm(token.ClientID)
	if alg == "" {
		writeJSON(rw, claims)
		return
	}
	claims["iss"], claims["aud"] = s.Issuer, token.ClientID // OpenID Connect Core 5.3.2
	payload, err := json.Marshal(claims)
	var answer string
	if err == nil {
		answer, err = s.keys.Sign(r.Context(), alg, "JWT", payload)
	}
	if err != nil {
		s.log.ErrorContext(r.Context(), "userinfo can not be signed", "client", token.ClientID, "error", err)
		rw.WriteHeader(http.StatusInternalServerError)
		return
	}
	write(rw, "application/jwt", []byte(answer))
}

// ofUser is a requirement: no user is behind the tokens of client_credentials.
func (s *server) ofUser(_ *http.Request, token *resource.Token) error {
	if s.users.byName[token.Subject] == nil {
		return errors.New("the token is not a user's")
	}
	return nil
}

// userinfoAlgorithm is what the client registered; "" is plain JSON.
func (s *server) userinfoAlgorithm(id string) jose.SignatureAlgorithm {
	found, err := s.store.GetClient(context.Background(), id)
	if own, ok := found.(*client); err == nil && ok {
		return jose.SignatureAlgorithm(own.UserinfoSignedResponseAlg)
	}
	return ""
}

// checkUserinfo finds what is registered of /userinfo and can't be had.
func (s *setup) checkUserinfo(field string, c clientConfig, found *findings) {
	algorithms := s.signingAlgorithms()
	if alg := c.UserinfoSignedResponseAlg; alg != "" && !slices.Contains(algorithms, jose.SignatureAlgorithm(alg)) {
		found.add(field+".userinfo_signed_response_alg", "is %q, want one of %q, for which the server has keys", alg, algorithms)
	}
	if c.UserinfoEncryptedResponseAlg != "" {
		found.add(field+".userinfo_encrypted_response_alg", "is not supported")
	}
}

// signingAlgorithms are those of the server's keys, which may not be there yet.
func (s *setup) signingAlgorithms() []jose.SignatureAlgorithm {
	if s.keys == nil {
		return newKeyAlgorithms
	}
	return s.keys.Algorithms()
}

func (s *setup) userinfoAlgorithms() []string {
	var names []string
	for _, alg := range s.signingAlgorithms() {
		names = append(names, string(alg))
	}
	return names
}
