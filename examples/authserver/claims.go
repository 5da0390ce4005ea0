package main

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/resource"
)

// A grantSession is the library's session with what /userinfo has to know of the authorization request.
type grantSession struct {
	*fapi.Session
	UserInfo []string `json:"userinfo,omitempty"` // the claims that the client asked for by name (OpenID Connect Core 5.5)
}

// Clone implements fosite.Session.
func (s *grantSession) Clone() fosite.Session {
	if s == nil {
		return nil
	}
	copied, _ := s.Session.Clone().(*fapi.Session)
	return &grantSession{Session: copied, UserInfo: slices.Clone(s.UserInfo)}
}

// newSession is for hydration.
func newSession(context.Context) fosite.Session { return &grantSession{Session: fapi.NewSession("")} }

// idTokenClaims are what the client asked for by name. What the scopes cover is told by /userinfo (OpenID Connect Core
// 5.4).
func (s *server) idTokenClaims(_ context.Context, _ fosite.Client, session fosite.Session, _ []string, requested *fapi.ClaimsRequest) (map[string]any, error) {
	if requested == nil {
		return map[string]any{}, nil
	}
	of := s.users.byName[session.GetSubject()]
	if of == nil {
		return nil, errors.New("the session is not a user's")
	}
	return of.named(slices.Collect(maps.Keys(requested.IDToken))), nil
}

// requested are the claims that the client asked /userinfo for by name. The token was judged already: its sender has
// proved what it is bound to.
func (s *server) requested(r *http.Request, token *resource.Token) []string {
	_, raw, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	ctx := fapi.WithBinding(r.Context(), token.Confirmation)
	_, ar, err := s.provider.IntrospectToken(ctx, strings.TrimSpace(raw), fosite.AccessToken, newSession(ctx))
	if err != nil {
		return nil
	}
	session, ok := ar.GetSession().(*grantSession)
	if !ok {
		return nil
	}
	return session.UserInfo
}
