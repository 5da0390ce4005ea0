package jwk

import (
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/json"
)

var (
	// ErrMalformed means that a JWS isn't three parts of canonical base64url with a JSON object in the first.
	ErrMalformed = errors.New("jwk: malformed JWS")
	// ErrCritical means that a JWS asks for an extension (crit, RFC 7515 4.1.11; b64, RFC 7797).
	ErrCritical = errors.New("jwk: extension not understood")
)

var encoding = base64.RawURLEncoding.Strict()

// A JWS is one that was read but not verified: nothing in it may be trusted before [JWS.Verify] has returned true. It
// isn't safe for concurrent use.
type JWS struct {
	Algorithm jose.SignatureAlgorithm // alg: one of the list given to Parse
	KeyID     string                  // kid: "" if absent
	Type      string                  // typ: "" if absent, as written (see [SameType])
	Payload   []byte                  // decoded

	input     string
	signature []byte
	digest    []byte
}

type header struct {
	Algorithm jose.SignatureAlgorithm `json:"alg"`
	KeyID     string                  `json:"kid"`
	Type      string                  `json:"typ"`
	Critical  json.RawMessage         `json:"crit"`
	Base64    json.RawMessage         `json:"b64"`
}

// Parse reads a JWS in compact serialisation (RFC 7515 7.1) whose alg is one of algs. Everything is bounded by the
// length of compact, which is for the caller to bound. jku, jwk, x5u and x5c are not looked at, members that appear
// twice are refused. The error is ErrMalformed, ErrCritical or ErrAlgorithm.
func Parse(compact string, algs []jose.SignatureAlgorithm) (*JWS, error) {
	head, payload, signature, ok := Split(compact)
	if !ok {
		return nil, fmt.Errorf("%w: not three parts", ErrMalformed)
	}
	raw, ok := Decode(head)
	if !ok {
		return nil, fmt.Errorf("%w: header not base64url", ErrMalformed)
	}
	var h header
	if !Object(raw) || json.Unmarshal(raw, &h) != nil {
		return nil, fmt.Errorf("%w: header not a JSON object", ErrMalformed)
	}
	if len(h.Critical) != 0 || len(h.Base64) != 0 {
		return nil, fmt.Errorf("%w: crit or b64", ErrCritical)
	}
	if !slices.Contains(algs, h.Algorithm) {
		return nil, fmt.Errorf("%w: not one of %v", ErrAlgorithm, algs)
	}

	j := &JWS{Algorithm: h.Algorithm, KeyID: h.KeyID, Type: h.Type, input: compact[:len(head)+1+len(payload)]}
	if j.Payload, ok = Decode(payload); !ok {
		return nil, fmt.Errorf("%w: payload not base64url", ErrMalformed)
	}
	if j.signature, ok = Decode(signature); !ok {
		return nil, fmt.Errorf("%w: signature not base64url", ErrMalformed)
	}
	return j, nil
}

// Split cuts a compact serialisation at its two dots; ok is false if there are fewer or more.
func Split(compact string) (header, payload, signature string, ok bool) {
	header, rest, ok := strings.Cut(compact, ".")
	if !ok {
		return "", "", "", false
	}
	payload, signature, ok = strings.Cut(rest, ".")
	if !ok || strings.IndexByte(signature, '.') >= 0 {
		return "", "", "", false
	}
	return header, payload, signature, true
}

// Decode reads base64url without padding and insists on the one encoding that its result has.
func Decode(part string) ([]byte, bool) {
	// The standard library skips line breaks, in strict mode too.
	if strings.IndexByte(part, '\n') >= 0 || strings.IndexByte(part, '\r') >= 0 {
		return nil, false
	}
	out, err := encoding.DecodeString(part)
	return out, err == nil
}

// Object reports whether data can be a JSON object in UTF-8, as opposed to null, which every struct would take. The
// rest of the syntax is for the decoder.
func Object(data []byte) bool {
	for i, c := range data {
		switch c {
		case ' ', '\t', '\r', '\n':
			continue
		}
		return c == '{' && utf8.Valid(data[i:])
	}
	return false
}

// SameType reports whether two values of typ name the same media type: without regard to case, and to a leading
// "application/" (RFC 7515 4.1.9). "" is the same as "" only.
func SameType(a, b string) bool { return equalFold(subtype(a), subtype(b)) }

func subtype(typ string) string {
	const prefix = "application/"
	if len(typ) > len(prefix) && equalFold(typ[:len(prefix)], prefix) && strings.IndexByte(typ[len(prefix):], '/') < 0 {
		return typ[len(prefix):]
	}
	return typ
}

// equalFold is strings.EqualFold for ASCII: in Unicode the Kelvin sign is a k.
func equalFold(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		if lower(a[i]) != lower(b[i]) {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}
