package resource

import (
	"context"
	"slices"
	"time"

	"github.com/go-jose/go-jose/v4/json"

	"github.com/fosite-fapi/fosite-fapi/cnf"
	"github.com/fosite-fapi/fosite-fapi/rar"
)

// A Token is a verified access token. Each request has one of its own.
type Token struct {
	// Issuer is the authorization server: Config.Issuer.
	Issuer string
	// Subject is whose resources may be accessed: the resource owner, or the client itself where none is involved
	// (RFC 9068 2.2). "": introspection didn't say.
	Subject string
	// ClientID is the client that the token was issued to. "": introspection didn't say.
	ClientID string
	// ID is the jti. "": introspection didn't say.
	ID string
	// Scopes are those granted. nil: none.
	Scopes []string
	// Audience is who the token is for. nil: introspection didn't say.
	Audience []string
	// IssuedAt is the iat. Zero: introspection didn't say.
	IssuedAt time.Time
	// Expires is the exp. Zero: introspection didn't say.
	Expires time.Time
	// Confirmation is what the token is bound to, and what the sender has proved. Zero: nothing, which only
	// Config.InsecureAllowUnbound lets pass.
	Confirmation cnf.Confirmation
	// AuthorizationDetails are the rights that RFC 9396 lets a token have beside its scopes. nil: none, or introspection
	// didn't say.
	AuthorizationDetails rar.Details

	tokenType string
	claims    []byte // never written to
}

// HasScope reports whether the scope was granted.
func (t *Token) HasScope(scope string) bool { return slices.Contains(t.Scopes, scope) }

// Claims decodes all claims of the token, or all members of the introspection response, into v, a pointer to a struct
// or a map. Names are case-sensitive. The error is that of the decoder.
func (t *Token) Claims(v any) error { return json.Unmarshal(t.claims, v) }

// own returns a copy to hand out: a cached token is shared.
func (t *Token) own() *Token {
	out := *t
	out.Scopes, out.Audience = slices.Clone(t.Scopes), slices.Clone(t.Audience)
	out.AuthorizationDetails = slices.Clone(t.AuthorizationDetails)
	return &out
}

// passed is what a protected handler finds in its context.
type passed struct {
	token       *Token
	interaction string
}

type contextKey struct{}

// TokenFrom returns the token that [Server.Protect] let the request pass with. It is nil for every other context.
func TokenFrom(ctx context.Context) *Token {
	if p, ok := ctx.Value(contextKey{}).(*passed); ok {
		return p.token
	}
	return nil
}

// InteractionID returns the x-fapi-interaction-id of the response to a request that [Server.Protect] let pass, for the
// handler's own log (F1B-RS-10). It is "" for every other context.
func InteractionID(ctx context.Context) string {
	if p, ok := ctx.Value(contextKey{}).(*passed); ok {
		return p.interaction
	}
	return ""
}
