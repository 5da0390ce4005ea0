package mtls

import (
	"bytes"
	"encoding/hex"
	"slices"
)

// Bounds of a distinguished name, registered or in a certificate. Names in use stay below a tenth
// of them.
const (
	longestDN      = 8 << 10
	mostAttributes = 64
)

// dn is a distinguished name made ready for distinguishedNameMatch (RFC 4517 4.2.15): equal names
// have equal octets. Of each attribute that is the type in hexadecimal, "=" and the folded text, or
// "#" and the BER in hexadecimal, then endOfAttribute; after the attributes of an RDN, endOfRDN.
// Neither hexadecimal digits nor folded text have control characters, so no two names meet.
type dn []byte

const (
	endOfAttribute = 0
	endOfRDN       = 1
)

// names collects the RDNs of a name.
type names struct {
	octets     []byte
	attributes int   // so far
	ends       []int // of each attribute of the RDN that is being read
}

// add appends an attribute to the RDN. It is false for a value that no name should hold.
func (n *names) add(oid []byte, value element) bool {
	text, isText, ok := value.text()
	if n.attributes++; !ok || n.attributes > mostAttributes {
		return false
	}
	n.octets = hex.AppendEncode(n.octets, oid)
	if isText {
		if n.octets, ok = appendFolded(append(n.octets, '='), text); !ok {
			return false
		}
	} else {
		// The length is left out: BER may write it in several ways.
		n.octets = hex.AppendEncode(append(n.octets, '#'), []byte{value.tag})
		n.octets = hex.AppendEncode(n.octets, value.value)
	}
	n.octets = append(n.octets, endOfAttribute)
	n.ends = append(n.ends, len(n.octets))
	return true
}

// close ends the RDN that began at start. Its attributes are a set and get into one order.
func (n *names) close(start int) {
	if len(n.ends) > 1 {
		set, from := make([][]byte, 0, len(n.ends)), start
		for _, end := range n.ends {
			set, from = append(set, bytes.Clone(n.octets[from:end])), end
		}
		slices.SortFunc(set, bytes.Compare)
		n.octets = n.octets[:start]
		for _, a := range set {
			n.octets = append(n.octets, a...)
		}
	}
	n.octets, n.ends = append(n.octets, endOfRDN), n.ends[:0]
}

// matches compares with the subject of a certificate as it was encoded. Undecodable and empty
// subjects match nothing.
func (d dn) matches(rawSubject []byte) bool {
	if len(rawSubject) > longestDN {
		return false
	}
	rdns, ok := only(rawSubject, tagSequence)
	if !ok {
		return false
	}
	n := names{octets: make([]byte, 0, 2*len(rawSubject))}
	for len(rdns) > 0 {
		var set element
		if set, rdns, ok = next(rdns); !ok || set.tag != tagSet || !n.addSet(set.value) {
			return false
		}
	}
	return bytes.Equal(n.octets, d)
}

// addSet appends one RelativeDistinguishedName of a certificate (RFC 5280 4.1.2.4).
func (n *names) addSet(set []byte) bool {
	start := len(n.octets)
	for more := true; more; more = len(set) > 0 {
		pair, rest, ok := next(set)
		if !ok || pair.tag != tagSequence {
			return false
		}
		oid, tail, ok := next(pair.value)
		if !ok || oid.tag != tagObjectID {
			return false
		}
		value, tail, ok := next(tail)
		if !ok || len(tail) != 0 || !n.add(oid.value, value) {
			return false
		}
		set = rest
	}
	n.close(start)
	return true
}
