package mtls_test

import (
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/mtls"
)

// match compares without a certificate around the name.
func match(registered string, rawSubject []byte) error {
	return mtls.Subject{DN: registered}.Matches(&x509.Certificate{RawSubject: rawSubject})
}

// What tools print, in their notation each, is what clients register (testdata/names.json tells
// which tools).
func TestNamesAsPrintedByTools(t *testing.T) {
	t.Parallel()
	var file struct {
		Names []struct {
			Name    string            `json:"name"`
			Subject string            `json:"subject"`
			Strings map[string]string `json:"strings"`
		} `json:"names"`
	}
	raw, err := os.ReadFile("testdata/names.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(raw, &file))
	require.NotEmpty(t, file.Names)
	for i, n := range file.Names {
		subject, err := hex.DecodeString(n.Subject)
		require.NoError(t, err)
		other, err := hex.DecodeString(file.Names[(i+1)%len(file.Names)].Subject)
		require.NoError(t, err)
		for tool, printed := range n.Strings {
			t.Run("MTLS-04 "+n.Name+", "+tool, func(t *testing.T) {
				t.Parallel()
				assert.NoError(t, match(printed, subject))
				assert.ErrorIs(t, match(printed, other), mtls.ErrSubjectMismatch)
			})
		}
	}
}

// RFC 4514, section 4.
func TestNamesOfRFC4514(t *testing.T) {
	t.Parallel()
	dc := func(value string) []attribute {
		return []attribute{{domainComponent, asn1.TagIA5String, []byte(value)}}
	}
	for _, test := range []struct {
		dn      string
		subject []byte
	}{
		{`UID=jsmith,DC=example,DC=net`, name(t, dc("net"), dc("example"), utf8(userID, "jsmith"))},
		{`OU=Sales+CN=J.  Smith,DC=example,DC=net`, name(t, dc("net"), dc("example"), append(utf8(unit, "Sales"), utf8(commonName, "J.  Smith")...))},
		{`CN=James \"Jim\" Smith\, III,DC=example,DC=net`, name(t, dc("net"), dc("example"), utf8(commonName, `James "Jim" Smith, III`))},
		{`CN=Before\0dAfter,DC=example,DC=net`, name(t, dc("net"), dc("example"), utf8(commonName, "Before\rAfter"))},
		{`1.3.6.1.4.1.1466.0=#04024869`, name(t, []attribute{{asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 1466, 0}, asn1.TagOctetString, []byte("Hi")}})},
		{`CN=Lu\C4\8Di\C4\87`, name(t, utf8(commonName, "Lučić"))},
	} {
		t.Run("MTLS-04 "+test.dn, func(t *testing.T) {
			t.Parallel()
			assert.NoError(t, match(test.dn, test.subject))
		})
	}
}

