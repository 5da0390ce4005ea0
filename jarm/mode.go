package jarm

import (
	"fmt"
	"slices"
	"strings"
)

// A Mode is a value of response_mode (JARM 2.3).
type Mode string

const (
	// ModeJWT is the default of the response type: ModeQuery for code, ModeFragment where there are tokens (JARM 2.3.4).
	ModeJWT Mode = "jwt"
	// ModeQuery puts the response into the query of the redirect URI (JARM 2.3.1).
	ModeQuery Mode = "query.jwt"
	// ModeFragment puts it into the fragment (JARM 2.3.2).
	ModeFragment Mode = "fragment.jwt"
	// ModeFormPost has the browser post it to the redirect URI (JARM 2.3.3).
	ModeFormPost Mode = "form_post.jwt"
)

// Modes returns all of them, for response_modes_supported (JARM-41).
func Modes() []Mode { return []Mode{ModeJWT, ModeQuery, ModeFragment, ModeFormPost} }

// Known reports whether m is one of JARM's.
func (m Mode) Known() bool { return slices.Contains(Modes(), m) }

// Resolve returns the mode by which the response to a request of this response_type goes: m itself, or what ModeJWT
// stands for. encrypted says whether the response JWT will be: otherwise ModeQuery is refused for response types with
// token or id_token (JARM-10). The error is ErrMode.
func (m Mode) Resolve(responseType string, encrypted bool) (Mode, error) {
	types := strings.Fields(responseType)
	tokens := slices.Contains(types, "token") || slices.Contains(types, "id_token")
	switch {
	case m == ModeJWT && (tokens || len(types) > 1):
		return ModeFragment, nil
	case m == ModeJWT:
		return ModeQuery, nil
	case m == ModeQuery && tokens && !encrypted:
		return "", fmt.Errorf("%w: %s with tokens needs encryption", ErrMode, m)
	case m.Known():
		return m, nil
	}
	return "", fmt.Errorf("%w: not one of %q", ErrMode, Modes())
}
