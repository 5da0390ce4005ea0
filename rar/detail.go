package rar

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
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
	raw, err := json.Marshal(objects)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return Parse(string(raw))
}

// Type is the value of type. It is compared as a string, and never followed, though it may be a URL (RAR-03).
func (d Detail) Type() string { return d.kind }

// Common are the common fields of the object.
func (d Detail) Common() (c Common) {
	for _, m := range d.members() {
		switch m.name { // encoding/json does not tell names apart by case
		case "locations":
			c.Locations = texts(m.value)
		case "actions":
			c.Actions = texts(m.value)
		case "datatypes":
			c.DataTypes = texts(m.value)
		case "identifier":
			c.Identifier = unquote(m.value)
		case "privileges":
			c.Privileges = texts(m.value)
		}
	}
	return c
}

// members are those of the object, none of an empty Detail.
func (d Detail) members() []member {
	if d.text == "" {
		return nil
	}
	return members(d.text)
}

// texts are the strings of an array.
func texts(array string) []string {
	all := elements(array)
	for i, quoted := range all {
		all[i] = unquote(quoted)
	}
	return all
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
	return d.kind == other.kind && sameValue(d.text, other.text)
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

// Of are the objects of a type. Where there is none they are empty, not nil: nil means that nothing was said, and to grant
// what this returns must never grant everything (RAR-06).
func (d Details) Of(kind string) Details {
	all := Details{}
	for _, one := range d {
		if one.kind == kind {
			all = append(all, one)
		}
	}
	return all
}

// holds says whether one of the objects equals this one.
func (d Details) holds(one Detail) bool { return slices.ContainsFunc(d, one.Equal) }