func TestNamesMatch(t *testing.T) {
	t.Parallel()
	// The subject that each case compares with, unless it has its own.
	subject := name(t,
		[]attribute{{country, asn1.TagPrintableString, []byte("DE")}},
		utf8(organization, "Müller & Söhne"),
		append(utf8(unit, "IT"), utf8(serialNumber, "12")...),
		utf8(commonName, "client.example"),
	)
	const registered = `CN=client.example,OU=IT+serialNumber=12,O=Müller & Söhne,C=DE`
	tagged := func(oid asn1.ObjectIdentifier, tag int, value string) []byte {
		return name(t, []attribute{{oid, tag, []byte(value)}})
	}
	for _, test := range []struct {
		name    string
		dn      string
		subject []byte
		err     error
	}{
		{name: "as it is", dn: registered},
		{name: "case of types and values", dn: strings.ToUpper(registered)},
		{name: "types by OID", dn: `2.5.4.3=client.example,2.5.4.11=IT+2.5.4.5=12,2.5.4.10=Müller & Söhne,2.5.4.6=DE`},
		{name: "types by long name", dn: `commonName=client.example,organizationalUnitName=IT+serialNumber=12,organizationName=Müller & Söhne,countryName=DE`},
		{name: "types by OID with prefix", dn: `oid.2.5.4.3=client.example,OU=IT+OID.2.5.4.5=12,O=Müller & Söhne,C=DE`},
		{name: "spaces around separators", dn: `  CN = client.example , OU = IT + serialNumber = 12 , O = Müller & Söhne , C = DE  `},
		{name: "spaces within", dn: `CN=client.example,OU=IT+serialNumber=12,O=Müller  &   Söhne,C=DE`},
		{name: "spaces that count for nothing, escaped", dn: `CN=client.example,OU=IT+serialNumber=12,O=\ Müller & Söhne\ ,C=DE`},
		{name: "hexadecimal pairs", dn: `CN=client.example,OU=IT+serialNumber=12,O=M\C3\BCller \26 S\c3\b6hne,C=DE`},
		{name: "quotes", dn: `CN="client.example",OU="IT" + serialNumber="12" ,O="Müller & Söhne",C="DE"`},
		{name: "BER", dn: `CN=#0c0e636c69656e742e6578616d706c65,OU=IT+serialNumber=12,O=Müller & Söhne,C=DE`},
		{name: "BER, another string type", dn: `CN=#130e636c69656e742e6578616d706c65,OU=IT+serialNumber=#13023132,O=Müller & Söhne,C=DE`},
		{name: "BER, a long form of the length", dn: `CN=#0c810e636c69656e742e6578616d706c65,OU=IT+serialNumber=12,O=Müller & Söhne,C=DE`},
		{name: "another order within an RDN", dn: `CN=client.example,serialNumber=12+OU=IT,O=Müller & Söhne,C=DE`},

		{name: "another value", dn: `CN=client.example,OU=IT+serialNumber=13,O=Müller & Söhne,C=DE`, err: mtls.ErrSubjectMismatch},
		{name: "another type", dn: `CN=client.example,OU=IT+serialNumber=12,O=Müller & Söhne,ST=DE`, err: mtls.ErrSubjectMismatch},
		{name: "the order of the encoding", dn: `C=DE,O=Müller & Söhne,OU=IT+serialNumber=12,CN=client.example`, err: mtls.ErrSubjectMismatch},
		{name: "RDNs for one of several values", dn: `CN=client.example,OU=IT,serialNumber=12,O=Müller & Söhne,C=DE`, err: mtls.ErrSubjectMismatch},
		{name: "the other RDNs for one of several values", dn: `CN=client.example,serialNumber=12,OU=IT,O=Müller & Söhne,C=DE`, err: mtls.ErrSubjectMismatch},
		{name: "an RDN less", dn: `CN=client.example,OU=IT+serialNumber=12,O=Müller & Söhne`, err: mtls.ErrSubjectMismatch},
		{name: "an RDN more", dn: `CN=client.example,OU=IT+serialNumber=12,O=Müller & Söhne,C=DE,C=DE`, err: mtls.ErrSubjectMismatch},
		{name: "an attribute less", dn: `CN=client.example,OU=IT,O=Müller & Söhne,C=DE`, err: mtls.ErrSubjectMismatch},
		{name: "a space less", dn: `CN=client.example,OU=IT+serialNumber=12,O=Müller &Söhne,C=DE`, err: mtls.ErrSubjectMismatch},
		{name: "a letter decomposed", dn: "CN=client.example,OU=IT+serialNumber=12,O=Mu\u0308ller & Söhne,C=DE", err: mtls.ErrSubjectMismatch},
		{name: "BER of no string", dn: `CN=#040e636c69656e742e6578616d706c65,OU=IT+serialNumber=12,O=Müller & Söhne,C=DE`, err: mtls.ErrSubjectMismatch},
		{name: "the text of BER", dn: `CN=\#0c0e636c69656e742e6578616d706c65,OU=IT+serialNumber=12,O=Müller & Söhne,C=DE`, err: mtls.ErrSubjectMismatch},

		{name: "TeletexString is ISO 8859-1", dn: `O=Café`, subject: tagged(organization, 20, "Caf\xe9")},
		{name: "BMPString", dn: `O=Łódź`, subject: tagged(organization, 30, "\x01\x41\x00\xf3\x00d\x01\x7a")},
		{name: "BMPString of odd length", dn: `O=Łódź`, subject: tagged(organization, 30, "\x01\x41\x00\xf3\x00d\x01\x7a\x00"), err: mtls.ErrSubjectMismatch},
		{name: "BMPString with surrogates", dn: `O=😀`, subject: tagged(organization, 30, "\xd8\x3d\xde\x00"), err: mtls.ErrSubjectMismatch},
		{name: "UniversalString", dn: `O=😀`, subject: tagged(organization, 28, "\x00\x01\xf6\x00")},
		{name: "UniversalString past Unicode", dn: `O=\EF\BF\BE`, subject: tagged(organization, 28, "\xff\xff\xff\xfe"), err: mtls.ErrSubjectMismatch},
		{name: "NumericString", dn: `serialNumber=12`, subject: tagged(serialNumber, 18, "12")},
		{name: "PrintableString not in ASCII", dn: `O=Café`, subject: tagged(organization, 19, "Caf\xc3\xa9"), err: mtls.ErrSubjectMismatch},
		{name: "UTF8String not in UTF-8", dn: `O=Café`, subject: tagged(organization, 12, "Caf\xe9"), err: mtls.ErrSubjectMismatch},
		{name: "MTLS-25 a NUL in the certificate", dn: `CN=bank.example`, subject: tagged(commonName, 12, "bank.example\x00"), err: mtls.ErrSubjectMismatch},
		{name: "the Kelvin sign", dn: `CN=K`, subject: tagged(commonName, 12, "\u212a")},
		{name: "Greek in three cases", dn: `CN=ΣΊΣΥΦΟΣ`, subject: tagged(commonName, 12, "Σίσυφος")},
		{name: "white space of Unicode", dn: `CN=a b`, subject: tagged(commonName, 12, "a\u00a0\u3000b")},
		{name: "no type is taken for another whose text continues it", dn: `1.2.3=x`, subject: tagged(asn1.ObjectIdentifier{1, 2, 3, 4}, 12, "x"), err: mtls.ErrSubjectMismatch},
		{name: "an octet string", dn: `1.2.3=#04024869`, subject: tagged(asn1.ObjectIdentifier{1, 2, 3}, 4, "Hi")},
		{name: "an octet string ignores no case", dn: `1.2.3=#04024869`, subject: tagged(asn1.ObjectIdentifier{1, 2, 3}, 4, "hi"), err: mtls.ErrSubjectMismatch},

		{name: "an empty subject", dn: `CN=a`, subject: name(t), err: mtls.ErrSubjectMismatch},
		{name: "no subject", dn: `CN=a`, subject: []byte{}, err: mtls.ErrSubjectMismatch},
		{name: "an empty RDN", dn: `CN=a`, subject: []byte{0x30, 2, 0x31, 0}, err: mtls.ErrSubjectMismatch},
		{name: "a type that is no OID", dn: `CN=a`, subject: []byte("\x30\x0e\x31\x0c\x30\x0a\x0c\x03\x55\x04\x03\x0c\x03\x61\x61\x61"), err: mtls.ErrSubjectMismatch},
		{name: "a subject with a tail", dn: `CN=a`, subject: append(tagged(commonName, 12, "a"), 0), err: mtls.ErrSubjectMismatch},
		{name: "a subject cut off", dn: `CN=a`, subject: tagged(commonName, 12, "a")[:11], err: mtls.ErrSubjectMismatch},
		{name: "a subject too large", dn: `CN=a`, subject: tagged(commonName, 12, "a"+strings.Repeat(" ", 9<<10)), err: mtls.ErrSubjectMismatch},
	} {
		t.Run("MTLS-04 "+test.name, func(t *testing.T) {
			t.Parallel()
			if test.subject == nil {
				test.subject = subject
			}
			if test.err == nil {
				assert.NoError(t, match(test.dn, test.subject))
				return
			}
			assert.NoError(t, mtls.Subject{DN: test.dn}.Validate())
			assert.ErrorIs(t, match(test.dn, test.subject), test.err)
		})
	}
}

