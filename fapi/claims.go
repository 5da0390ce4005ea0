package fapi

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"slices"

	"github.com/go-jose/go-jose/v4/json" // it tells names apart by case, and refuses one that stands twice
	"github.com/ory/fosite"
)

// A ClaimsRequest is the claims parameter of OpenID Connect Core 5.5: what a client wants to be told of the user, and
// where.
type ClaimsRequest struct {
	UserInfo map[string]*RequestedClaim `json:"userinfo"`
	IDToken  map[string]*RequestedClaim `json:"id_token"`
}

// A RequestedClaim says how a claim is wanted; nil asks for it as a voluntary one (OpenID Connect Core 5.5.1).
type RequestedClaim struct {
	Essential bool  `json:"essential"`
	Value     any   `json:"value"`
	Values    []any `json:"values"`
}

// maxClaims bounds the claims parameter in bytes.
const maxClaims = 16 << 10

// Claims returns what the claims parameter of a request asks for; nil where it has none. The request is one that a
// [Provider] accepted, at the authorization endpoint or, by the code or refresh token that it uses, at the token
// endpoint.
func Claims(r fosite.Requester) *ClaimsRequest {
	requested, err := requestedClaims(r.GetRequestForm())
	if err != nil {
		return nil
	}
	return requested
}

func requestedClaims(form url.Values) (*ClaimsRequest, error) {
	raw := form.Get("claims")
	if raw == "" {
		return nil, nil //nolint:nilnil // absence is an answer here, not an error
	}
	if len(raw) > maxClaims {
		return nil, fmt.Errorf("%w: more than %d bytes", errClaims, maxClaims)
	}
	r := &ClaimsRequest{}
	if !bytes.HasPrefix(bytes.TrimLeft([]byte(raw), " \t\r\n"), []byte("{")) || json.Unmarshal([]byte(raw), r) != nil {
		return nil, fmt.Errorf("%w: no JSON object of the form of OpenID Connect Core 5.5", errClaims)
	}
	return r, nil
}

// accepts says whether a value is one that the client can use.
func (c *RequestedClaim) accepts(value any) bool {
	if c == nil || (c.Value == nil && len(c.Values) == 0) {
		return true
	}
	return c.Value == value || slices.Contains(c.Values, value)
}

// unmet says whether the user was not authenticated as the client insists on: an essential acr has one of the values
// that were asked for (OpenID Connect Core 5.5.1.1).
func (r *ClaimsRequest) unmet(acr string) bool {
	if r == nil {
		return false
	}
	wanted := r.IDToken["acr"]
	return wanted != nil && wanted.Essential && (acr == "" || !wanted.accepts(acr))
}

// excludes says whether the client asks for another user than this one (OpenID Connect Core 3.1.2.2, 5.5.1).
func (r *ClaimsRequest) excludes(subject string) bool {
	return r != nil && !r.IDToken["sub"].accepts(subject)
}

// wantsAuthTime says whether the ID token must tell when the user logged in.
func (r *ClaimsRequest) wantsAuthTime() bool {
	if r == nil {
		return false
	}
	wanted := r.IDToken["auth_time"]
	return wanted != nil && wanted.Essential
}

// An IDTokenClaimer tells what an ID token says of the user beside what the session's claims hold, such as what the
// claims parameter asked for. session is the host's own, requested is nil where the client asked for nothing by name.
// The server's own claims can't be replaced. It may run concurrently; an error fails the request.
//
// It is not asked for an unencrypted ID token of the authorization endpoint, where no personal data belongs (FAPI 1.0 P2
// 5.2.2.1-6).
type IDTokenClaimer func(ctx context.Context, client fosite.Client, session fosite.Session, scopes []string, requested *ClaimsRequest) (map[string]any, error)

// WithIDTokenClaims adds claims to ID tokens. Unset, they hold what the session says.
func WithIDTokenClaims(f IDTokenClaimer) Option {
	return func(s *settings) error { s.idTokenClaims = f; return nil }
}
