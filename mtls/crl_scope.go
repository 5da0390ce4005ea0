package mtls

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"slices"
)

var (
	oidIssuingDistributionPoint = asn1.ObjectIdentifier{2, 5, 29, 28}
	oidDeltaCRLIndicator        = asn1.ObjectIdentifier{2, 5, 29, 27}
)

// A scope is of which certificates of its issuer a list tells (RFC 5280 5.2.5); the zero value: of all.
type scope struct {
	encoded            []byte   // the extension; nil: none
	points             []string // URIs, one of which a certificate must name; nil: all do
	usersOnly, casOnly bool
}

// scopeOf reads the extensions of a list, and refuses what changes its meaning in a way not known here
// (RFC 5280 5.2).
func scopeOf(extensions []pkix.Extension) (scope, error) {
	var found scope
	for i, extension := range extensions {
		switch {
		case slices.ContainsFunc(extensions[:i], func(e pkix.Extension) bool { return e.Id.Equal(extension.Id) }):
			return scope{}, fmt.Errorf("%w: extension %v twice", ErrList, extension.Id)
		case extension.Id.Equal(oidIssuingDistributionPoint):
			if err := found.parse(extension.Value); err != nil {
				return scope{}, err
			}
		case extension.Id.Equal(oidDeltaCRLIndicator):
			return scope{}, fmt.Errorf("%w: a delta list", ErrList)
		case extension.Critical && !extension.Id.Equal(asn1.ObjectIdentifier{2, 5, 29, 35}) && !extension.Id.Equal(asn1.ObjectIdentifier{2, 5, 29, 20}):
			// authorityKeyIdentifier and cRLNumber are known, though never critical.
			return scope{}, fmt.Errorf("%w: critical extension %v", ErrList, extension.Id)
		}
	}
	return found, nil
}

// parse reads an issuingDistributionPoint.
func (s *scope) parse(der []byte) error {
	malformed := fmt.Errorf("%w: malformed issuingDistributionPoint", ErrList)
	members, ok := only(der, tagSequence)
	if !ok {
		return malformed
	}
	s.encoded = der
	for last := byte(0); len(members) > 0; {
		var member element
		if member, members, ok = next(members); !ok || member.tag&0x1f < last {
			return malformed
		}
		last = member.tag&0x1f + 1
		if member.tag == 0xa0 {
			if s.points, ok = uris(member.value); !ok {
				return malformed
			}
			continue
		}
		set := len(member.value) == 1 && member.value[0] != 0
		switch {
		case member.tag == 0x81 && len(member.value) == 1:
			s.usersOnly = set
		case member.tag == 0x82 && len(member.value) == 1:
			s.casOnly = set
		case (member.tag == 0x84 || member.tag == 0x85) && len(member.value) == 1 && !set: // FALSE
		default: // onlySomeReasons, indirectCRL, onlyContainsAttributeCerts
			return fmt.Errorf("%w: a list of some reasons, an indirect one, or one of attribute certificates", ErrList)
		}
	}
	return nil
}

// uris returns the URIs of a DistributionPointName, which may be none but is not nil.
func uris(der []byte) ([]string, bool) {
	name, rest, ok := next(der)
	if !ok || len(rest) > 0 || name.tag != 0xa0 && name.tag != 0xa1 {
		return nil, false
	}
	found := []string{}
	if name.tag == 0xa1 { // relative to the issuer's name: nothing compares it
		return found, true
	}
	for rest = name.value; len(rest) > 0; {
		var general element
		if general, rest, ok = next(rest); !ok {
			return nil, false
		}
		if general.tag == 0x86 {
			found = append(found, string(general.value))
		}
	}
	return found, true
}

// covers reports whether a list of this scope tells of the certificate (RFC 5280 6.3.3 (b)(2)).
func (s scope) covers(certificate *x509.Certificate) bool {
	switch isCA := certificate.BasicConstraintsValid && certificate.IsCA; {
	case s.usersOnly && isCA, s.casOnly && !isCA:
		return false
	case s.points == nil:
		return true
	}
	return slices.ContainsFunc(certificate.CRLDistributionPoints, func(point string) bool { return slices.Contains(s.points, point) })
}

func (s scope) equal(other scope) bool { return bytes.Equal(s.encoded, other.encoded) }
