package fapi

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/cnf"
)

// errNoToken is the request without credentials, which is answered without an error code (RFC 6750 3.1).
var errNoToken = errors.New("no access token")

// Authorize checks a resource request whole, for resource servers in the host's own process: one access token, in the Authorization header alone (F2-RS-01,
// F2-RS-02), live, granted the scopes, and bound to the certificate of this connection (F2-RS-05). Tokens of legacy clients pass as
// the host's own lane says. [WriteResourceError] answers the error.
func (p *Provider) Authorize(ctx context.Context, r *http.Request, session fosite.Session, scopes ...string) (fosite.AccessRequester, error) {
	token, err := bearer(r)
	if err != nil {
		return nil, err
	}
	chain, err := p.certificates(r)
	if err != nil {
		return nil, p.refused(ctx, nil, refuse(AtResource, nil, errors.Join(errCertificate, err)))
	}
	if len(chain) > 0 {
		ctx = WithBinding(ctx, cnf.Confirmation{X5TS256: cnf.Thumbprint(chain[0])})
	}
	use, ar, err := p.IntrospectToken(ctx, token, fosite.AccessToken, session, scopes...)
	if err != nil {
		return nil, err
	}
	if use != fosite.AccessToken {
		return nil, fosite.ErrTokenExpired.WithHint("The token is not an access token.")
	}
	return ar, nil
}

// bearer takes the token from the one place where it may stand.
func bearer(r *http.Request) (string, error) {
	headers := r.Header.Values("Authorization")
	if len(headers) > 1 || r.URL.Query().Has("access_token") {
		return "", fosite.ErrInvalidRequest.WithHint("Send the access token once, in the Authorization header.")
	}
	if len(headers) == 0 {
		return "", errNoToken
	}
	scheme, token, ok := strings.Cut(headers[0], " ")
	if token = strings.TrimSpace(token); !ok || !strings.EqualFold(scheme, "Bearer") || token == "" {
		return "", errNoToken
	}
	return token, nil
}

// WriteResourceError answers an error of [Provider.Authorize] with the status and the challenge of RFC 6750 3.
func WriteResourceError(rw http.ResponseWriter, err error) {
	h := rw.Header()
	if errors.Is(err, errNoToken) {
		h.Set("WWW-Authenticate", "Bearer")
		writeJSON(rw, http.StatusUnauthorized, struct{}{})
		return
	}
	status, code, description := http.StatusUnauthorized, "invalid_token", "The access token is unknown, expired, revoked or bound to another sender."
	var r *Refusal
	switch {
	case errors.As(err, &r) && r.Status() >= http.StatusInternalServerError:
		status, code, description = r.Status(), r.Code(), r.Description()
	case errors.As(err, &r):
		description = r.Description()
		if r.Code() == "invalid_request" {
			status, code = http.StatusBadRequest, r.Code()
		}
	case errors.Is(err, fosite.ErrInvalidScope):
		status, code, description = http.StatusForbidden, "insufficient_scope", "The access token was not granted the scope."
	case errors.Is(err, fosite.ErrInvalidRequest):
		status, code, description = http.StatusBadRequest, "invalid_request", "Send the access token once, in the Authorization header."
	}
	h.Set("WWW-Authenticate", `Bearer error="`+code+`", error_description="`+description+`"`)
	writeJSON(rw, status, errorBody{code, description})
}
