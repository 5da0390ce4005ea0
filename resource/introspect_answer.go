package resource

import (
	"context"
	"errors"
	"fmt"
	"time"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/json"

	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
	"github.com/fosite-fapi/fosite-fapi/keys"
)

// signedType is the typ of a signed introspection response (INT-13).
const signedType = "token-introspection+jwt"

// maxAnswerAge is how far iat of a signed response may lie in either direction: it answers a question of just now.
const maxAnswerAge = time.Minute

// An answerReader reads introspection responses.
type answerReader struct {
	issuer     *issuer
	clientID   string   // "": the issuer runs in this process
	audience   []string // nil: not compared
	algorithms []jose.SignatureAlgorithm
	decryption keys.DecryptionSource // nil: responses are not encrypted
	now        func() time.Time
}

// open verifies a signed response and returns the plain one in it (RFC 9701 5, INT-25).
func (a *answerReader) open(ctx context.Context, compact string) ([]byte, error) {
	compact, err := a.decrypt(ctx, compact)
	if err != nil {
		return nil, err
	}
	j, err := jwk.Parse(compact, a.algorithms)
	switch {
	case errors.Is(err, jwk.ErrAlgorithm):
		return nil, fmt.Errorf("%w: %w: not one of %v", ErrIntrospection, ErrAlgorithm, a.algorithms)
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrIntrospection, err)
	case !jwk.SameType(j.Type, signedType):
		return nil, fmt.Errorf("%w: %w: not %q", ErrIntrospection, ErrType, signedType)
	}
	var c struct {
		Issuer   string          `json:"iss"`
		Audience audience        `json:"aud"`
		IssuedAt jwk.NumericDate `json:"iat"`
		Response json.RawMessage `json:"token_introspection"`
	}
	if !jwk.Object(j.Payload) || json.Unmarshal(j.Payload, &c) != nil {
		return nil, fmt.Errorf("%w: payload not a JSON object of claims", ErrIntrospection)
	}
	now := a.now()
	switch {
	case c.Issuer != a.issuer.identifier:
		return nil, fmt.Errorf("%w: %w", ErrIntrospection, ErrIssuer)
	case !a.isFor(c.Audience):
		return nil, fmt.Errorf("%w: %w", ErrIntrospection, ErrAudience)
	case c.IssuedAt.IsZero():
		return nil, fmt.Errorf("%w: %w: iat", ErrIntrospection, ErrClaim)
	case c.IssuedAt.After(now.Add(maxAnswerAge)) || c.IssuedAt.Before(now.Add(-maxAnswerAge)):
		return nil, fmt.Errorf("%w: iat is not of now", ErrIntrospection)
	}
	switch err := a.issuer.verify(ctx, j); {
	case errors.Is(err, ErrKey), errors.Is(err, ErrSignature):
		return nil, fmt.Errorf("%w: %w", ErrIntrospection, err)
	case err != nil:
		return nil, err
	}
	return c.Response, nil
}

// read reads a response (RFC 7662 2.2). What is wrong with the response is ErrIntrospection, what is wrong with the
// token another error.
func (a *answerReader) read(body []byte) (*Token, error) {
	c, ok := decode(body)
	if !ok || c.Active == nil {
		return nil, fmt.Errorf("%w: not a JSON object of the right types", ErrIntrospection)
	}
	if !*c.Active {
		return nil, ErrInactive
	}
	switch {
	case c.Issuer != "" && c.Issuer != a.issuer.identifier:
		return nil, ErrIssuer
	case c.Audience != nil && a.audience != nil && !a.isFor(c.Audience):
		return nil, ErrAudience
	}
	if err := c.judgeTimes(a.now()); err != nil {
		return nil, err
	}
	t, err := c.token(body)
	if err != nil {
		return nil, err
	}
	t.Issuer = a.issuer.identifier
	return t, nil
}

// isFor says whether aud names this server.
func (a *answerReader) isFor(aud audience) bool {
	return aud.names(a.audience) || a.clientID != "" && aud.names([]string{a.clientID})
}
