package requestobject

import (
	"bytes"
	"errors"

	"github.com/go-jose/go-jose/v4/json"

	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
)

const (
	// maxClaims bounds the claims of an object. The largest honest one has about 40.
	maxClaims = 128
	// maxDepth bounds how deep arrays and objects nest, the object itself included. authorization_details takes about 6.
	maxDepth = 32
)

// claims are those that are judged here, and all of them as they were written.
type claims struct {
	clientID, issuer, subject, id word
	audience                      audience
	expires, notBefore, issuedAt  jwk.NumericDate
	all                           map[string]json.RawMessage
}

// decode reads claims strictly: one JSON object, no member twice, bounded, and the types of RFC 7519 4.1. A registered
// claim that is null is not absent, it is of the wrong type.
func decode(payload []byte) (*claims, bool) {
	all, ok := members(payload)
	if !ok || len(all) > maxClaims {
		return nil, false
	}
	c := &claims{all: all}
	ok = member(all, "client_id", &c.clientID) &&
		member(all, "iss", &c.issuer) &&
		member(all, "sub", &c.subject) &&
		member(all, "jti", &c.id) &&
		member(all, "aud", &c.audience) &&
		member(all, "exp", &c.expires) &&
		member(all, "nbf", &c.notBefore) &&
		member(all, "iat", &c.issuedAt)
	return c, ok
}

// members reads the members of one JSON object.
func members(data []byte) (map[string]json.RawMessage, bool) {
	var all map[string]json.RawMessage
	if !jwk.Object(data) || !sound(data) || json.Unmarshal(data, &all) != nil {
		return nil, false
	}
	return all, true
}

// member decodes one member, if there is one. Its syntax was checked with the whole object.
func member(all map[string]json.RawMessage, name string, into json.Unmarshaler) bool {
	raw, ok := all[name]
	return !ok || string(raw) != "null" && into.UnmarshalJSON(raw) == nil
}

var errClaim = errors.New("requestobject: claim of the wrong type")

// word is a claim that is a string.
type word struct {
	value   string
	present bool
}

func (w *word) UnmarshalJSON(data []byte) error {
	value, ok := unquote(data)
	if !ok {
		return errClaim
	}
	*w = word{value, true}
	return nil
}

// audience is aud: a JSON string, or an array of them (RFC 7519 4.1.3).
type audience struct {
	list    []string
	present bool
}

func (a *audience) UnmarshalJSON(data []byte) error {
	a.present = true
	if value, ok := unquote(data); ok {
		a.list = []string{value}
		return nil
	}
	return json.Unmarshal(data, &a.list)
}

// unquote returns the string that raw is. Its syntax was checked before.
func unquote(raw []byte) (value string, ok bool) {
	if len(raw) < 2 || raw[0] != '"' {
		return "", false
	}
	if bytes.IndexByte(raw, '\\') < 0 {
		return string(raw[1 : len(raw)-1]), true
	}
	return value, json.Unmarshal(raw, &value) == nil
}

// sound reports whether JSON text nests at most maxDepth deep, and has no half of a surrogate pair, which a decoder
// would replace by another character than the client meant. The rest of the syntax is for the decoder.
func sound(data []byte) bool {
	depth, quoted := 0, false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case c == '"':
			quoted = !quoted
		case quoted && c == '\\':
			i++
			first := surrogate(data[i-1:])
			if first == low || first == high && surrogate(data[min(i+5, len(data)):]) != low {
				return false
			}
			if first == high {
				i += 6
			}
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth > maxDepth {
				return false
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return true
}

const (
	high = iota + 1
	low
)

// surrogate says which half of a surrogate pair text starts with, as a \u escape of four digits; 0 for neither.
func surrogate(text []byte) int {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' || text[2]|0x20 != 'd' {
		return 0
	}
	switch text[3] | 0x20 {
	case '8', '9', 'a', 'b':
		return high
	case 'c', 'd', 'e', 'f':
		return low
	}
	return 0
}
