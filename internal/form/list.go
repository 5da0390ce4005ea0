package form

import "strings"

// List returns the members of a list that is delimited by spaces, as scope, response_type and prompt are (RFC 6749 3.1.1,
// 3.3). Other white space delimits nothing: with it, a list has a member that nobody registered.
func List(raw string) []string {
	return strings.FieldsFunc(raw, func(r rune) bool { return r == ' ' })
}
