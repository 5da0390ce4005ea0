package introspection

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	jose "github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/internal/jwe"
)

// Type is the typ of a signed response (RFC 9701 5).
const Type = "token-introspection+jwt"

// Keys sign. A *keys.Set does.
type Keys interface {
	// Sign returns the compact JWS of payload by a key for alg, "" being the default one, with typ in its header.
	Sign(ctx context.Context, alg jose.SignatureAlgorithm, typ string, payload []byte) (string, error)
}

// A Signer makes responses as JWTs (RFC 9701 5). It is safe for concurrent use if its Keys are.
type Signer struct {
	// Issuer is the identifier of the authorization server: iss. Required.
	Issuer string
	// Keys are those of the authorization server. Required.
	Keys Keys
	// Now is the clock. nil: time.Now.
	Now func() time.Time
}

// A Caller is a resource server as it is registered (RFC 9701 6).
type Caller struct {
	// ID is what the resource server is known by, its client_id: aud. Required.
	ID string
	// Algorithm is introspection_signed_response_alg. "": the default of the Keys.
	Algorithm jose.SignatureAlgorithm
	// Encryption says how to encrypt for it. nil: the response is signed only.
	Encryption *Encryption
}

// Encryption is how a resource server wants responses encrypted.
type Encryption struct {
	// Algorithm is introspection_encrypted_response_alg: RSA-OAEP, RSA-OAEP-256 or ECDH-ES, alone or with AES key wrap.
	// RSA1_5 and symmetric ones are refused. Required.
	Algorithm jose.KeyAlgorithm
	// Encryption is introspection_encrypted_response_enc. "": A128CBC-HS256.
	Encryption jose.ContentEncryption
	// Keys are the resource server's public keys, of which one that fits is taken. Required.
	Keys *jose.JSONWebKeySet
}

// claims has neither sub nor exp, so that it can't be taken for an access token or an ID token (INT-17).
type claims struct {
	Issuer   string `json:"iss"`
	Audience string `json:"aud"`
	IssuedAt int64  `json:"iat"`
	// token_introspection is appended, since a json.RawMessage would be scanned again.
}

// Sign returns a response as a compact JWT for one caller: signed, then encrypted if it registered for that. It is to be
// sent as [MediaType].
//
// The error is ErrIncomplete, ErrResponse, ErrSigning or ErrEncryption: a caller that registered for encryption gets
// nothing rather than a response in the clear.
func (s *Signer) Sign(ctx context.Context, to Caller, r Response) (string, error) {
	switch {
	case s.Issuer == "" || s.Keys == nil:
		return "", fmt.Errorf("%w: a signer needs an issuer and keys", ErrIncomplete)
	case to.ID == "":
		return "", fmt.Errorf("%w: the caller has no ID", ErrIncomplete)
	}
	now := time.Now
	if s.Now != nil {
		now = s.Now
	}
	inner, err := r.MarshalJSON()
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrResponse, err)
	}
	payload, err := json.Marshal(claims{s.Issuer, to.ID, now().Unix()})
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrResponse, err)
	}
	payload = append(payload[:len(payload)-1], `,"token_introspection":`...)
	payload = append(append(payload, inner...), '}')
	signed, err := s.Keys.Sign(ctx, to.Algorithm, Type, payload)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrSigning, err)
	}
	if to.Encryption == nil {
		return signed, nil
	}
	encrypted, err := jwe.Encrypt([]byte(signed), to.Encryption.Keys, to.Encryption.Algorithm, to.Encryption.Encryption)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrEncryption, err)
	}
	return encrypted, nil
}
