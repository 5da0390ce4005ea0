// Package uuid makes and recognises the identifiers by which FAPI names an interaction (RFC 9562).
package uuid

import (
	"crypto/rand"
	"encoding/hex"
)

// Valid reports whether s has the form of RFC 9562 4, of any version and in either case. It bounds what a stranger can
// write into a header or a log.
func Valid(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		switch c := s[i]; i {
		case 8, 13, 18, 23:
			if c != '-' {
				return false
			}
		default:
			if l := c | 0x20; ('0' > c || c > '9') && ('a' > l || l > 'f') {
				return false
			}
		}
	}
	return true
}

// New returns a random one: version 4 (RFC 9562 5.4).
func New() string {
	var raw [16]byte
	_, _ = rand.Read(raw[:]) // never fails
	raw[6], raw[8] = raw[6]&0x0f|0x40, raw[8]&0x3f|0x80
	var out [36]byte
	hex.Encode(out[:8], raw[:4])
	hex.Encode(out[9:13], raw[4:6])
	hex.Encode(out[14:18], raw[6:8])
	hex.Encode(out[19:23], raw[8:10])
	hex.Encode(out[24:], raw[10:])
	out[8], out[13], out[18], out[23] = '-', '-', '-', '-'
	return string(out[:])
}
