package dpop

import (
	"fmt"
	"net/http"
	"strings"
)

const (
	// Header is the name of the HTTP header that holds a proof (RFC 9449 4).
	Header = "DPoP"
	// NonceHeader is the name of the HTTP header in which a server gives a nonce (RFC 9449 8).
	NonceHeader = "DPoP-Nonce"
	// Scheme is the authentication scheme of a bound access token, and its token_type (RFC 9449 5, 7.1). Case doesn't
	// matter in either.
	Scheme = "DPoP"
)

// maxSize bounds a proof in bytes. One signed by RSA of 4096 bits takes about 1800.
const maxSize = 8 << 10

// FromHeader returns the one proof in the header of a request, unverified. The error is ErrMissing if there is none,
// ErrMultiple for several headers or several values in one (RFC 9449 4.3-1), ErrMalformed if the value can't be a proof.
func FromHeader(h http.Header) (string, error) {
	// Names that didn't come through net/http may be in any case: two of them must not count as one.
	var proof string
	var count int
	for name, values := range h {
		if !strings.EqualFold(name, Header) {
			continue
		}
		for _, proof = range values {
			count++
		}
	}
	switch {
	case count == 0:
		return "", ErrMissing
	case count > 1:
		return "", fmt.Errorf("%w: %d headers", ErrMultiple, count)
	case len(proof) > maxSize:
		return "", fmt.Errorf("%w: more than %d bytes", ErrMalformed, maxSize)
	case strings.IndexByte(proof, ',') >= 0:
		return "", fmt.Errorf("%w: several in one header", ErrMultiple)
	case proof == "" || !all(proof, isNameByte):
		return "", fmt.Errorf("%w: not a compact JWS", ErrMalformed)
	}
	return proof, nil
}
