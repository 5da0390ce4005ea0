package fapi

import (
	"errors"
	"net/http"
	"strings"

	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/dpop"
)

// A ResourceError is why [Provider.Authorize] refused, with the answer that a client gets: RFC 6750 3, RFC 9449 7.1.
type ResourceError struct {
	Status      int
	Code        string // "" for a request without credentials, which learns only what to send
	Description string

	scheme string // by which the client tried; "" where it didn't
	realm  string // the issuer
	algs   string // of DPoP; "" where it isn't offered
	nonce  string
	uri    string // error_uri
	cause  error
}

// Error names the cause.
func (e *ResourceError) Error() string {
	if e.cause == nil {
		return e.Code
	}
	return e.cause.Error()
}

// Unwrap returns the cause: a [*Refusal] where the token is a profiled client's.
func (e *ResourceError) Unwrap() error { return e.cause }

// challenge makes the answer to a resource request that was refused.
func (p *Provider) challenge(realm, scheme string, err error) *ResourceError {
	e := &ResourceError{
		Status: http.StatusUnauthorized, Code: "invalid_token", scheme: scheme, realm: realm, nonce: p.nonce(), cause: err,
		Description: "The access token is unknown, expired, revoked or bound to another sender.",
	}
	if len(p.proofs) > 0 {
		e.algs = strings.Join(names(p.union().SigningAlgorithms), " ")
	}
	var r *Refusal
	if errors.Is(err, errDowngrade) {
		e.scheme = ""
	}
	switch {
	case errors.Is(err, errNoToken):
		e.Code, e.Description = "", ""
	case errors.As(err, &r):
		e.Description, e.uri = r.Description(), r.uri
		switch code := r.Code(); code {
		case "invalid_dpop_proof", "use_dpop_nonce":
			e.Code = code
		case "invalid_scope", "insufficient_scope":
			e.Status, e.Code = http.StatusForbidden, "insufficient_scope"
		case "invalid_request":
			e.Status, e.Code = http.StatusBadRequest, code
		case "server_error", "temporarily_unavailable":
			e.Status, e.Code = r.Status(), code
		}
	case errors.Is(err, fosite.ErrInvalidScope):
		e.Status, e.Code, e.Description = http.StatusForbidden, "insufficient_scope", "The access token was not granted the scope."
	case errors.Is(err, fosite.ErrInvalidRequest):
		e.Status, e.Code, e.Description = http.StatusBadRequest, "invalid_request", "Send the access token once, in the Authorization header."
	}
	return e
}

// WriteResourceError answers an error of [Provider.Authorize] with its status and challenge.
func WriteResourceError(rw http.ResponseWriter, err error) {
	var e *ResourceError
	if !errors.As(err, &e) {
		e = &ResourceError{Status: http.StatusInternalServerError, Code: "server_error"}
	}
	h := rw.Header()
	if e.Status < http.StatusInternalServerError && e.scheme != dpop.Scheme {
		h.Add("WWW-Authenticate", "Bearer"+e.parameters(`realm="`+printable(e.realm)+`"`))
	}
	if e.Status < http.StatusInternalServerError && e.algs != "" && e.scheme != "Bearer" {
		h.Add("WWW-Authenticate", dpop.Scheme+e.parameters(`algs="`+e.algs+`"`))
		giveNonce(h, e.nonce)
	}
	if e.Code == "" {
		writeJSON(rw, e.Status, struct{}{})
		return
	}
	writeJSON(rw, e.Status, errorBody{e.Code, e.Description, e.uri})
}

// parameters are those of a challenge.
func (e *ResourceError) parameters(first string) string {
	if e.Code != "" {
		first += `, error="` + e.Code + `", error_description="` + printable(e.Description) + `"`
		if e.uri != "" {
			first += `, error_uri="` + e.uri + `"`
		}
	}
	return " " + first
}
