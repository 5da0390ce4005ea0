package clientassertion

import (
	"bytes"
	"errors"

	"github.com/go-jose/go-jose/v4/json"

	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
)

type claims struct {
	Issuer    string          `json:"iss"`
	Subject   string          `json:"sub"`
	Audience  audience        `json:"aud"`
	Expires   jwk.NumericDate `json:"exp"`
	NotBefore jwk.NumericDate `json:"nbf"`
	IssuedAt  jwk.NumericDate `json:"iat"`
	ID        string          `json:"jti"`
}

var errClaim = errors.New("clientassertion: claim of the wrong type")

// decode reads claims strictly: one JSON object, no member twice, the types of RFC 7519 4.1.
func decode(payload []byte) (*claims, bool) {
	c := new(claims)
	if !jwk.Object(payload) || json.Unmarshal(payload, c) != nil {
		return nil, false
	}
	return c, true
}

// audience is aud as it was written: F2-AS-08 tells a string from an array that holds nothing but it.
type audience struct {
	single string
	list   []string
	array  bool
}

func (a *audience) UnmarshalJSON(data []byte) error {
	switch data[0] {
	case '"':
		if !bytes.ContainsRune(data, '\\') { // nothing to unescape
			a.single = string(data[1 : len(data)-1])
			return nil
		}
		return json.Unmarshal(data, &a.single)
	case '[':
		a.array = true
		return json.Unmarshal(data, &a.list)
	}
	return errClaim
}
