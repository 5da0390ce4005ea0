package fapi

import (
	"maps"
	"slices"
	"time"

	"github.com/ory/fosite"
	"github.com/ory/fosite/handler/oauth2"
	"github.com/ory/fosite/handler/openid"
	"github.com/ory/fosite/token/jwt"
)

// A Session is a ready session for hosts that have none of their own: it serves opaque and JWT access tokens, OpenID
// Connect and introspection, and survives JSON. It is not safe for concurrent use; the provider clones it where it
// must.
type Session struct {
	Subject   string                         `json:"sub"`
	Username  string                         `json:"username,omitempty"`
	ExpiresAt map[fosite.TokenType]time.Time `json:"expires_at,omitempty"`
	IDToken   *jwt.IDTokenClaims             `json:"id_token,omitempty"`
	IDHeaders *jwt.Headers                   `json:"id_token_headers,omitempty"`
	// Access are further claims of access tokens, shown by introspection too where the host's own lane answers.
	Access map[string]any `json:"access_token,omitempty"`

	claims *jwt.JWTClaims
	header *jwt.Headers
}

var (
	_ openid.Session             = (*Session)(nil)
	_ oauth2.JWTSessionContainer = (*Session)(nil)
	_ fosite.ExtraClaimsSession  = (*Session)(nil)
)

// NewSession returns the session of a user who just logged in. An empty subject is for hydration.
func NewSession(subject string) *Session {
	s := &Session{Subject: subject}
	if subject != "" {
		now := time.Now().UTC().Truncate(time.Second)
		s.IDToken = &jwt.IDTokenClaims{Subject: subject, AuthTime: now, RequestedAt: now}
	}
	return s
}

// SetExpiresAt implements fosite.Session.
func (s *Session) SetExpiresAt(key fosite.TokenType, at time.Time) {
	if s.ExpiresAt == nil {
		s.ExpiresAt = make(map[fosite.TokenType]time.Time, 4)
	}
	s.ExpiresAt[key] = at
}

// GetExpiresAt implements fosite.Session.
func (s *Session) GetExpiresAt(key fosite.TokenType) time.Time { return s.ExpiresAt[key] }

// GetUsername implements fosite.Session.
func (s *Session) GetUsername() string { return s.Username }

// GetSubject implements fosite.Session.
func (s *Session) GetSubject() string { return s.Subject }

// Clone implements fosite.Session.
func (s *Session) Clone() fosite.Session {
	if s == nil {
		return nil
	}
	c := &Session{Subject: s.Subject, Username: s.Username, ExpiresAt: maps.Clone(s.ExpiresAt), Access: maps.Clone(s.Access)}
	if s.IDToken != nil {
		token := *s.IDToken
		token.Audience = slices.Clone(token.Audience)
		token.AuthenticationMethodsReferences = slices.Clone(token.AuthenticationMethodsReferences)
		token.Extra = maps.Clone(token.Extra)
		c.IDToken = &token
	}
	if s.IDHeaders != nil {
		c.IDHeaders = &jwt.Headers{Extra: maps.Clone(s.IDHeaders.Extra)}
	}
	return c
}

// IDTokenClaims implements openid.Session.
func (s *Session) IDTokenClaims() *jwt.IDTokenClaims {
	if s.IDToken == nil {
		s.IDToken = &jwt.IDTokenClaims{Subject: s.Subject}
	}
	return s.IDToken
}

// IDTokenHeaders implements openid.Session.
func (s *Session) IDTokenHeaders() *jwt.Headers {
	if s.IDHeaders == nil {
		s.IDHeaders = &jwt.Headers{}
	}
	return s.IDHeaders
}

// GetJWTClaims implements oauth2.JWTSessionContainer.
func (s *Session) GetJWTClaims() jwt.JWTClaimsContainer {
	if s.claims == nil {
		s.claims = &jwt.JWTClaims{Subject: s.Subject, Extra: s.Access}
	}
	return s.claims
}

// GetJWTHeader implements oauth2.JWTSessionContainer.
func (s *Session) GetJWTHeader() *jwt.Headers {
	if s.header == nil {
		s.header = &jwt.Headers{}
	}
	return s.header
}

// GetExtraClaims implements fosite.ExtraClaimsSession.
func (s *Session) GetExtraClaims() map[string]any {
	if s.Access == nil {
		s.Access = map[string]any{}
	}
	return s.Access
}
