package mtls

import (
	"strings"

	"github.com/fosite-fapi/fosite-fapi/internal/ascii"
)

// The arcs that the attribute types hang from, as contents octets.
const (
	x520         = "\x55\x04"                                 // 2.5.4
	pilot        = "\x09\x92\x26\x89\x93\xf2\x2c\x64\x01"     // 0.9.2342.19200300.100.1
	pkcs9        = "\x2a\x86\x48\x86\xf7\x0d\x01\x09"         // 1.2.840.113549.1.9
	jurisdiction = "\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01" // 1.3.6.1.4.1.311.60.2.1
)

// attributeTypes has the contents octets of the OIDs behind the names that clients write, in lower
// case (RFC 4514 2.3: names are case-insensitive). Beside the nine that RFC 4514 3 demands stand
// the long names of RFC 4519 and what OpenSSL, Java and Windows print for the attributes of eIDAS,
// CA/Browser Forum and open banking certificates.
var attributeTypes = map[string]string{
	"cn":                     x520 + "\x03",
	"commonname":             x520 + "\x03",
	"l":                      x520 + "\x07",
	"localityname":           x520 + "\x07",
	"st":                     x520 + "\x08",
	"s":                      x520 + "\x08",
	"stateorprovincename":    x520 + "\x08",
	"o":                      x520 + "\x0a",
	"organizationname":       x520 + "\x0a",
	"ou":                     x520 + "\x0b",
	"organizationalunitname": x520 + "\x0b",
	"c":                      x520 + "\x06",
	"countryname":            x520 + "\x06",
	"street":                 x520 + "\x09",
	"streetaddress":          x520 + "\x09",
	"dc":                     pilot + "\x19",
	"domaincomponent":        pilot + "\x19",
	"uid":                    pilot + "\x01",
	"userid":                 pilot + "\x01",

	"sn":                     x520 + "\x04",
	"surname":                x520 + "\x04",
	"serialnumber":           x520 + "\x05",
	"title":                  x520 + "\x0c",
	"t":                      x520 + "\x0c",
	"description":            x520 + "\x0d",
	"businesscategory":       x520 + "\x0f",
	"postalcode":             x520 + "\x11",
	"telephonenumber":        x520 + "\x14",
	"name":                   x520 + "\x29",
	"givenname":              x520 + "\x2a",
	"gn":                     x520 + "\x2a",
	"g":                      x520 + "\x2a",
	"initials":               x520 + "\x2b",
	"generationqualifier":    x520 + "\x2c",
	"generation":             x520 + "\x2c",
	"uniqueidentifier":       x520 + "\x2d",
	"x500uniqueidentifier":   x520 + "\x2d",
	"dnqualifier":            x520 + "\x2e",
	"dnq":                    x520 + "\x2e",
	"pseudonym":              x520 + "\x41",
	"organizationidentifier": x520 + "\x61",

	"emailaddress":        pkcs9 + "\x01",
	"e":                   pkcs9 + "\x01",
	"email":               pkcs9 + "\x01",
	"unstructuredname":    pkcs9 + "\x02",
	"unstructuredaddress": pkcs9 + "\x08",

	"jurisdictionlocalityname":                       jurisdiction + "\x01",
	"jurisdictionl":                                  jurisdiction + "\x01",
	"jurisdictionstateorprovincename":                jurisdiction + "\x02",
	"jurisdictionst":                                 jurisdiction + "\x02",
	"jurisdictioncountryname":                        jurisdiction + "\x03",
	"jurisdictionc":                                  jurisdiction + "\x03",
	"jurisdictionofincorporationlocalityname":        jurisdiction + "\x01",
	"jurisdictionofincorporationstateorprovincename": jurisdiction + "\x02",
	"jurisdictionofincorporationcountryname":         jurisdiction + "\x03",
}

// longestType bounds the names above and dotted decimals alike.
const longestType = 128

// appendType appends the contents octets of the OID that an attribute type stands for: a name of
// the table, or dotted decimal (RFC 4514 2.3), which Java writes after "OID." (RFC 2253 4).
func appendType(dst []byte, name string) ([]byte, bool) {
	if name == "" || len(name) > longestType {
		return dst, false
	}
	if name[0] >= '0' && name[0] <= '9' {
		return appendOID(dst, name)
	}
	if len(name) > 4 && ascii.EqualFold(name[:4], "OID.") {
		return appendOID(dst, name[4:])
	}
	var folded [longestType]byte
	for i := range len(name) {
		folded[i] = ascii.Lower(name[i])
	}
	oid, ok := attributeTypes[string(folded[:len(name)])]
	return append(dst, oid...), ok
}

// appendOID encodes a numericoid: at least two arcs without leading zeros (RFC 4512 1.4).
func appendOID(dst []byte, dotted string) ([]byte, bool) {
	first, rest, more := strings.Cut(dotted, ".")
	if !more || len(first) != 1 || first[0] < '0' || first[0] > '2' {
		return dst, false
	}
	root := uint64(first[0] - '0')
	for i := 0; more; i++ {
		var digits string
		digits, rest, more = strings.Cut(rest, ".")
		arc, ok := parseArc(digits)
		if !ok {
			return dst, false
		}
		if i == 0 {
			if root < 2 && arc >= 40 {
				return dst, false
			}
			arc += root * 40
		}
		dst = appendBase128(dst, arc)
	}
	return dst, true
}

// parseArc reads one arc. Seventeen digits are more than any assigned arc has, but for those made
// of UUIDs, which no attribute type of a subject uses.
func parseArc(digits string) (arc uint64, ok bool) {
	if digits == "" || len(digits) > 17 || len(digits) > 1 && digits[0] == '0' {
		return 0, false
	}
	for i := range len(digits) {
		if digits[i] < '0' || digits[i] > '9' {
			return 0, false
		}
		arc = arc*10 + uint64(digits[i]-'0')
	}
	return arc, true
}

func appendBase128(dst []byte, arc uint64) []byte {
	shift := 0
	for arc>>shift >= 0x80 {
		shift += 7
	}
	for ; shift > 0; shift -= 7 {
		dst = append(dst, byte(arc>>shift)|0x80)
	}
	return append(dst, byte(arc)&0x7f)
}
