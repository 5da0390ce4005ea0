package mtls

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/fosite-fapi/fosite-fapi/internal/ascii"
)

// parser reads the string form of a distinguished name (RFC 4514 3). Of what RFC 2253 4 still
// admits it takes spaces around separators, values in quotes and the OID. prefix: RFC 4514 gives
// none of these another meaning. A semicolon in place of a comma is refused, for there it is a
// forgotten escape as often as a separator.
type parser struct {
	input string
	at    int
	oid   []byte // of the attribute being read
	value []byte // of the same
}

// parseDN reads an RFC 4514 string. Errors wrap ErrSubject and tell where, but not the text.
func parseDN(s string) (dn, error) {
	if len(s) > longestDN {
		return nil, fmt.Errorf("%w: a DN of more than %d octets", ErrSubject, longestDN)
	}
	p := parser{input: s}
	n := names{octets: make([]byte, 0, len(s)+64)}
	starts := make([]int, 0, 16)
	for separator := byte(','); separator != 0; {
		if separator == ',' {
			starts = append(starts, len(n.octets))
		}
		var reason string
		if separator, reason = p.attribute(&n); reason != "" {
			return nil, fmt.Errorf("%w: DN, octet %d: %s", ErrSubject, p.at, reason)
		}
		if separator != '+' {
			n.close(starts[len(starts)-1])
		}
	}
	return reversed(n.octets, starts), nil
}

// reversed puts the RDNs into the order of the encoding: the string begins with the last (RFC 4514,
// 2.1).
func reversed(octets []byte, starts []int) dn {
	if len(starts) == 1 {
		return octets
	}
	turned, end := make(dn, 0, len(octets)), len(octets)
	for _, start := range slices.Backward(starts) {
		turned, end = append(turned, octets[start:end]...), start
	}
	return turned
}

// attribute reads attributeType "=" attributeValue and what separates it from the next: ',', '+',
// or 0 at the end.
func (p *parser) attribute(n *names) (separator byte, reason string) {
	equals := strings.IndexByte(p.input[p.at:], '=')
	if equals < 0 {
		return 0, "an attribute without ="
	}
	oid, ok := appendType(p.oid[:0], strings.Trim(p.input[p.at:p.at+equals], " "))
	if !ok {
		return 0, "an unknown attribute type"
	}
	p.oid = oid
	p.at += equals + 1
	p.spaces()
	value, reason := p.attributeValue()
	if reason != "" {
		return 0, reason
	}
	if !n.add(oid, value) {
		return 0, "a value that is empty, not UTF-8 or has control characters, or too many values"
	}
	if p.at == len(p.input) {
		return 0, ""
	}
	separator = p.input[p.at]
	if separator != ',' && separator != '+' {
		return 0, "a character that must be escaped"
	}
	p.at++
	return separator, ""
}

// spaces skips spaces. Those at the ends of a value are skipped unescaped as well as escaped:
// caseIgnoreMatch ignores both.
func (p *parser) spaces() {
	for p.at < len(p.input) && p.input[p.at] == ' ' {
		p.at++
	}
}

// attributeValue reads up to the separator.
func (p *parser) attributeValue() (value element, reason string) {
	p.value = p.value[:0]
	if p.at == len(p.input) {
		return element{}, "an attribute without value"
	}
	switch p.input[p.at] {
	case '#':
		value, reason = p.hexString()
	case '"':
		value, reason = p.quoted()
	default:
		return p.plain()
	}
	p.spaces()
	return value, reason
}

// hexString reads "#" and the BER of a value.
func (p *parser) hexString() (element, string) {
	p.at++
	digits := p.input[p.at:]
	end := 0
	for end < len(digits) && isHex(digits[end]) {
		end++
	}
	ber, err := hex.AppendDecode(p.value, []byte(digits[:end]))
	if err != nil {
		return element{}, "an odd number of hexadecimal digits"
	}
	p.at += end
	e, rest, ok := next(ber)
	if !ok || len(rest) != 0 {
		return element{}, "hexadecimal digits that are not one BER value"
	}
	p.value = ber[:0]
	return e, ""
}

// quoted reads a value in quotes (RFC 2253 4), in which only quotes and backslashes have to be
// escaped.
func (p *parser) quoted() (element, string) {
	p.at++
	for p.at < len(p.input) {
		switch c := p.input[p.at]; c {
		case '"':
			p.at++
			return element{tag: tagUTF8String, value: p.value}, ""
		case '\\':
			if !p.pair() {
				return element{}, "an escape of nothing that can be escaped"
			}
		default:
			p.value = append(p.value, c)
			p.at++
		}
	}
	return element{}, "a quote that is not closed"
}

// plain reads an unquoted value.
func (p *parser) plain() (element, string) {
	for p.at < len(p.input) {
		run := p.at
		for run < len(p.input) && !isSpecial[p.input[run]] {
			run++
		}
		p.value = append(p.value, p.input[p.at:run]...)
		if p.at = run; run == len(p.input) {
			break
		}
		switch p.input[run] {
		case ',', '+':
			return element{tag: tagUTF8String, value: p.value}, ""
		case '\\':
			if !p.pair() {
				return element{}, "an escape of nothing that can be escaped"
			}
		default:
			return element{}, "a character that must be escaped"
		}
	}
	return element{tag: tagUTF8String, value: p.value}, ""
}

// isSpecial has what can't stand for itself anywhere in a value.
var isSpecial = [256]bool{',': true, '+': true, '"': true, ';': true, '<': true, '>': true, '\\': true}

// pair reads a backslash and the special character or the two hexadecimal digits after it.
func (p *parser) pair() bool {
	after := p.input[p.at+1:]
	switch {
	case after == "":
		return false
	case strings.IndexByte("\\\"+,;<> #=", after[0]) >= 0:
		p.value = append(p.value, after[0])
		p.at += 2
		return true
	case len(after) > 1 && isHex(after[0]) && isHex(after[1]):
		p.value = append(p.value, unhex(after[0])<<4|unhex(after[1]))
		p.at += 3
		return true
	}
	return false
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= ascii.Lower(c) && ascii.Lower(c) <= 'f'
}

func unhex(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return ascii.Lower(c) - 'a' + 10
}
