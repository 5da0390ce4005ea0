package dpop

import (
	"errors"
	"math"
	"strconv"
	"time"

	"github.com/go-jose/go-jose/v4/json"

	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
)

// claims are those of RFC 9449 4.2. Others, nbf and exp among them, are allowed and mean nothing here (DPOP-14).
type claims struct {
	ID              string      `json:"jti"`
	Method          string      `json:"htm"`
	URL             string      `json:"htu"`
	IssuedAt        numericDate `json:"iat"`
	AccessTokenHash string      `json:"ath"`
	Nonce           *string     `json:"nonce"`
}

// decode reads claims strictly: one JSON object, no member twice, the types of RFC 9449 4.2.
func decode(payload []byte) (*claims, bool) {
	c := new(claims)
	if !jwk.Object(payload) || json.Unmarshal(payload, c) != nil {
		return nil, false
	}
	return c, true
}

var errDate = errors.New("dpop: not a NumericDate")

// numericDate is a NumericDate of RFC 7519 2; its zero time means that the claim is absent.
type numericDate struct{ time.Time }

// maxDate is the last second of the year 9999.
const maxDate = 253402300799

func (d *numericDate) UnmarshalJSON(data []byte) error {
	if n, err := strconv.ParseInt(string(data), 10, 64); err == nil {
		if n < 0 || n > maxDate {
			return errDate
		}
		d.Time = time.Unix(n, 0)
		return nil
	}
	f, err := strconv.ParseFloat(string(data), 64)
	if err != nil || !(f >= 0 && f <= maxDate) {
		return errDate
	}
	whole, fraction := math.Modf(f)
	d.Time = time.Unix(int64(whole), int64(fraction*float64(time.Second)))
	return nil
}
