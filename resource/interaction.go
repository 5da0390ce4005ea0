package resource

import (
	"crypto/rand"
	"encoding/hex"
	"net/http"
)

// InteractionHeader is the header by which a client, a resource server and whoever looks into their logs find the same
// request (FAPI 1.0 Part 1 6.2.1-11). Names of headers are case-insensitive.
const InteractionHeader = "X-Fapi-Interaction-Id"

// interactionID is the client's if it is a UUID, else a new one: what comes back and goes into logs is nothing else.
func interactionID(header http.Header) string {
	if values := header[InteractionHeader]; len(values) == 1 && isUUID(values[0]) {
		return values[0]
	}
	return newUUID()
}

// isUUID is the string representation of RFC 4122 3.
func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		switch i {
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

// newUUID returns a UUID of version 4 (RFC 4122 4.4).
func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	var out [36]byte
	hex.Encode(out[:8], b[:4])
	hex.Encode(out[9:13], b[4:6])
	hex.Encode(out[14:18], b[6:8])
	hex.Encode(out[19:23], b[8:10])
	hex.Encode(out[24:], b[10:])
	out[8], out[13], out[18], out[23] = '-', '-', '-', '-'
	return string(out[:])
}
