package registration

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/go-jose/go-jose/v4"
	strict "github.com/go-jose/go-jose/v4/json"

	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
)

// Keys gives the keys of an issuer of software statements. refresh asks for fresh ones: none of the others verified.
type Keys interface {
	Keys(ctx context.Context, refresh bool) (*jose.JSONWebKeySet, error)
}

// StaticKeys are keys that never change.
func StaticKeys(set *jose.JSONWebKeySet) Keys { return jwk.Static{Set: set} }

// Statements verifies software statements (RFC 7591 2.3): JWTs in which somebody whom the server trusts says what a
// piece of software is. Its zero value trusts nobody. Use it by pointer; it is safe for concurrent use.
type Statements struct {
	// Issuers are those that are trusted, by their iss, with their keys.
	Issuers map[string]Keys
	// Algorithms are the permitted ones; nil means PS256, ES256 and EdDSA.
	Algorithms []jose.SignatureAlgorithm
	// MaxAge is how long after its iat a statement may be used. Zero: until its exp, which it must have then. Where both
	// are there, both count.
	MaxAge time.Duration
	// Audience are the names of this server that the aud of a statement may have: one of them is enough. A statement without
	// aud is for every server. Nil: one with aud is for none.
	Audience func(ctx context.Context) []string
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// A Statement is a software statement that was verified.
type Statement struct {
	Raw      string // as it was received
	Issuer   string
	Software string // software_id; "" without one

	// Claims are all that it says. They take precedence over what the client says itself.
	Claims map[string]json.RawMessage
}

const (
	maxStatement = 64 << 10
	// statementSkew is how far ahead of ours an issuer's clock may be.
	statementSkew = 30 * time.Second
)

// Validate names what keeps every statement from being verified.
func (s *Statements) Validate() error {
	var errs []error
	for issuer, keys := range s.Issuers {
		if issuer == "" || keys == nil {
			errs = append(errs, fmt.Errorf("registration: the issuer %q of software statements needs a name and keys", issuer))
		}
	}
	for _, alg := range s.Algorithms {
		if !jwk.Known(alg) {
			errs = append(errs, fmt.Errorf("registration: %q signs no software statements", alg))
		}
	}
	if len(s.Issuers) == 0 {
		errs = append(errs, errors.New("registration: software statements need an issuer that is trusted"))
	}
	if s.MaxAge < 0 {
		errs = append(errs, errors.New("registration: MaxAge of software statements is negative"))
	}
	return errors.Join(errs...)
}

// Verify proves that a statement was made by one of the issuers and may still be used. The error is [ErrStatement],
// [ErrStatementIssuer], [ErrStatementSignature], [ErrStatementAudience], [ErrStatementExpired], [ErrStatementNotYet], or [ErrUnavailable] where the
// issuer's keys can't be had; it quotes nothing of the statement.
func (s *Statements) Verify(ctx context.Context, raw string) (*Statement, error) {
	statement, j, err := s.parse(raw)
	if err != nil {
		return nil, err
	}
	keys := s.Issuers[statement.Issuer]
	if keys == nil {
		return nil, ErrStatementIssuer
	}
	switch err := j.VerifyBy(ctx, keys); {
	case errors.Is(err, jwk.ErrUnavailable):
		return nil, fmt.Errorf("%w: the keys of the statement's issuer: %w", ErrUnavailable, err)
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrStatementSignature, err)
	}
	if !s.addressed(ctx, statement) {
		return nil, ErrStatementAudience
	}
	if err := s.judgeTimes(j.Payload); err != nil {
		return nil, err
	}
	return statement, nil
}

// addressed says whether a statement is for this server (RFC 7519 4.1.3). What its issuer signs beside statements, ID tokens
// or access tokens, is for others.
func (s *Statements) addressed(ctx context.Context, statement *Statement) bool {
	raw, ok := statement.Claims["aud"]
	if !ok || string(raw) == "null" {
		return true
	}
	var one string
	var several []string
	if json.Unmarshal(raw, &one) == nil {
		several = []string{one}
	} else if json.Unmarshal(raw, &several) != nil {
		return false
	}
	return s.Audience != nil && slices.ContainsFunc(s.Audience(ctx), func(own string) bool { return own != "" && slices.Contains(several, own) })
}

