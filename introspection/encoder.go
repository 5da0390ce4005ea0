package introspection

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	jose "github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
)

// Type is the typ of a signed response (RFC 9701 5).
const Type = "token-introspection+jwt"

// A Signer makes a compact JWS of payload, with this typ, by a key of this algorithm, or by its first key if alg is "".
// A *keys.Set is one.
type Signer interface {
	Sign(ctx context.Context, alg jose.SignatureAlgorithm, typ string, payload []byte) (string, error)
}

// An Encoder makes responses of an authorization server as JWTs (RFC 9701 5). It is safe for concurrent use as long as its
// fields aren't changed.
type Encoder struct {
	// Issuer is the iss of every response. Required.
	Issuer string
	// Signer holds the server's keys. Required.
	Signer Signer
	// Algorithms are those that a response may be signed with. nil: PS256, ES256, EdDSA, not RFC 9701's default RS256
	// (F2-CR-02). Symmetric ones and "none" can't be allowed.
	Algorithms []jose.SignatureAlgorithm
	// Now is the clock. nil: time.Now.
	Now func() time.Time
}

// claims has neither sub nor exp, so that it can't be taken for an access token or an ID token (INT-17).
type claims struct {
	Issuer   string `json:"iss"`
	Audience string `json:"aud"`
	IssuedAt int64  `json:"iat"`
	// token_introspection is appended, since a json.RawMessage would be scanned again.
}

// Encode returns a response as a compact JWT for one caller: signed, then encrypted if it registered for that. It is to be
// sent as [MediaType].
//
// The error is ErrConfig, ErrResponse, ErrAlgorithm, ErrSigning, ErrKey or ErrKeysUnavailable: a caller that registered for
// encryption gets nothing rather than a response in the clear.
func (e *Encoder) Encode(ctx context.Context, to Caller, r Response) (string, error) {
	switch {
	case e.Issuer == "" || e.Signer == nil:
		return "", fmt.Errorf("%w: Issuer or Signer is missing", ErrConfig)
	case to.ID == "":
		return "", fmt.Errorf("%w: Caller.ID is empty", ErrConfig)
	}
	now := time.Now
	if e.Now != nil {
		now = e.Now
	}
	inner, err := r.MarshalJSON()
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrResponse, err)
	}
	payload, err := json.Marshal(claims{e.Issuer, to.ID, now().Unix()})
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrResponse, err)
	}
	payload = append(payload[:len(payload)-1], `,"token_introspection":`...)
	payload = append(append(payload, inner...), '}')

	signed, err := e.sign(ctx, to.Algorithm, payload)
	if err != nil || !to.Encrypted() {
		return signed, err
	}
	return to.encrypt(ctx, signed)
}

func (e *Encoder) sign(ctx context.Context, alg jose.SignatureAlgorithm, payload []byte) (string, error) {
	allowed := jwk.Accepted(e.Algorithms)
	if alg != "" && (!slices.Contains(allowed, alg) || !jwk.Known(alg)) {
		return "", fmt.Errorf("%w: %q is not one of %q", ErrAlgorithm, alg, allowed)
	}
	signed, err := e.Signer.Sign(ctx, alg, Type, payload)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrSigning, err)
	}
	if alg == "" {
		j, err := jwk.Parse(signed, allowed)
		if err != nil || !jwk.Known(j.Algorithm) {
			return "", fmt.Errorf("%w: that of the first key is not one of %q", ErrAlgorithm, allowed)
		}
	}
	return signed, nil
}
