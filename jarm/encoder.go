package jarm

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	jose "github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/internal/faults"
	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
)

// An Encoder makes the response JWTs of an authorization server (JARM 2.1, 2.2). It is safe for concurrent use as long as
// its fields aren't changed.
type Encoder struct {
	// Issuer is the iss of every response. Required.
	Issuer string
	// Signer holds the server's keys. Required.
	Signer Signer
	// Algorithms are those that a response may be signed with. nil: PS256, ES256, EdDSA. Symmetric ones and "none" can't
	// be allowed (JARM-30).
	Algorithms []jose.SignatureAlgorithm
	// Lifetime is how long a response is valid. Zero: five minutes. At most ten (JARM-02).
	Lifetime time.Duration
	// Now is the clock. nil: time.Now.
	Now func() time.Time
}

// A Signer makes a compact JWS of payload, with this typ unless it is "", by a key of this algorithm, or by its first
// key if alg is "". A *keys.Set is one.
type Signer interface {
	Sign(ctx context.Context, alg jose.SignatureAlgorithm, typ string, payload []byte) (string, error)
}

const (
	defaultLifetime = 5 * time.Minute
	maxLifetime     = 10 * time.Minute // JARM-02
)

// Validate returns an ErrConfig that lists everything wrong with the configuration: no Issuer, no Signer, an unknown or
// symmetric algorithm, a Lifetime out of its bounds.
func (e *Encoder) Validate() error {
	config := faults.In(ErrConfig)
	if e.Issuer == "" {
		config.Wrong("Issuer is empty")
	}
	if e.Signer == nil {
		config.Wrong("Signer is nil")
	}
	jwk.Validate(e.Algorithms, config.Wrong)
	if e.Lifetime < 0 || e.Lifetime > maxLifetime {
		config.Wrong("Lifetime is %s, not between 0 and %s (JARM-02)", e.Lifetime, maxLifetime)
	}
	return config.Err()
}

// Encode returns the response JWT for the client c: iss, aud, exp, and all of params (JARM-01, JARM-03), signed, and
// encrypted if c asks for that.
//
// A parameter without a value is left out, as if it were not there (JARM-07). expires_in becomes a number, all else a
// string (JARM-04). An iss that is the Issuer, as RFC 9207 would have it beside a response, is as good as absent (JARM-05);
// any other, and every aud and exp, is ErrParameter. So is a parameter of several values.
//
// The other errors are ErrAlgorithm, ErrSigning, ErrKey and ErrKeysUnavailable; whatever is wrong, nothing unsigned or
// unencrypted comes back.
func (e *Encoder) Encode(ctx context.Context, c Client, params url.Values) (string, error) {
	if err := e.Validate(); err != nil {
		return "", err
	}
	if c.ID == "" {
		return "", fmt.Errorf("%w: Client.ID is empty", ErrConfig)
	}
	payload, err := e.claims(c, params)
	if err != nil {
		return "", err
	}
	signed, err := e.sign(ctx, c.Algorithm, payload)
	if err != nil || !c.Encrypted() {
		return signed, err
	}
	return c.encrypt(ctx, signed)
}

func (e *Encoder) claims(c Client, params url.Values) ([]byte, error) {
	now := time.Now
	if e.Now != nil {
		now = e.Now
	}
	lifetime := e.Lifetime
	if lifetime == 0 {
		lifetime = defaultLifetime
	}
	claims := make(map[string]any, len(params)+3)
	for name, values := range params {
		if err := e.claim(claims, name, values); err != nil {
			return nil, err
		}
	}
	claims["iss"], claims["aud"], claims["exp"] = e.Issuer, c.ID, now().Add(lifetime).Unix()
	return json.Marshal(claims)
}

// claim adds what one parameter becomes.
func (e *Encoder) claim(claims map[string]any, name string, values []string) error {
	switch {
	case len(values) > 1:
		return fmt.Errorf("%w: %q has several values", ErrParameter, name)
	case len(values) == 0 || values[0] == "":
		return nil
	}
	value := values[0]
	switch {
	case !utf8.ValidString(name) || !utf8.ValidString(value):
		return fmt.Errorf("%w: %q is not UTF-8", ErrParameter, name)
	case name == "iss" && value == e.Issuer:
		return nil
	case name == "iss" || name == "aud" || name == "exp":
		return fmt.Errorf("%w: %s is the response's own", ErrParameter, name)
	case name == "expires_in":
		seconds, err := strconv.ParseUint(value, 10, 53)
		if err != nil {
			return fmt.Errorf("%w: expires_in is no number", ErrParameter)
		}
		claims[name] = seconds
		return nil
	}
	claims[name] = value
	return nil
}

func (e *Encoder) sign(ctx context.Context, alg jose.SignatureAlgorithm, payload []byte) (string, error) {
	algorithms := jwk.Accepted(e.Algorithms)
	if alg != "" && !slices.Contains(algorithms, alg) {
		return "", fmt.Errorf("%w: %q is not one of %q", ErrAlgorithm, alg, algorithms)
	}
	signed, err := e.Signer.Sign(ctx, alg, "", payload)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrSigning, err)
	}
	if alg == "" {
		if _, err := jwk.Parse(signed, algorithms); err != nil {
			return "", fmt.Errorf("%w: that of the first key is not one of %q", ErrAlgorithm, algorithms)
		}
	}
	return signed, nil
}
