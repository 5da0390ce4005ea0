package registration

import (
	"errors"
	"net/http"
	"strings"
)

// An Answer is how an error is told to a client.
type Answer struct {
	Status      int
	Code        string // "" for a request without credentials, which learns only what to send (RFC 6750 3.1)
	Description string
}

// answers is read top down.
var answers = []struct {
	err error
	to  Answer
}{
	{ErrMethod, Answer{http.StatusMethodNotAllowed, "invalid_request", "The HTTP method is not allowed here."}},
	{ErrNoToken, Answer{http.StatusUnauthorized, "", ""}},
	{ErrTokenPlace, Answer{http.StatusBadRequest, "invalid_request", "Send one Bearer token in the Authorization header."}},
	{ErrInitialToken, Answer{http.StatusUnauthorized, "invalid_token", "The initial access token is not valid."}},
	{ErrToken, Answer{http.StatusUnauthorized, "invalid_token", "The registration access token is not valid."}},
	{ErrForbidden, Answer{http.StatusForbidden, "insufficient_scope", "The client may not do this with its registration."}},
	{ErrContentType, Answer{http.StatusBadRequest, CodeMetadata, "Send the metadata as application/json."}},
	{ErrTooLarge, Answer{http.StatusRequestEntityTooLarge, CodeMetadata, "The document is too large."}},
	{ErrClientID, Answer{http.StatusBadRequest, CodeMetadata, "client_id must be the client's own."}},
	{ErrReserved, Answer{http.StatusBadRequest, CodeMetadata, "The document has a member that the server alone sets."}},
	{ErrSecret, Answer{http.StatusBadRequest, CodeMetadata, "The client has no secret."}},
	{ErrStatementIssuer, Answer{http.StatusBadRequest, CodeUnapprovedStatement, "The issuer of the software statement is not trusted."}},
	{ErrStatementOther, Answer{http.StatusBadRequest, CodeUnapprovedStatement, "The software statement is not that of the client's software."}},
	{ErrStatementMissing, Answer{http.StatusBadRequest, CodeStatement, "Send software_statement."}},
	{ErrStatementSignature, Answer{http.StatusBadRequest, CodeStatement, "The software statement is not signed by its issuer."}},
	{ErrStatementAudience, Answer{http.StatusBadRequest, CodeStatement, "The software statement is for another server."}},
	{ErrStatementExpired, Answer{http.StatusBadRequest, CodeStatement, "The software statement has expired."}},
	{ErrStatementNotYet, Answer{http.StatusBadRequest, CodeStatement, "The software statement is from the future."}},
	{ErrStatement, Answer{http.StatusBadRequest, CodeStatement, "software_statement is not a signed JWT with iss and its times."}},
	{ErrUnavailable, Answer{http.StatusServiceUnavailable, "temporarily_unavailable", "The registration is not possible now."}},
	{ErrDocument, Answer{http.StatusBadRequest, CodeMetadata, "The body is not a JSON object of client metadata, each member once and of its type."}},
}

// AnswerTo is how an error of [Endpoints] is answered. What is none of this package's errors is the server's fault.
func AnswerTo(err error) Answer {
	for _, a := range answers {
		if errors.Is(err, a.err) {
			return a.to
		}
	}
	problems := Problems(err)
	if len(problems) == 0 {
		return Answer{http.StatusInternalServerError, "server_error", ""}
	}
	reasons := make([]string, len(problems))
	for i, p := range problems {
		reasons[i] = p.Field + " " + p.Reason + "."
	}
	return Answer{http.StatusBadRequest, problems[0].Code, strings.Join(reasons, " ")}
}

// Registration is the client registration endpoint, for servers without package fapi.
func (e *Endpoints) Registration() http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		response, err := e.Register(r.Context(), r)
		if err != nil {
			writeError(rw, AnswerTo(err), http.MethodPost)
			return
		}
		WriteResponse(rw, http.StatusCreated, response)
	})
}

// Configuration is the client configuration endpoint of all clients, for servers without package fapi: it belongs to every
// path directly below that of the registration endpoint.
func (e *Endpoints) Configuration() http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		response, err := e.Manage(r.Context(), r)
		if err != nil {
			writeError(rw, AnswerTo(err), Methods)
			return
		}
		WriteResponse(rw, http.StatusOK, response)
	})
}

func writeError(rw http.ResponseWriter, a Answer, allow string) {
	switch a.Status {
	case http.StatusMethodNotAllowed:
		rw.Header().Set("Allow", allow)
	case http.StatusUnauthorized, http.StatusForbidden:
		rw.Header().Set("WWW-Authenticate", Challenge(a.Code))
	}
	body := map[string]string{}
	for name, value := range map[string]string{"error": a.Code, "error_description": a.Description} {
		if value != "" {
			body[name] = value
		}
	}
	write(rw, a.Status, body)
}

// Challenge is the WWW-Authenticate header of an answer with this error code (RFC 6750 3).
func Challenge(code string) string {
	if code == "" {
		return `Bearer realm="registration"`
	}
	return `Bearer realm="registration", error="` + code + `"`
}
