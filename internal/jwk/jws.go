package jwk

import (
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	jose "github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/internal/ascii"
)

var (
	// ErrMalformed means that a JWS isn't three parts of canonical base64url with a JSON object in the first, or that a
	// member of its header is of the wrong type, a jwk or x5c that is no public key included.
	ErrMalformed = errors.New("jwk: malformed JWS")
	// ErrCritical means that a JWS asks for an extension (crit, RFC 7515 4.1.11; b64, RFC 7797).
	ErrCritical = errors.New("jwk: extension not understood")
)

var encoding = base64.RawURLEncoding.Strict()

// A JWS is one that was read but not verified: nothing in it may be trusted before [JWS.Verify] has returned true.
type JWS struct {
	Algorithm jose.SignatureAlgorithm // alg: one of the list given to Parse, EdDSA by either of its names
	KeyID     string                  // kid: "" if absent
	Type      string                  // typ: "" if absent, as written (see [SameType])
	Payload   []byte                  // decoded
	Key       *jose.JSONWebKey        // jwk: a public key that whoever made the JWS chose, not to be changed; nil if absent

	encoded    string            // the header
	unseen     *header           // to be remembered if it verifies
	signatures [1]jose.Signature // of which go-jose makes a JSONWebSignature
}

// Parse reads a JWS in compact serialisation (RFC 7515 7.1) whose alg is one of algs. Everything is bounded by the
// length of compact, which is for the caller to bound. jku, jwk, x5u and x5c are not used, members that appear twice are
// refused, null is as good as absent. The error is ErrMalformed, ErrCritical or ErrAlgorithm, and quotes nothing of
// compact, as go-jose's may.
func Parse(compact string, algs []jose.SignatureAlgorithm) (*JWS, error) {
	if len(algs) == 0 {
		return nil, fmt.Errorf("%w: none is", ErrAlgorithm)
	}
	encoded, payload, signature, ok := Split(compact)
	if h, known := headers.Recall(encoded); ok && known && slices.Contains(algs, h.algorithm) {
		return h.with(encoded, payload, signature)
	}
	if !Canonical(compact) {
		return nil, fmt.Errorf("%w: not canonical base64url", ErrMalformed)
	}
	understood := algs
	if slices.Contains(algs, jose.EdDSA) {
		understood = append(slices.Clip(algs), fullySpecified)
	}
	signed, err := jose.ParseSignedCompact(compact, understood)
	if unexpected := (*jose.ErrUnexpectedSignatureAlgorithm)(nil); errors.As(err, &unexpected) {
		return nil, fmt.Errorf("%w: not one of %v", ErrAlgorithm, algs)
	}
	if err != nil {
		return nil, ErrMalformed
	}
	h, err := newHeader(signed.Signatures[0])
	if err != nil {
		return nil, err
	}
	if !slices.Contains(algs, h.algorithm) {
		return nil, fmt.Errorf("%w: not one of %v", ErrAlgorithm, algs)
	}
	j := h.jws(encoded, signed.UnsafePayloadWithoutVerification(), signed.Signatures[0].Signature)
	j.unseen = h
	return j, nil
}

// Canonical refuses what go-jose's base64 lets pass in the parts of a compact serialisation: line breaks, and bits behind
// the last byte. go-jose verifies what it has encoded anew, so that without this many strings would be one token.
func Canonical(compact string) bool {
	if strings.ContainsAny(compact, "\r\n") {
		return false
	}
	for part := range strings.SplitSeq(compact, ".") {
		var in, out [3]byte
		if _, err := encoding.Decode(out[:], in[:copy(in[:], part[len(part)&^3:])]); err != nil {
			return false
		}
	}
	return true
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
func SameType(a, b string) bool { return ascii.EqualFold(subtype(a), subtype(b)) }

func subtype(typ string) string {
	const prefix = "application/"
	if len(typ) > len(prefix) && ascii.EqualFold(typ[:len(prefix)], prefix) && strings.IndexByte(typ[len(prefix):], '/') < 0 {
		return typ[len(prefix):]
	}
	return typ
}
