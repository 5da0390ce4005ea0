package resource

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
)

// tokenType is the typ of a JWT access token (RFC 9068 2.1). No other JWT passes for one (RFC 8725 3.11, INT-21).
const tokenType = "at+jwt"

// isJWT tells the formats apart where both are accepted. What it takes for a JWT must then be one.
func isJWT(token string) bool { return strings.Count(token, ".") == 2 }

// verifyJWT is RFC 9068 4: typ, algorithm, iss, aud, times, claims, signature. What can't be known for lack of keys
// comes last.
func (s *Server) verifyJWT(ctx context.Context, raw string) (*Token, error) {
	j, err := jwk.Parse(raw, s.algorithms)
	switch {
	case errors.Is(err, jwk.ErrAlgorithm):
		return nil, fmt.Errorf("%w: not one of %v", ErrAlgorithm, s.algorithms)
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	case !jwk.SameType(j.Type, tokenType):
		return nil, fmt.Errorf("%w: not %q", ErrType, tokenType)
	}
	c, ok := decode(j.Payload)
	if !ok {
		return nil, fmt.Errorf("%w: payload not a JSON object of claims", ErrMalformed)
	}
	if err := s.judgeJWT(c); err != nil {
		return nil, err
	}
	t, err := c.token(j.Payload)
	if err != nil {
		return nil, err
	}
	if err := s.issuer.verify(ctx, j); err != nil {
		return nil, err
	}
	return t, nil
}

// judgeJWT holds the claims of RFC 9068 2.2 against the configuration and the clock.
func (s *Server) judgeJWT(c *claims) error {
	switch {
	case c.Issuer != s.issuer.identifier:
		return ErrIssuer
	case !c.Audience.names(s.audience):
		return ErrAudience
	}
	for _, required := range []struct {
		name    string
		missing bool
	}{
		{"exp", c.Expires.IsZero()}, {"iat", c.IssuedAt.IsZero()},
		{"sub", c.Subject == ""}, {"client_id", c.ClientID == ""}, {"jti", c.ID == ""},
	} {
		if required.missing {
			return fmt.Errorf("%w: %s", ErrClaim, required.name)
		}
	}
	return c.judgeTimes(s.now())
}
