package main

import (
	"context"
	"net/http"
	"slices"

	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

// registrationConfig lets clients register themselves at /register (RFC 7591), by a token or by a software statement. Without
// a profile nobody can.
type registrationConfig struct {
	Profile                  string         `json:"profile"`                              // of all clients that register
	InitialAccessTokens      []string       `json:"initial_access_tokens,omitempty"`      // 22 characters or more; they can be used again
	SoftwareStatementIssuers []issuerConfig `json:"software_statement_issuers,omitempty"` // whose software statements count
	Scopes                   []string       `json:"scopes,omitempty"`                     // that may be registered; none: openid
	InsecureOpen             bool           `json:"insecure_open,omitempty"`              // everybody may register
}

// issuerConfig has its keys, or where they are.
type issuerConfig struct {
	Issuer  string              `json:"issuer"`
	JWKS    *jose.JSONWebKeySet `json:"jwks,omitempty"`
	JWKSURI string              `json:"jwks_uri,omitempty"`
}

func (c registrationConfig) on() bool { return c.Profile != "" }

func (s *setup) checkRegistration(found *findings) {
	c := s.Registration
	if !c.on() {
		if len(c.InitialAccessTokens) > 0 || len(c.SoftwareStatementIssuers) > 0 || len(c.Scopes) > 0 || c.InsecureOpen {
			found.add("registration.profile", "is required")
		}
		return
	}
	oneOf("registration.profile", c.Profile, found, profileNames(s.profiles)...)
	if c.InsecureOpen == (len(c.InitialAccessTokens) > 0 || len(c.SoftwareStatementIssuers) > 0) {
		found.add("registration", "needs initial_access_tokens or software_statement_issuers, or insecure_open and neither")
	}
	if len(c.InitialAccessTokens) > 0 {
		var err error
		if s.initialAccess, err = registration.InitialTokens(c.InitialAccessTokens...); err != nil {
			found.add("registration.initial_access_tokens", "%s", err)
		}
	}
}

// registration is the option, for a server at which clients can register.
func (s *server) registration() fapi.Option {
	c := s.Registration
	r := fapi.Registration{
		Store: s.store, Scopes: c.Scopes, InsecureOpen: c.InsecureOpen, InitialAccess: s.initialAccess,
		Profile: func(context.Context, *registration.Request) (string, error) { return c.Profile, nil },
	}
	for _, issuer := range c.SoftwareStatementIssuers {
		r.StatementIssuers = append(r.StatementIssuers, fapi.StatementIssuer(issuer))
	}
	return fapi.WithRegistration(r)
}

// mountRegistration adds the endpoints.
func (s *server) mountRegistration(mux *http.ServeMux, h *fapi.Handlers) {
	if s.Registration.on() {
		mux.Handle(s.pathOf("/register"), h.Registration())
		mux.Handle(s.pathOf("/register/{client_id}"), h.ClientConfiguration())
	}
}

// userinfoRule keeps clients from registering what /userinfo does not do, as checkUserinfo does for those of the
// configuration.
func (s *setup) userinfoRule() fapi.Rule {
	return fapi.Rule{
		Requirement: fapi.Requirement{ID: "AUTHSERVER-USERINFO", Clause: "examples/authserver", Text: "/userinfo answers as the client registered.", Stage: fapi.AtRegistration},
		Check: func(_ context.Context, r *fapi.Request) error {
			if alg := r.Metadata.UserinfoSignedResponseAlg; alg != "" && !slices.Contains(s.signingAlgorithms(), jose.SignatureAlgorithm(alg)) {
				return fosite.ErrInvalidRequest.WithHint("There is no key for userinfo_signed_response_alg.")
			}
			if r.Metadata.UserinfoEncryptedResponseAlg != "" {
				return fosite.ErrInvalidRequest.WithHint("userinfo_encrypted_response_alg is not supported.")
			}
			return nil
		},
	}
}
