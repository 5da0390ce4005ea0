package par

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
)

// Prefix is what every request_uri made here begins with (RFC 9126 2.2).
const Prefix = "urn:ietf:params:oauth:request_uri:"

// RFC 9126 7.1, RFC 9101 10.2(d): at least 128 bits that can't be guessed. These are 256.
const referenceBytes = sha256.Size

var encoding = base64.RawURLEncoding.Strict()

func newURI() string {
	var b [referenceBytes]byte
	_, _ = rand.Read(b[:]) // never fails
	var uri [len(Prefix) + 43]byte
	return string(encoding.AppendEncode(append(uri[:0], Prefix...), b[:]))
}

// checkURI keeps whatever can't have come from newURI away from the stores, oversized strings among it.
func checkURI(uri string) error {
	reference, ok := strings.CutPrefix(uri, Prefix)
	if !ok {
		return fmt.Errorf("%w: it doesn't begin with %s", ErrUnknown, Prefix)
	}
	if len(reference) != encoding.EncodedLen(referenceBytes) {
		return fmt.Errorf("%w: wrong length", ErrUnknown)
	}
	var text [43]byte
	copy(text[:], reference)
	var b [referenceBytes]byte
	if n, err := encoding.Decode(b[:], text[:]); err != nil || n != referenceBytes {
		return fmt.Errorf("%w: not base64url", ErrUnknown)
	}
	return nil
}
