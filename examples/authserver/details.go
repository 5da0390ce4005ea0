package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/fosite-fapi/fosite-fapi/rar"
)

// A detailsType is a type of authorization details (RFC 9396) as a configuration can tell it: by the names of its fields.
// A server of a real API has a Go struct for each type instead; see rar.Struct.
type detailsType struct {
	Type     string   `json:"type"`
	Fields   []string `json:"fields,omitempty"`   // those that it may have beside type; none means the common ones of RFC 9396 2.2
	Required []string `json:"required,omitempty"` // those of them that it must have
}

// define makes the type. Where it has the common fields alone, a token request may narrow their lists. Where it has others it
// may be a payment, of which one must not become two: each object counts once.
func (d detailsType) define() rar.Type {
	t := rar.Type{Name: d.Type}
	if len(d.Fields) == 0 && len(d.Required) == 0 {
		t.Covers = rar.Each(rar.Subset)
		return t
	}
	t.Validate = func(_ context.Context, detail rar.Detail) error {
		var members map[string]json.RawMessage
		if err := json.Unmarshal([]byte(detail.String()), &members); err != nil {
			return err
		}
		for _, name := range d.Required {
			if raw, ok := members[name]; !ok || string(raw) == "null" {
				return errors.New("a required field is missing")
			}
		}
		for name := range members {
			if name != "type" && !slices.Contains(d.Fields, name) {
				return errors.New("an unknown field")
			}
		}
		return nil
	}
	return t
}

func (s *setup) checkDetails(found *findings) {
	for i, d := range s.AuthorizationDetailsTypes {
		field := fmt.Sprintf("authorization_details_types[%d]", i)
		for _, name := range d.Required {
			if !slices.Contains(d.Fields, name) {
				found.add(field+".required", "%q is not in fields", name)
			}
		}
		s.detailsTypes = append(s.detailsTypes, d.define())
	}
	if _, err := rar.NewTypes(s.detailsTypes...); err != nil {
		found.add("authorization_details_types", "%s", err)
	}
}

// brailleBlank counts as a symbol, and looks like nothing.
const brailleBlank = '\u2800'

// shown is an object for the user's eyes: what is no visible character stands there by its number, so that nothing hides and
// no text runs backwards (RAR-23). The template does the rest.
func shown(d rar.Detail) string {
	var text bytes.Buffer
	if json.Indent(&text, []byte(d.String()), "", "  ") != nil {
		return ""
	}
	var visible strings.Builder
	for _, c := range text.String() {
		if c == '\n' || unicode.IsGraphic(c) && !unicode.In(c, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) && c != brailleBlank {
			visible.WriteRune(c)
		} else {
			fmt.Fprintf(&visible, `\u{%X}`, c)
		}
	}
	return visible.String()
}

// withheld are the numbers of the objects that the user does not grant (RAR-06).
func withheld(form url.Values, of rar.Details) (numbers []int, ok bool) {
	for _, raw := range form["withhold"] {
		n, err := strconv.Atoi(raw)
		if err != nil || n < 0 || n >= len(of) {
			return nil, false
		}
		numbers = append(numbers, n)
	}
	return numbers, true
}

// granted are the others.
func (q *question) granted() rar.Details {
	if q.details == nil {
		return nil
	}
	left := rar.Details{}
	for i, d := range q.details {
		if !slices.Contains(q.withheld, i) {
			left = append(left, d)
		}
	}
	return left
}

func all[T any](values []T, of func(T) string) (texts []string) {
	for _, v := range values {
		texts = append(texts, of(v))
	}
	return texts
}
