package mtls

import "strings"

// attributeTypes has the contents octets of the OIDs behind the names that clients write, in lower case (RFC 4514, 2.3: names
// are case-insensitive). Beside the nine that RFC 4514, 3 demands stand the long names of RFC 4519 and what OpenSSL, Java and Windows
// print for the attributes of eIDAS, CA/Browser Forum and open banking certificates.
var attributeTypes = map[string]string{
	"cn": "\x55\x04\x03", "commonname": "\x55\x04\x03",
	"l": "\x55\x04\x07", "localityname": "\x55\x04\x07",
	"st": "\x55\x04\x08", "s": "\x55\x04\x08", "stateorprovincename": "\x55\x04\x08",
	"o": "\x55\x04\x0a", "organizationname": "\x55\x04\x0a",
	"ou": "\x55\x04\x0b", "organizationalunitname": "\x55\x04\x0b",
	"c": "\x55\x04\x06", "countryname": "\x55\x04\x06",
	"street": "\x55\x04\x09", "streetaddress": "\x55\x04\x09",
	"dc": "\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19", "domaincomponent": "\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19",
	"uid": "\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x01", "userid": "\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x01",

	"sn": "\x55\x04\x04", "surname": "\x55\x04\x04",
	"serialnumber": "\x55\x04\x05",
	"title":        "\x55\x04\x0c", "t": "\x55\x04\x0c",
	"description":      "\x55\x04\x0d",
	"businesscategory": "\x55\x04\x0f",
	"postalcode":       "\x55\x04\x11",
	"telephonenumber":  "\x55\x04\x14",
	"name":             "\x55\x04\x29",
	"givenname":        "\x55\x04\x2a", "gn": "\x55\x04\x2a", "g": "\x55\x04\x2a",
	"initials":            "\x55\x04\x2b",
	"generationqualifier": "\x55\x04\x2c", "generation": "\x55\x04\x2c",
	"uniqueidentifier": "\x55\x04\x2d", "x500uniqueidentifier": "\x55\x04\x2d",
	"dnqualifier": "\x55\x04\x2e", "dnq": "\x55\x04\x2e",
	"pseudonym":              "\x55\x04\x41",
	"organizationidentifier": "\x55\x04\x61",

	"emailaddress": "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01", "e": "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01", "email": "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01",
	"unstructuredname":    "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x02",
	"unstructuredaddress": "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x08",

	"jurisdictionlocalityname": "\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x01", "jurisdictionl": "\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x01",
	"jurisdictionstateorprovincename": "\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x02", "jurisdictionst": "\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x02",
	"jurisdictioncountryname": "\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x03", "jurisdictionc": "\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x03",
	"jurisdictionofincorporationlocalityname":        "\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x01",
	"jurisdictionofincorporationstateorprovincename": "\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x02",
	"jurisdictionofincorporationcountryname":         "\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x03",
}

// longestType bounds the names above and dotted decimals alike.
const longestType = 128

// appendType appends the contents octets of the OID that an attribute type stands for: a name of the table, or dotted decimal (RFC 4514, 2.3),
// which Java writes after "OID." (RFC 2253, 4).
func appendType(dst []byte, name string) ([]byte, bool) {
	if name == "" || len(name) > longestType {
		return dst, false
	}
	if name[0] >= '0' && name[0] <= '9' {
		return appendOID(dst, name)
	}
	if len(name) > 4 && foldASCII(name[:4], "OID.") {
		return appendOID(dst, name[4:])
	}
	var folded [longestType]byte
	for i := range len(name) {
		folded[i] = lower(name[i])
	}
	oid, ok := attributeTypes[string(folded[:len(name)])]
	return append(dst, oid...), ok
}

// appendOID encodes a numericoid: at least two arcs without leading zeros (RFC 4512, 1.4).
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

// parseArc reads one arc. Seventeen digits are more than any assigned arc has, but for those made of UUIDs,
// which no attribute type of a subject uses.
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
