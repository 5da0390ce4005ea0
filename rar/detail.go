package rar

import (
	stdjson "encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4/json" // it tells names apart by case
)

// A Detail is one object of authorization_details: what is to be permitted at one kind of API. It is a value that can't be
// changed, and keeps the text that was sent: no number is rounded and no string normalised (RAR-22).
type Detail struct{ kind, text string }

// Details are the objects of authorization_details. Several may have the same type; what they permit together is what each
// of them permits (RAR-02). nil: the parameter is absent.
type Details []Detail

// Common are the fields that types may share (RFC 9396 2.2). What is asked for is every combination of their values.
type Common struct {
	Locations  []string `json:"locations,omitempty"`
	Actions    []string `json:"actions,omitempty"`
	DataTypes  []string `json:"datatypes,omitempty"`
	Identifier string   `json:"identifier,omitempty"`
	Privileges []string `json:"privileges,omitempty"`
}

// New makes details of values that marshal to JSON objects with a type: what a host grants, or a client asks for. The error
// is [ErrMalformed], for what can't be marshalled too.
func New(objects ...any) (Details, error) {
	if objects == nil {
		objects = []any{}
	}
	raw, err := stdjson.Marshal(objects)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return Parse(string(raw))
}

// Type is the value of type. It is compared as a string, and never followed, though it may be a URL (RAR-03).
func (d Detail) Type() string { return d.kind }

// Common are the common fields of the object.
func (d Detail) Common() Common {
	var c Common
	_ = json.Unmarshal([]byte(d.text), &c) // Parse saw that it can be
	return c
}

// String is the object's JSON text. Sanitise what stands in it before you show it (RAR-23).
func (d Detail) String() string { return d.text }

// MarshalJSON implements json.Marshaler.
func (d Detail) MarshalJSON() ([]byte, error) {
	if d.text == "" {
		return nil, fmt.Errorf("%w: an empty Detail", ErrMalformed)
	}
	return []byte(d.text), nil
}

// Equal says whether two objects are the same JSON value: the order of members and the way in which a character is escaped
// don't matter, all else does. Strings are equal by their characters, unnormalised (RAR-22), numbers by their digits: 1 is
// not 1.0.
func (d Detail) Equal(other Detail) bool {
	if d.text == other.text {
		return true
	}
	if d.kind != other.kind {
		return false
	}
	a, err := value([]byte(d.text))
	b, err2 := value([]byte(other.text))
	return err == nil && err2 == nil && same(a, b)
}

// misused is a common field that has another JSON type than the specification says; "" where there is none.
func (d Detail) misused() string {
	var all map[string]stdjson.RawMessage
	if json.Unmarshal([]byte(d.text), &all) != nil {
		return "the object"
	}
	for _, name := range []string{"locations", "actions", "datatypes", "privileges"} {
		var list []*string
		raw, ok := all[name]
		if ok && (raw[0] != '[' || stdjson.Unmarshal(raw, &list) != nil || slices.Contains(list, nil)) {
			return name
		}
	}
	if raw, ok := all["identifier"]; ok && raw[0] != '"' {
		return "identifier"
	}
	return ""
}

// String is the JSON text of the array; "" for nil.
func (d Details) String() string {
	if d == nil {
		return ""
	}
	var text strings.Builder
	for i, one := range d {
		text.WriteByte("[,"[min(i, 1)])
		text.WriteString(one.text)
	}
	if len(d) == 0 {
		text.WriteByte('[')
	}
	text.WriteByte(']')
	return text.String()
}

// MarshalJSON implements json.Marshaler. nil is null.
func (d Details) MarshalJSON() ([]byte, error) {
	if d == nil {
		return []byte("null"), nil
	}
	if slices.Contains(d, Detail{}) {
		return nil, fmt.Errorf("%w: an empty Detail", ErrMalformed)
	}
	return []byte(d.String()), nil
}

// UnmarshalJSON implements json.Unmarshaler by [Parse].
func (d *Details) UnmarshalJSON(raw []byte) (err error) {
	*d, err = Parse(string(raw))
	return err
}

// Types are the types of the objects, each once, in their order.
func (d Details) Types() []string {
	var types []string
	for _, one := range d {
		if !slices.Contains(types, one.kind) {
			types = append(types, one.kind)
		}
	}
	return types
}

// Of are the objects of a type.
func (d Details) Of(kind string) Details {
	var all Details
	for _, one := range d {
		if one.kind == kind {
			all = append(all, one)
		}
	}
	return all
}

// holds says whether one of the objects equals this one.
func (d Details) holds(one Detail) bool { return slices.ContainsFunc(d, one.Equal) }

// same compares decoded JSON.
func same(a, b any) bool { return reflect.DeepEqual(a, b) }
