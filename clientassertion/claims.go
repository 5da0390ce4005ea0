package clientassertion

import (
	"errors"
	"math"
	"strconv"
	"time"

	"github.com/go-jose/go-jose/v4/json"

	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
)

type claims struct {
	Issuer    string      `json:"iss"`
	Subject   string      `json:"sub"`
	Audience  audience    `json:"aud"`
	Expires   numericDate `json:"exp"`
	NotBefore numericDate `json:"nbf"`
	IssuedAt  numericDate `json:"iat"`
	ID        string      `json:"jti"`
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
		return json.Unmarshal(data, &a.single)
	case '[':
		a.array = true
		return json.Unmarshal(data, &a.list)
	}
	return errClaim
}

// numericDate is a NumericDate of RFC 7519 2; its zero time means that the claim is absent.
type numericDate struct{ time.Time }

// maxDate is the last second of the year 9999.
const maxDate = 253402300799

func (d *numericDate) UnmarshalJSON(data []byte) error {
	if n, err := strconv.ParseInt(string(data), 10, 64); err == nil {
		if n < 0 || n > maxDate {
			return errClaim
		}
		d.Time = time.Unix(n, 0)
		return nil
	}
	f, err := strconv.ParseFloat(string(data), 64)
	if err != nil || !(f >= 0 && f <= maxDate) {
		return errClaim
	}
	whole, fraction := math.Modf(f)
	d.Time = time.Unix(int64(whole), int64(fraction*float64(time.Second)))
	return nil
}
