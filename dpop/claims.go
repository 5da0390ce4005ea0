package dpop

import (
	"github.com/go-jose/go-jose/v4/json"

	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
)

// claims are those of RFC 9449 4.2, and what bounds the time of any JWT (RFC 7519 4.1.4, 4.1.5). Others are allowed and
// mean nothing here (DPOP-14).
type claims struct {
	ID              string          `json:"jti"`
	Method          string          `json:"htm"`
	URL             string          `json:"htu"`
	IssuedAt        jwk.NumericDate `json:"iat"`
	NotBefore       jwk.NumericDate `json:"nbf"`
	Expires         jwk.NumericDate `json:"exp"`
	AccessTokenHash string          `json:"ath"`
	Nonce           *string         `json:"nonce"`
}

// decode reads claims strictly: one JSON object, no member twice, the types of RFC 9449 4.2.
func decode(payload []byte) (*claims, bool) {
	c := new(claims)
	if !jwk.Object(payload) || json.Unmarshal(payload, c) != nil {
		return nil, false
	}
	return c, true
}
