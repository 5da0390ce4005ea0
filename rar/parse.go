package rar

import (
	"bytes"
	stdjson "encoding/json"
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/go-jose/go-jose/v4/json" // it refuses a member that stands twice
)

// The bounds of authorization_details. A JWT access token with as much in it still fits into an HTTP header.
const (
	MaxBytes   = 8 << 10 // of the JSON text
	MaxDetails = 32      // objects in the array
	MaxDepth   = 16      // arrays and objects in one another, the outermost counted
)

// Parse reads the value of an authorization_details parameter (RFC 9396 2): a JSON array of objects, each with a type. Of
// the text only the white space between values is dropped. An empty array is not the same as none: it asks for nothing.
//
// The error is [ErrMalformed], and the details are nil then. What a type makes of its objects, [Types.Validate] says.
func Parse(raw string) (Details, error) {
	if len(raw) > MaxBytes {
		return nil, fmt.Errorf("%w: more than %d bytes", ErrMalformed, MaxBytes)
	}
	if !utf8.ValidString(raw) || !paired(raw) {
		return nil, fmt.Errorf("%w: no Unicode text", ErrMalformed)
	}
	if depth(raw) > MaxDepth {
		return nil, fmt.Errorf("%w: more than %d values in one another", ErrMalformed, MaxDepth)
	}
	var text bytes.Buffer
	if stdjson.Compact(&text, []byte(raw)) != nil || text.Len() == 0 || text.Bytes()[0] != '[' {
		return nil, fmt.Errorf("%w: not a JSON array", ErrMalformed)
	}
	if _, err := value(text.Bytes()); err != nil {
		return nil, fmt.Errorf("%w: a member stands twice", ErrMalformed)
	}
	var objects []stdjson.RawMessage
	if stdjson.Unmarshal(text.Bytes(), &objects) != nil || len(objects) > MaxDetails {
		return nil, fmt.Errorf("%w: more than %d objects", ErrMalformed, MaxDetails)
	}
	all := make(Details, len(objects))
	for i, object := range objects {
		var head struct {
			Type *string `json:"type"`
		}
		if object[0] != '{' || json.Unmarshal(object, &head) != nil || head.Type == nil || *head.Type == "" {
			return nil, fmt.Errorf("%w: entry %d is no object with a string type", ErrMalformed, i)
		}
		all[i] = Detail{kind: *head.Type, text: string(object)}
		if field := all[i].misused(); field != "" {
			return nil, fmt.Errorf("%w: entry %d: %s has another JSON type", ErrMalformed, i, field)
		}
	}
	return all, nil
}

// value decodes JSON without losing digits of its numbers.
func value(text []byte) (v any, err error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	err = d.Decode(&v)
	return v, err
}

// depth is how many arrays and objects stand in one another.
func depth(raw string) int {
	open, deepest, quoted := 0, 0, false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[' || c == '{':
			open++
			deepest = max(deepest, open)
		case c == ']' || c == '}':
			open--
		}
	}
	return deepest
}

// paired says whether each escaped surrogate has its other half. Those that have none are no characters, and decoders make
// the same replacement of them all, so that different texts would become equal (RFC 8259 8.2).
func paired(raw string) bool {
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			continue
		}
		unit := escaped(raw[i:])
		switch {
		case unit < 0xD800 || unit > 0xDFFF:
			i++ // what is escaped may be a backslash
		case unit > 0xDBFF:
			return false
		default:
			if low := escaped(raw[i+6:]); low < 0xDC00 || low > 0xDFFF {
				return false
			}
			i += 11
		}
	}
	return true
}

// escaped is the UTF-16 unit of an escape such as \u00e9; -1 for anything else.
func escaped(s string) int64 {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return -1
	}
	unit, err := strconv.ParseUint(s[2:6], 16, 16)
	if err != nil {
		return -1
	}
	return int64(unit) //nolint:gosec // 16 bits
}
