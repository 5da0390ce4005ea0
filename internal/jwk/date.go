package jwk

import (
	"errors"
	"math"
	"strconv"
	"time"
)

// errDate means that a claim is no NumericDate.
var errDate = errors.New("jwk: not a NumericDate")

// A NumericDate is a time in a claim (RFC 7519 2). Its zero time means that the claim is absent.
type NumericDate struct{ time.Time }

// maxDate is the last second of the year 9999.
const maxDate = 253402300799

// UnmarshalJSON takes a number of seconds since 1970, whole or not, up to the year 9999.
func (d *NumericDate) UnmarshalJSON(data []byte) error {
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
