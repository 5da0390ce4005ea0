package shop

import (
	"maps"
	"time"

	"github.com/ory/fosite"
	"github.com/ory/fosite/token/jwt"
)

// A Session is who gave a grant. It is stored as JSON.
type Session struct {
	Customer string                         `json:"customer"`
	Card     string                         `json:"card,omitempty"` // of the loyalty programme
	Until    map[fosite.TokenType]time.Time `json:"until,omitempty"`
	Claims   jwt.IDTokenClaims              `json:"claims"`
	Headers  jwt.Headers                    `json:"headers"`
}

// NewSession is that of a customer who has just logged in; "" is for hydration.
func NewSession(customer string, now time.Time) *Session {
	return &Session{
		Customer: customer,
		Claims:   jwt.IDTokenClaims{Subject: customer, AuthTime: now, RequestedAt: now},
	}
}

// SetExpiresAt implements fosite.Session.
func (s *Session) SetExpiresAt(key fosite.TokenType, at time.Time) {
	if s.Until == nil {
		s.Until = make(map[fosite.TokenType]time.Time)
	}
	s.Until[key] = at
}

// GetExpiresAt implements fosite.Session.
func (s *Session) GetExpiresAt(key fosite.TokenType) time.Time { return s.Until[key] }

// GetUsername implements fosite.Session.
func (s *Session) GetUsername() string { return s.Customer }

// GetSubject implements fosite.Session.
func (s *Session) GetSubject() string { return s.Customer }

// IDTokenClaims implements openid.Session.
func (s *Session) IDTokenClaims() *jwt.IDTokenClaims { return &s.Claims }

// IDTokenHeaders implements openid.Session.
func (s *Session) IDTokenHeaders() *jwt.Headers { return &s.Headers }

// Clone implements fosite.Session.
func (s *Session) Clone() fosite.Session {
	if s == nil {
		return nil
	}
	c := *s
	c.Until, c.Claims.Extra, c.Headers.Extra = maps.Clone(s.Until), maps.Clone(s.Claims.Extra), maps.Clone(s.Headers.Extra)
	return &c
}
