package resource

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4/json"

	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
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
	Expires      numericDate     `json:"exp"`
	IssuedAt     numericDate     `json:"iat"`
	NotBefore    numericDate     `json:"nbf"`
	Confirmation json.RawMessage `json:"cnf"`
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

// numericDate is a NumericDate of RFC 7519 2; its zero time means that the claim is absent.
type numericDate struct{ time.Time }

// maxDate is the last second of the year 9999.
const maxDate = 253402300799

var errDate = errors.New("resource: not a NumericDate")

func (d *numericDate) UnmarshalJSON(data []byte) error {
	if n, err := strconv.ParseInt(string(data), 10, 64); err == nil {
		if n < 0 || n > maxDate {
			return errDate
		}
		d.Time = time.Unix(n, 0)
		return nil
	}
	f, err := strconv.ParseFloat(string(data), 64)
	if err != nil || !(f >= 0 && f <= maxDate) {
		return errDate
	}
	whole, fraction := math.Modf(f)
	d.Time = time.Unix(int64(whole), int64(fraction*float64(time.Second)))
	return nil
}
