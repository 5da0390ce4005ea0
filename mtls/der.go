package mtls

// Tags of the ASN.1 types that a subject is made of (X.680).
const (
	tagUTF8String      = 12
	tagNumericString   = 18
	tagPrintableString = 19
	tagTeletexString   = 20
	tagIA5String       = 22
	tagVisibleString   = 26
	tagUniversalString = 28
	tagBMPString       = 30
	tagObjectID        = 6
	tagSequence        = 0x30
	tagSet             = 0x31
)

// element is one ASN.1 value. Certificates have passed crypto/x509's strict parser before they come
// here, so lengths need not be judged for being minimal; a DN's "#" form may be any BER of definite
// length (RFC 4514 2.4).
type element struct {
	tag   byte
	value []byte
}

// next takes the first element off der.
func next(der []byte) (e element, rest []byte, ok bool) {
	if len(der) < 2 || der[0]&0x1f == 0x1f {
		return element{}, nil, false
	}
	size, header := int(der[1]), 2
	if size >= 0x80 {
		octets := size & 0x7f
		// Three octets hold 16 MiB, far more than any certificate; none at all would be the
		// indefinite form.
		if octets == 0 || octets > 3 || len(der) < 2+octets {
			return element{}, nil, false
		}
		size = 0
		for _, b := range der[2 : 2+octets] {
			size = size<<8 | int(b)
		}
		header += octets
	}
	if len(der)-header < size {
		return element{}, nil, false
	}
	return element{tag: der[0], value: der[header : header+size]}, der[header+size:], true
}

// only returns the value of the one element that der consists of.
func only(der []byte, tag byte) ([]byte, bool) {
	e, rest, ok := next(der)
	return e.value, ok && e.tag == tag && len(rest) == 0
}
