package resource

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
)

// A Refusal is a request that was not let through: what the client is told, and why.
type Refusal struct {
	ID          string // the requirement that the request didn't meet, such as "F2-RS-05"
	Status      int    // of HTTP
	Code        string // of RFC 6750 3.1 or RFC 9449 7.1; "": none, for there were no credentials
	Description string // what the client is told besides
	ClientID    string // whom the token was issued to; "": there is no valid one
	TokenID     string // its jti; "": as above, or introspection didn't say
	Interaction string // x-fapi-interaction-id of the response

	scope  string
	uri    string // error_uri; "": none
	scheme string // that the client used; "": none
	cause  error
}

// Error names the requirement, the code and the cause. It holds no credential.
func (r *Refusal) Error() string {
	if r.Code == "" {
		return fmt.Sprintf("%s: %v", r.ID, r.cause)
	}
	return fmt.Sprintf("%s: %s: %v", r.ID, r.Code, r.cause)
}

// Unwrap gives access to the cause: one of the errors of this package, and those of packages cnf, clientcert and dpop behind
// it.
func (r *Refusal) Unwrap() error { return r.cause }

func (s *Server) newRefusal(cause error, c credentials, t *Token, interaction string) *Refusal {
	v := verdictOf(cause)
	out := &Refusal{
		ID: v.id, Status: v.status, Code: v.code, Description: v.description,
		Interaction: interaction, scheme: c.scheme, cause: cause,
	}
	if out.Description != "" {
		out.Description += " (" + v.id + ")"
	}
	if s.errorURI != nil && out.Code != "" {
		u := s.errorURI.JoinPath(url.PathEscape(out.ID))
		query := u.Query()
		query.Set("interaction_id", interaction)
		u.RawQuery = query.Encode()
		out.uri = u.String()
	}
	if missing := (*missingScope)(nil); errors.As(cause, &missing) {
		out.scope = missing.wanted
	}
	if t != nil {
		out.ClientID, out.TokenID = t.ClientID, t.ID
	}
	return out
}

// unmetRequirement is the error of a Requirement.
type unmetRequirement struct{ cause error }

func (u *unmetRequirement) Error() string { return u.cause.Error() }

func (u *unmetRequirement) Unwrap() []error { return []error{ErrScope, u.cause} }

// A verdict is what a client is told. Descriptions are in the characters of RFC 6749 5.2.
type verdict struct {
	status      int
	code        string
	id          string
	description string
}

func invalidRequest(id, description string) verdict {
	return verdict{http.StatusBadRequest, "invalid_request", id, description}
}

func invalidToken(id, description string) verdict {
	return verdict{http.StatusUnauthorized, "invalid_token", id, description}
}

const (
	sendOnce    = "Send the access token once, in the Authorization header."
	notValid    = "The access token is not valid."
	otherSender = "The access token is not bound to its sender."
)

// verdicts maps errors to answers; the first that is in the cause's tree counts.
var verdicts = []struct {
	cause error
	verdict
}{
	{ErrUnavailable, unavailable}, {ErrMetadata, unavailable}, {ErrIntrospection, unavailable},

	{ErrNoToken, verdict{http.StatusUnauthorized, "", "BT-03", ""}},
	{ErrMultiple, invalidRequest("BT-01", sendOnce)},
	{ErrCredentials, invalidRequest("F2-RS-01", sendOnce)},
	{ErrQuery, invalidRequest("F2-RS-02", sendOnce)},
	{ErrBody, invalidRequest("BT-01", sendOnce)},
	{ErrCertificate, invalidRequest("MTLS-10", "The client certificate can not be read.")},

	{ErrAlgorithm, invalidToken("F2-CR-02", notValid)},
	{ErrType, invalidToken("AT-01", notValid)},
	{ErrIssuer, invalidToken("AT-01", notValid)},
	{ErrAudience, invalidToken("AT-01", "The access token is for another resource server.")},
	{ErrClaim, invalidToken("AT-01", notValid)},
	{ErrExpired, invalidToken("F2-RS-03", "The access token has expired.")},
	{ErrNotYet, invalidToken("F2-AS-13", notValid)},
	{ErrInactive, invalidToken("F2-RS-03", "The access token is unknown, expired or revoked.")},

	{ErrConfirmation, invalidToken("F2-RS-05", otherSender)},
	{ErrUnbound, invalidToken("F2-RS-05", otherSender)},
	{ErrScheme, invalidToken("DPOP-42", "The access token must be sent by the scheme of its token_type.")},
	{ErrBinding, invalidToken("MTLS-10", "The access token is bound to another client certificate.")},

	{ErrScope, verdict{http.StatusForbidden, "insufficient_scope", "F2-RS-04", "The access token is not good for this."}},
}

var unavailable = verdict{
	http.StatusServiceUnavailable, "temporarily_unavailable", "F2-RS-03", "The access token can not be checked now.",
}

func verdictOf(cause error) verdict {
	for _, row := range verdicts {
		if errors.Is(cause, row.cause) {
			return row.verdict
		}
	}
	if errors.Is(cause, ErrProof) {
		return verdictOfProof(cause)
	}
	return invalidToken("F2-RS-03", notValid)
}
