package fapi

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/ory/fosite"
)

// A Refusal is the error with which every request of a profiled client is refused: the requirement that it stands for
// and the answer that the client gets. errors.As finds the *fosite.RFC6749Error in it, so that code written for
// fosite keeps working.
type Refusal struct {
	ID     string // the requirement, as in [Profile.Requirements]: "F2-AZ-05"
	Stage  Stage
	Client string // the client that sent the request, as far as it is known; unverified at AtClientAuthentication
	// InteractionID names the request in the audit, as in [Event]: what an error page can show, for the user to tell.
	InteractionID string

	wire      *fosite.RFC6749Error
	cause     error
	quiet     bool   // the client learns the code alone
	challenge string // for the HTTP scheme by which the client tried to authenticate; "" for none
	nonce     string // a DPoP nonce for the answer
	uri       string // error_uri
	party     *party // whose request it is, where known
	reported  bool   // the audit has its event
}

// Error names the requirement, the OAuth error code and the cause. It holds no credential.
func (r *Refusal) Error() string {
	parts := []string{r.ID, r.wire.ErrorField, r.wire.HintField}
	if r.cause != nil {
		parts = append(parts, r.cause.Error())
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ": ")
}

// Unwrap gives access to the OAuth error and to the cause.
func (r *Refusal) Unwrap() []error {
	if r.cause == nil {
		return []error{r.wire}
	}
	return []error{r.wire, r.cause}
}

// Code is the OAuth error code that the client gets.
func (r *Refusal) Code() string { return r.wire.ErrorField }

// Status is the HTTP status of the answer where it is not a redirect. An error of the host's making that has none, or one
// that says success, goes out as its code demands.
func (r *Refusal) Status() int {
	switch status := r.wire.CodeField; {
	case status >= http.StatusBadRequest && status <= 599:
		return status
	case r.Code() == "server_error":
		return http.StatusInternalServerError
	case r.Code() == "temporarily_unavailable":
		return http.StatusServiceUnavailable
	case r.Code() == "invalid_client":
		return http.StatusUnauthorized
	}
	return http.StatusBadRequest
}

// Description is the error_description that the client gets: what to fix, and the ID. It is in the characters of RFC
// 6749 5.2.
func (r *Refusal) Description() string {
	if r.quiet {
		return printable(r.wire.DescriptionField)
	}
	text := r.wire.HintField
	if text == "" {
		text = r.wire.DescriptionField
	}
	if r.ID != "" {
		text += " (" + r.ID + ")"
	}
	return printable(text)
}

// printable keeps to %x20-21 / %x23-5B / %x5D-7E (OA-14).
func printable(s string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case c == '"':
			return '\''
		case c == '\\' || c < 0x20 || c > 0x7e:
			return ' '
		}
		return c
	}, s)
}

// registered are the error codes that a client may meet, by RFC 6749, 6750, 7591, 9101, 9126, 9396, 9449 and OpenID Connect.
var registered = map[string]bool{
	"invalid_request": true, "invalid_client": true, "invalid_grant": true, "unauthorized_client": true, "unsupported_grant_type": true,
	"invalid_scope": true, "access_denied": true, "unsupported_response_type": true, "server_error": true, "temporarily_unavailable": true,
	"invalid_token": true, "insufficient_scope": true, "invalid_request_uri": true, "invalid_request_object": true, "request_not_supported": true,
	"request_uri_not_supported": true, "registration_not_supported": true, "interaction_required": true, "login_required": true,
	"account_selection_required": true, "consent_required": true, "use_dpop_nonce": true, "invalid_dpop_proof": true, "invalid_target": true,
	"unsupported_token_type": true, "invalid_client_metadata": true, "invalid_redirect_uri": true, "invalid_software_statement": true,
	"unapproved_software_statement": true, "invalid_authorization_details": true,
}