func TestNamesRefused(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, dn string }{
		{"no attribute", `client`},
		{"no type", `=client`},
		{"an unknown type", `favouriteDrink=milk`},
		{"a type with a space", `common name=client`},
		{"one arc", `2=client`},
		{"an arc with a leading zero", `2.05.4.3=client`},
		{"an empty arc", `2..4.3=client`},
		{"an arc that is no number", `2.5.4.3x=client`},
		{"a first arc past 2", `3.5.4.3=client`},
		{"a second arc past 39", `1.40.4.3=client`},
		{"an arc too long", `2.5.4.100000000000000000=client`},
		{"a type too long", strings.Repeat("c", 200) + `=client`},
		{"no value", `CN=`},
		{"no value among others", `CN=,O=bank`},
		{"spaces for a value", `CN=\ \ `},
		{"nothing in quotes", `CN=""`},
		{"an empty BER string", `CN=#0c00`},
		{"nothing between separators", `CN=client,,O=bank`},
		{"nothing after the last", `CN=client,`},
		{"nothing after a plus", `CN=client+`},
		{"a semicolon", `CN=client;O=bank`},
		{"an unescaped less-than", `CN=<client`},
		{"an unescaped quote", `CN=client"x"`},
		{"text after quotes", `CN="client"x`},
		{"quotes left open", `CN="client`},
		{"a comma left open in quotes", `CN="client,O=bank`},
		{"an escape of nothing", `CN=client\`},
		{"an escape of a letter", `CN=cl\ient`},
		{"an escape of one digit", `CN=client\4`},
		{"an escape of a letter within quotes", `CN="cl\ient"`},
		{"an escape within quotes of nothing", `CN="client\"`},
		{"pairs that are not UTF-8", `CN=\C3`},
		{"octets that are not UTF-8", "CN=\xc3"},
		{"MTLS-25 a NUL", `CN=client\00`},
		{"MTLS-25 a NUL, bare", "CN=client\x00"},
		{"a control character", `CN=cli\07ent`},
		{"a replacement character", `CN=cli�ent`},
		{"a private character", "CN=cli\ue000ent"},
		{"BER of nothing", `CN=#`},
		{"BER of an odd number of digits", `CN=#0c0161f`},
		{"BER cut off", `CN=#0c0261`},
		{"BER with a tail", `CN=#0c016161`},
		{"BER of indefinite length", `CN=#2c800c01610000`},
		{"BER with a tag of many octets", `CN=#1f0c0161`},
		{"BER and text", `CN=#0c0161x`},
		{"too many octets", `CN=` + strings.Repeat("a", 9<<10)},
		{"too many RDNs", strings.Repeat("CN=a,", 64) + "CN=a"},
		{"too many attributes", strings.Repeat("CN=a+", 64) + "CN=a"},
	} {
		t.Run("MTLS-05 "+test.name, func(t *testing.T) {
			t.Parallel()
			require.ErrorIs(t, mtls.Subject{DN: test.dn}.Validate(), mtls.ErrSubject)
		})
	}
}
