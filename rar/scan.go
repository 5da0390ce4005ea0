package rar

import (
	"encoding/json"
	"slices"
	"strings"
)

// These take texts apart that encoding/json found to be JSON, and compacted. They make no value of anything, so that what
// does not matter here costs nothing.

// A member of an object, with the text of its value.
type member struct{ name, value string }

// members are those of an object.
func members(object string) []member {
	var all []member
	for i := 1; object[i] != '}'; {
		if object[i] == ',' {
			i++
		}
		colon := end(object, i)
		after := end(object, colon+1)
		all = append(all, member{unquote(object[i:colon]), object[colon+1 : after]})
		i = after
	}
	return all
}

// elements are the texts of the values in an array.
func elements(array string) []string {
	var all []string
	for i := 1; array[i] != ']'; {
		if array[i] == ',' {
			i++
		}
		after := end(array, i)
		all = append(all, array[i:after])
		i = after
	}
	return all
}

// end is where the value that begins at i ends.
func end(text string, i int) int {
	open, quoted := 0, false
	for ; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\':
			i++
		case c == '"':
			quoted = !quoted
			if !quoted && open == 0 {
				return i + 1
			}
		case quoted:
		case c == '[' || c == '{':
			open++
		case (c == ']' || c == '}') && open > 0:
			open--
			if open == 0 {
				return i + 1
			}
		case open == 0 && (c == ',' || c == ']' || c == '}'):
			return i // of a number, true, false or null
		}
	}
	return i
}

// unquote is the text of a JSON string.
func unquote(quoted string) string {
	if strings.IndexByte(quoted, '\\') < 0 {
		return quoted[1 : len(quoted)-1]
	}
	var text string
	_ = json.Unmarshal([]byte(quoted), &text) // it is a string
	return text
}

// distinct says whether no object within a value has a name twice.
func distinct(value string) bool {
	switch value[0] {
	case '[':
		for _, one := range elements(value) {
			if !distinct(one) {
				return false
			}
		}
	case '{':
		all := members(value)
		if repeats(all) {
			return false
		}
		for _, one := range all {
			if !distinct(one.value) {
				return false
			}
		}
	}
	return true
}

// repeats says whether two members have one name.
func repeats(all []member) bool {
	if len(all) > 16 {
		seen := make(map[string]bool, len(all))
		for _, m := range all {
			seen[m.name] = true
		}
		return len(seen) < len(all)
	}
	for i, m := range all {
		for _, other := range all[:i] {
			if other.name == m.name {
				return true
			}
		}
	}
	return false
}

// sameValue compares values by what they say: members in any order, strings by their characters, numbers by their digits.
func sameValue(one, other string) bool {
	switch {
	case one == other:
		return true
	case one[0] != other[0]:
		return false
	}
	switch one[0] {
	case '"':
		return unquote(one) == unquote(other)
	case '[':
		return slices.EqualFunc(elements(one), elements(other), sameValue)
	case '{':
		some, all := members(one), members(other)
		return len(some) == len(all) && !slices.ContainsFunc(some, func(m member) bool {
			i := slices.IndexFunc(all, func(o member) bool { return o.name == m.name })
			return i < 0 || !sameValue(m.value, all[i].value)
		})
	}
	return false
}