// refusalOf turns any error into a refusal. What fosite or the host's store raised gets a code that a registry knows;
// what nobody foresaw is a server_error whose text goes to the log alone.
func refusalOf(stage Stage, err error) *Refusal {
	var r *Refusal
	if errors.As(err, &r) {
		return r
	}
	var wire *fosite.RFC6749Error
	if !errors.As(err, &wire) {
		return &Refusal{ID: unforeseen, Stage: stage, wire: fosite.ErrServerError, cause: err, quiet: true}
	}
	if registered[wire.ErrorField] {
		return &Refusal{ID: byHost, Stage: stage, wire: wire, cause: wire.Cause()}
	}
	// The codes of fosite that no registry knows.
	for _, t := range []struct {
		from error
		to   *fosite.RFC6749Error
	}{
		{fosite.ErrRequestUnauthorized, fosite.ErrInvalidClient}, {fosite.ErrJTIKnown, fosite.ErrInvalidClient},
		{fosite.ErrScopeNotGranted, fosite.ErrInvalidScope}, {fosite.ErrInvalidState, fosite.ErrInvalidRequest},
		{fosite.ErrInsufficientEntropy, fosite.ErrInvalidRequest}, {fosite.ErrUnsupportedResponseMode, fosite.ErrInvalidRequest},
		{fosite.ErrNotFound, fosite.ErrInvalidRequest}, {fosite.ErrInactiveToken, fosite.ErrInvalidGrant},
	} {
		if errors.Is(wire, t.from) {
			return &Refusal{ID: byHost, Stage: stage, wire: t.to.WithHint(wire.HintField), cause: wire}
		}
	}
	return &Refusal{ID: unforeseen, Stage: stage, wire: fosite.ErrServerError, cause: wire, quiet: true}
}

// The IDs of refusals that no requirement stands for: what fosite or the host raised with a code of its own, and faults
// that nobody foresaw.
const (
	byHost     = "FAPI-HOST"
	unforeseen = "FAPI-FAULT"
)

// errNoCredentials is the answer without an error code (RFC 6750 3.1).
var errNoCredentials = &fosite.RFC6749Error{DescriptionField: "The request has no access token.", CodeField: http.StatusUnauthorized}

// errMethodNotAllowed is invalid_request with status 405 (PAR-15, OA-05).
var errMethodNotAllowed = &fosite.RFC6749Error{
	ErrorField: "invalid_request", DescriptionField: "The HTTP method is not allowed here.", CodeField: http.StatusMethodNotAllowed,
}

// errEntityTooLarge is invalid_request with status 413 (PAR-15).
var errEntityTooLarge = &fosite.RFC6749Error{
	ErrorField: "invalid_request", DescriptionField: "The request is too large.", CodeField: http.StatusRequestEntityTooLarge,
}

// errUnavailable is temporarily_unavailable with status 503: the server can't judge now, and so refuses.
var errUnavailable = &fosite.RFC6749Error{
	ErrorField: "temporarily_unavailable", DescriptionField: "The server is unable to handle the request now.", CodeField: http.StatusServiceUnavailable,
}

// errUnknownClient is invalid_client on a page for the user, to whom 401 would mean a password.
var errUnknownClient = &fosite.RFC6749Error{
	ErrorField: "invalid_client", DescriptionField: "The client is not known.", CodeField: http.StatusBadRequest,
}

// errInvalidProof is invalid_dpop_proof, errUseNonce use_dpop_nonce (RFC 9449 5, 8).
var (
	errInvalidProof = &fosite.RFC6749Error{
		ErrorField: "invalid_dpop_proof", DescriptionField: "The DPoP proof is missing or not valid.", CodeField: http.StatusBadRequest,
	}
	errUseNonce = &fosite.RFC6749Error{
		ErrorField: "use_dpop_nonce", DescriptionField: "The DPoP proof needs a nonce of this server.", CodeField: http.StatusBadRequest,
	}
)

// errInvalidRequestURI is invalid_request_uri (RFC 9101 10.2.2); fosite's has another status.
var errInvalidRequestURI = &fosite.RFC6749Error{
	ErrorField: "invalid_request_uri", DescriptionField: "The request_uri is unknown, expired or already used.", CodeField: http.StatusBadRequest,
}

// errInvalidObject is invalid_request_object (RFC 9101 10.2.2).
var errInvalidObject = &fosite.RFC6749Error{
	ErrorField: "invalid_request_object", DescriptionField: "The request object is not valid.", CodeField: http.StatusBadRequest,
}

// errInvalidDetails is invalid_authorization_details (RFC 9396 5).
var errInvalidDetails = &fosite.RFC6749Error{
	ErrorField: "invalid_authorization_details", DescriptionField: "The authorization_details are not valid.", CodeField: http.StatusBadRequest,
}
