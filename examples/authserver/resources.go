package main

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/fosite-fapi/fosite-fapi/dpop"
	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/rar"
	"github.com/fosite-fapi/fosite-fapi/replay"
	"github.com/fosite-fapi/fosite-fapi/resource"
)

// newResources is the middleware of the resources in this process. It asks the provider about each token, without a
// network, so that a revoked one is refused at once; in another process it would ask the introspection endpoint.
func (s *server) newResources(once *replay.Memory) (*resource.Server, error) {
	policy := noncePolicies[s.DPoPNonce]
	proofs := &dpop.Verifier{Replay: once, Now: s.now}
	if policy != fapi.NonceOff {
		proofs.Nonces = &dpop.Nonces{Secret: s.nonceSecret, Now: s.now} // the provider's are good here, and the other way round
	}
	formats := []resource.Format{resource.Opaque} // those of legacy clients always are
	if s.AccessTokenFormat == string(fapi.JWT) {
		formats = append(formats, resource.JWT)
	}
	return resource.New(resource.Config{
		Issuer: s.Issuer, Audience: append(s.resourceURLs(), s.Issuer), Formats: formats, Keys: s.keys.Public(),
		Introspection: &resource.Introspection{TTL: -1, Local: func(ctx context.Context, token string) ([]byte, error) {
			return s.provider.TokenInfo(ctx, token, fapi.NewSession(""))
		}},
		Certificates: s.certificates, DPoP: proofs, NonceOptional: policy == fapi.NonceOn, BaseURLs: s.resourceURLs(),
		InsecureAllowUnbound: s.hasLegacy(), // theirs are bearer tokens; the provider knows no unbound one of a profile
		Logger:               s.log, Now: s.now,
	})
}

// A resourceHandler serves a resource to whom the token says.
type resourceHandler func(rw http.ResponseWriter, r *http.Request, token *resource.Token)

// protect lets those through to next who may, by one of the methods.
func (s *server) protect(next resourceHandler, methods []string, requirements ...resource.Requirement) http.Handler {
	protected := s.resources.Protect(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		next(rw, r, resource.TokenFrom(r.Context()))
	}), requirements...)
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if !slices.Contains(methods, r.Method) {
			rw.Header().Set("Allow", strings.Join(methods, ", "))
			rw.WriteHeader(http.StatusMethodNotAllowed)
			return
		}
		protected.ServeHTTP(rw, r)
	})
}

type account struct {
	ID       string `json:"account_id"`
	Holder   string `json:"holder"`
	Currency string `json:"currency"`
	Balance  string `json:"balance"`
}

// accounts is an API as FAPI has in mind.
func (s *server) accounts(rw http.ResponseWriter, _ *http.Request, token *resource.Token) {
	holder := token.Subject
	if holder == "" {
		holder = token.ClientID // client_credentials of a legacy client
	}
	writeJSON(rw, struct {
		Accounts             []account   `json:"accounts"`
		AuthorizationDetails rar.Details `json:"authorization_details,omitempty"` // what the token permits in detail
	}{[]account{
		{ID: "1", Holder: holder, Currency: "EUR", Balance: "1204.17"}, {ID: "2", Holder: holder, Currency: "EUR", Balance: "20.00"},
	}, token.AuthorizationDetails})
}

func writeJSON(rw http.ResponseWriter, body any) {
	raw, err := json.Marshal(body)
	if err != nil { // all of it came from JSON
		rw.WriteHeader(http.StatusInternalServerError)
		return
	}
	write(rw, "application/json", raw)
}

func write(rw http.ResponseWriter, media string, body []byte) {
	rw.Header().Set("Content-Type", media)
	rw.Header().Set("Cache-Control", "no-store")
	_, _ = rw.Write(body) // the client has gone if this fails
}
