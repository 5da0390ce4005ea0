package resource

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4/json"

	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
	"github.com/fosite-fapi/fosite-fapi/rar"
)

// futureSkew is how far ahead iat and nbf may lie (F2-AS-13: 10 s at least, 60 s at most).
const futureSkew = 30 * time.Second

// claims are those of a JWT access token (RFC 9068 2.2), which introspection responses share (RFC 7662 2.2).
type claims struct {
	Active       *bool           `json:"active"` // of introspection responses alone, as is token_type
	TokenType    string          `json:"token_type"`
	Issuer       string          `json:"iss"`
	Subject      string          `json:"sub"`
	Audience     audience        `json:"aud"`
	ClientID     string          `json:"client_id"`
	ID           string          `json:"jti"`
	Scope        string          `json:"scope"`
	Expires      jwk.NumericDate `json:"exp"`
	IssuedAt     jwk.NumericDate `json:"iat"`
	NotBefore    jwk.NumericDate `json:"nbf"`
	Confirmation json.RawMessage `json:"cnf"`

	AuthorizationDetails json.RawMessage `json:"authorization_details"`
}

// decode reads claims strictly: one JSON object, no member twice, the types of the specifications.
func decode(data []byte) (*claims, bool) {
	c := new(claims)
	if !jwk.Object(data) || json.Unmarshal(data, c) != nil {
		return nil, false
	}
	return c, true
}

// token makes a Token of claims that hold. An unusable cnf must not pass for none.
func (c *claims) token(raw []byte) (*Token, error) {
	t := &Token{
		Issuer: c.Issuer, Subject: c.Subject, ClientID: c.ClientID, ID: c.ID,
		Audience: c.Audience, IssuedAt: c.IssuedAt.Time, Expires: c.Expires.Time,
		tokenType: c.TokenType, claims: raw,
	}
	if scopes := strings.Fields(c.Scope); len(scopes) > 0 {
		t.Scopes = scopes
	}
	if c.Confirmation != nil {
		// The decoder's own errors don't wrap this one.
		if err := t.Confirmation.UnmarshalJSON(c.Confirmation); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrConfirmation, err)
		}
	}
	if c.AuthorizationDetails != nil {
		var err error
		if t.AuthorizationDetails, err = rar.Parse(string(c.AuthorizationDetails)); err != nil {
			return nil, fmt.Errorf("%w: authorization_details: %w", ErrMalformed, err)
		}
	}
	return t, nil
}

// judgeTimes holds exp, iat and nbf against the clock, as far as they are there.
func (c *claims) judgeTimes(now time.Time) error {
	switch {
	case !c.Expires.IsZero() && !now.Before(c.Expires.Time):
		return ErrExpired
	case c.IssuedAt.After(now.Add(futureSkew)):
		return fmt.Errorf("%w: iat is more than %s ahead", ErrNotYet, futureSkew)
	case c.NotBefore.After(now.Add(futureSkew)):
		return fmt.Errorf("%w: nbf is more than %s ahead", ErrNotYet, futureSkew)
	}
	return nil
}

// audience is a string or an array of strings (RFC 7519 4.1.3).
type audience []string

var errAudience = errors.New("resource: aud is neither a string nor an array of strings")

func (a *audience) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		*a = make(audience, 1)
		return json.Unmarshal(data, &(*a)[0])
	}
	var several []string
	if json.Unmarshal(data, &several) != nil || several == nil {
		return errAudience
	}
	*a = several
	return nil
}

func (a audience) names(accepted []string) bool {
	return slices.ContainsFunc(a, func(one string) bool { return slices.Contains(accepted, one) })
}
