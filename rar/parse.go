package rar

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The bounds of authorization_details. A JWT access token with as much in it still fits into an HTTP header.
const (
	MaxBytes   = 8 << 10 // of the JSON text, in which <, >, &, U+2028 and U+2029 count as the escapes that encoders make of them
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
	var compact bytes.Buffer
	compact.Grow(len(raw))
	if json.Compact(&compact, []byte(raw)) != nil || compact.Len() == 0 || compact.Bytes()[0] != '[' {
		return nil, fmt.Errorf("%w: not a JSON array", ErrMalformed)
	}
	text := compact.String()
	if written(text) > MaxBytes {
		return nil, fmt.Errorf("%w: more than %d bytes when it is written", ErrMalformed, MaxBytes)
	}
	if !distinct(text) {
		return nil, fmt.Errorf("%w: a member stands twice", ErrMalformed)
	}
	objects := elements(text)
	if len(objects) > MaxDetails {
		return nil, fmt.Errorf("%w: more than %d objects", ErrMalformed, MaxDetails)
	}
	all := make(Details, len(objects))
	for i, object := range objects {
		one, why := detail(object)
		if why != "" {
			return nil, fmt.Errorf("%w: entry %d: %s", ErrMalformed, i, why)
		}
		all[i] = one
	}
	return all, nil
}

// detail is an object, or why it is none of RFC 9396.
func detail(object string) (d Detail, why string) {
	if object[0] != '{' {
		return Detail{}, "no object"
	}
	d.text = object
	for _, m := range members(object) {
		switch m.name {
		case "type":
			if m.value[0] == '"' {
				d.kind = unquote(m.value)
			}
		case "locations", "actions", "datatypes", "privileges":
			if m.value[0] != '[' || slices.ContainsFunc(elements(m.value), func(v string) bool { return v[0] != '"' }) {
				return Detail{}, m.name + " is no array of strings"
			}
		case "identifier":
			if m.value[0] != '"' {
				return Detail{}, "identifier is no string"
			}
		}
	}
	if d.kind == "" {
		return Detail{}, "no string type"
	}
	return d, ""
}

// written is the size of a text as encoding/json marshals it, with escapes such as \u003c. What was accepted must be accepted
// again where it is told, and a token must not become several times as large as what was asked for.
func written(text string) int {
	size := len(text)
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '<', '>', '&':
			size += len(`\u003c`) - 1
		case 0xE2:
			if strings.HasPrefix(text[i:], "\u2028") || strings.HasPrefix(text[i:], "\u2029") {
				size += len(`\u2028`) - len("\u2028")
			}
		}
	}
	return size
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
	return int64(unit)
}