// parse reads a statement of which nothing is proven.
func (s *Statements) parse(raw string) (*Statement, *jwk.JWS, error) {
	if len(raw) > maxStatement {
		return nil, nil, fmt.Errorf("%w: more than %d bytes", ErrStatement, maxStatement)
	}
	j, err := jwk.Parse(raw, s.algorithms())
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrStatement, err)
	}
	if j.Type != "" && !jwk.SameType(j.Type, "JWT") { // RFC 8725 3.12: at+jwt and the like are for something else
		return nil, nil, fmt.Errorf("%w: its typ is another", ErrStatement)
	}
	if !jwk.Object(j.Payload) {
		return nil, nil, fmt.Errorf("%w: its payload is no JSON object", ErrStatement)
	}
	claims, ok := membersOf(j.Payload)
	if !ok {
		return nil, nil, fmt.Errorf("%w: its payload is malformed, or has a name twice", ErrStatement)
	}
	statement := &Statement{Raw: raw, Claims: claims}
	for name, into := range map[string]*string{"iss": &statement.Issuer, "software_id": &statement.Software} {
		if value, ok := statement.Claims[name]; ok && json.Unmarshal(value, into) != nil {
			return nil, nil, fmt.Errorf("%w: %s is no string", ErrStatement, name)
		}
	}
	if statement.Issuer == "" {
		return nil, nil, fmt.Errorf("%w: it has no iss", ErrStatement)
	}
	return statement, j, nil
}

func (s *Statements) algorithms() []jose.SignatureAlgorithm {
	if s.Algorithms == nil {
		return []jose.SignatureAlgorithm{jose.PS256, jose.ES256, jose.EdDSA}
	}
	return s.Algorithms
}

func (s *Statements) judgeTimes(payload []byte) error {
	var times struct {
		Issued    jwk.NumericDate `json:"iat"`
		NotBefore jwk.NumericDate `json:"nbf"`
		Expires   jwk.NumericDate `json:"exp"`
	}
	if strict.Unmarshal(payload, &times) != nil {
		return fmt.Errorf("%w: iat, nbf or exp is no date", ErrStatement)
	}
	now := time.Now()
	if s.Now != nil {
		now = s.Now()
	}
	switch latest := now.Add(statementSkew); {
	case times.Issued.After(latest), times.NotBefore.After(latest):
		return ErrStatementNotYet
	case s.MaxAge == 0 && times.Expires.IsZero():
		return fmt.Errorf("%w: it has no exp", ErrStatement)
	case s.MaxAge > 0 && times.Issued.IsZero():
		return fmt.Errorf("%w: it has no iat", ErrStatement)
	case !times.Expires.IsZero() && !now.Before(times.Expires.Time):
		return ErrStatementExpired
	case s.MaxAge > 0 && now.After(times.Issued.Add(s.MaxAge)):
		return fmt.Errorf("%w: it is older than %s", ErrStatementExpired, s.MaxAge)
	}
	return nil
}

// again verifies the statement of an update. The one that the client registered with is as good as it was then, however
// old it is now; another one must name the same software, or a client could become somebody else.
func (s *Statements) again(ctx context.Context, raw, registered string) (*Statement, error) {
	before, _, err := s.parse(registered)
	if err != nil || s.Issuers[before.Issuer] == nil {
		return nil, ErrStatementIssuer // it isn't trusted any more
	}
	if raw == registered {
		return before, nil
	}
	now, err := s.Verify(ctx, raw)
	if err != nil {
		return nil, err
	}
	if now.Issuer != before.Issuer || now.Software == "" || now.Software != before.Software {
		return nil, ErrStatementOther
	}
	return now, nil
}
