package registration

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Validate returns every contradiction with the RFCs, joined: each is a [*FieldError], see [Problems]. It reads only the
// metadata: no clock, no network. It is stricter than OpenID Connect Registration in that the algorithms "none" and RSA1_5
// are refused everywhere (RFC 8725 3.2).
func (m *Metadata) Validate() error {
	c := new(check)
	m.validateRedirectURIs(c)
	m.validateFlows(c)
	m.validateAuthentication(c)
	m.validateKeys(c)
	m.validateAlgorithms(c)
	m.validateURIs(c)
	m.validateOpenID(c)
	m.validateBackchannel(c)
	m.validateScope(c)
	m.validateName(c)
	return errors.Join(c.problems...)
}

// A check collects problems.
type check struct{ problems []error }

func (c *check) fail(field, format string, args ...any) {
	c.failBy(ErrMetadata, field, format, args...)
}

// failBy is fail where a clause of its own is violated.
func (c *check) failBy(kind error, field, format string, args ...any) {
	c.problems = append(c.problems, &FieldError{Field: field, Reason: fmt.Sprintf(format, args...), Code: CodeMetadata, kind: kind})
}

func (c *check) failRedirect(format string, args ...any) {
	c.problems = append(c.problems, &FieldError{Field: "redirect_uris", Reason: fmt.Sprintf(format, args...), Code: CodeRedirectURI, kind: ErrRedirectURI})
}

// oneOf reports a value that is neither unset nor in the list.
func (c *check) oneOf(field, value string, allowed ...string) {
	if value != "" && !slices.Contains(allowed, value) {
		c.fail(field, "must be one of %s", strings.Join(allowed, ", "))
	}
}

// maxName is the length of the longest client_name, in characters: enough for a name, too little to hide a page behind.
const maxName = 256

// validateName: RFC 7591 5. Users decide by the name, so that it must not rearrange what stands around it.
func (m *Metadata) validateName(c *check) {
	if utf8.RuneCountInString(m.ClientName) > maxName || strings.ContainsFunc(m.ClientName, rearranges) {
		c.fail("client_name", "must have %d characters or less, and none that controls lines or the direction of text", maxName)
	}
}

// rearranges says whether a character is one of control, or embeds, overrides or isolates a direction. Those that mark one
// are part of names.
func rearranges(r rune) bool {
	return unicode.IsControl(r) || r >= 0x2028 && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}

// validateScope holds scope against RFC 6749 3.3.
func (m *Metadata) validateScope(c *check) {
	for scope := range strings.SplitSeq(m.Scope, " ") {
		if m.Scope != "" && !isScopeToken(scope) {
			c.fail("scope", "must be scope tokens with one space between them (RFC 6749 3.3)")
			return
		}
	}
}

func isScopeToken(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return r < 0x21 || r > 0x7e || r == '"' || r == '\\'
	})
}
