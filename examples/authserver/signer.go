package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"strings"

	"github.com/ory/fosite/token/jwt"

	"github.com/fosite-fapi/fosite-fapi/keys"
)

// A signer lets fosite sign the ID tokens of legacy clients with the server's keys, so that there is one JWKS for
// all.
type signer struct{ keys *keys.Set }

var _ jwt.Signer = signer{}

// Generate implements jwt.Signer. The header is the key's own.
func (s signer) Generate(ctx context.Context, claims jwt.MapClaims, _ jwt.Mapper) (token, signature string, err error) {
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", "", err
	}
	if token, err = s.keys.Sign(ctx, "", "JWT", payload); err != nil {
		return "", "", err
	}
	signature, err = s.GetSignature(ctx, token)
	return token, signature, err
}

// Validate implements jwt.Signer.
func (s signer) Validate(ctx context.Context, token string) (string, error) {
	if _, err := s.Decode(ctx, token); err != nil {
		return "", err
	}
	return s.GetSignature(ctx, token)
}

// Decode implements jwt.Signer: of an ID token of this server, expired or not, as id_token_hint may be.
func (s signer) Decode(_ context.Context, token string) (*jwt.Token, error) {
	payload, _, err := s.keys.Verify(token, "JWT")
	if err != nil {
		return nil, err
	}
	decoded := &jwt.Token{Claims: jwt.MapClaims{}} // fosite unmarshals into the map that is there
	return decoded, json.Unmarshal(payload, &decoded.Claims)
}

// GetSignature implements jwt.Signer.
func (s signer) GetSignature(_ context.Context, token string) (string, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return "", errors.New("not a JWT")
	}
	return parts[2], nil
}

// Hash implements jwt.Signer, for at_hash with ES256 and PS256.
func (s signer) Hash(_ context.Context, in []byte) ([]byte, error) {
	sum := sha256.Sum256(in)
	return sum[:], nil
}

// GetSigningMethodLength implements jwt.Signer.
func (s signer) GetSigningMethodLength(context.Context) int { return sha256.Size }
