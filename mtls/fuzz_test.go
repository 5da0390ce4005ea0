package mtls_test

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/mtls"
)

// A DN means the same in capitals and with spaces around it.
func FuzzDN(f *testing.F) {
	raw, err := os.ReadFile("testdata/names.json")
	require.NoError(f, err)
	var file struct {
		Names []struct{ Strings map[string]string }
	}
	require.NoError(f, json.Unmarshal(raw, &file))
	require.NotEmpty(f, file.Names)
	for _, n := range file.Names {
		for _, printed := range n.Strings {
			f.Add(printed)
		}
	}
	f.Add(`CN="a\"b" + 2.5.4.5 = #130131 , OID.2.5.4.97=\#x\C3\BC`)
	f.Fuzz(func(t *testing.T, s string) {
		octets, err := mtls.ParseDN(s)
		if err != nil {
			require.Nil(t, octets, "an error comes with no name")
			require.ErrorIs(t, err, mtls.ErrSubject)
			return
		}
		for _, same := range []string{" " + s + " ", capitals(s)} {
			again, err := mtls.ParseDN(same)
			if len(same) <= 8<<10 {
				require.NoError(t, err, same)
				require.Equal(t, octets, again, same)
			}
		}
		require.NotEmpty(t, octets)
	})
}

// capitals turns the letters of ASCII into capitals.
func capitals(s string) string {
	upper := []byte(s)
	for i, c := range upper {
		if 'a' <= c && c <= 'z' {
			upper[i] = c - 'a' + 'A'
		}
	}
	return string(upper)
}

// However a value is escaped, it matches its own encoding and no other value's.
func FuzzValue(f *testing.F) {
	f.Add("client", "other")
	f.Add(` #a,b+c"d\e<f>g;h=i `, "Müller")
	f.Add("a  b", "A B")
	f.Add("\x00", "\xff")
	f.Fuzz(func(t *testing.T, value, second string) {
		if len(value)+len(second) > 1<<10 {
			return
		}
		subject := name(t, utf8(organization, value), append(utf8(unit, second), utf8(commonName, value)...))
		longer := name(t, utf8(organization, value+"x"), append(utf8(unit, second), utf8(commonName, value)...))
		for i, first := range spellings(t, value) {
			dn := fmt.Sprintf("CN=%s+OU=%s,O=%s", first, spellings(t, second)[i], first)
			if !isText(value) || !isText(second) {
				require.ErrorIs(t, mtls.Subject{DN: dn}.Validate(), mtls.ErrSubject, dn)
				continue
			}
			require.NoError(t, match(dn, subject), dn)
			require.ErrorIs(t, match(dn, longer), mtls.ErrSubjectMismatch, dn)
		}
	})
}

// spellings are the ways to write a value.
func spellings(t *testing.T, value string) []string {
	var pairs, escaped, quoted strings.Builder
	for i := range len(value) {
		fmt.Fprintf(&pairs, `\%02x`, value[i])
		if strings.IndexByte(` #"+,;<>=\`, value[i]) >= 0 {
			escaped.WriteByte('\\')
		}
		escaped.WriteByte(value[i])
		if value[i] == '"' || value[i] == '\\' {
			quoted.WriteByte('\\')
		}
		quoted.WriteByte(value[i])
	}
	ber, err := asn1.Marshal(asn1.RawValue{Tag: asn1.TagUTF8String, Bytes: []byte(value)})
	require.NoError(t, err)
	return []string{pairs.String(), escaped.String(), `"` + quoted.String() + `"`, "#" + hex.EncodeToString(ber)}
}

// isText reports whether a value may be in a name.
func isText(value string) bool {
	for _, r := range value {
		if r == unicode.ReplacementChar || unicode.Is(unicode.Co, r) || unicode.IsControl(r) && !unicode.IsSpace(r) {
			return false
		}
	}
	return strings.TrimSpace(value) != ""
}

// What crypto/x509/pkix prints for the subject of a certificate matches it.
func FuzzCertificateSubject(f *testing.F) {
	f.Add(openBankingSubject(f), openBanking)
	f.Add(name(f, append(utf8(commonName, "a"), utf8(unit, "b")...)), "CN=a+OU=b")
	f.Add([]byte{0x30, 0}, "")
	require.True(f, allUTF8(openBankingSubject(f)), "a certificate's subject is judged")
	f.Fuzz(func(t *testing.T, raw []byte, dn string) {
		_ = match(dn, raw)
		var sequence pkix.RDNSequence
		if rest, err := asn1.Unmarshal(raw, &sequence); err != nil || len(rest) > 0 || !allUTF8(raw) {
			return
		}
		printed := mtls.Subject{DN: sequence.String()}
		if printed.Validate() == nil {
			require.NoError(t, match(printed.DN, raw), printed.DN)
		}
	})
}

// allUTF8 reports whether raw is the DER of a name in which every value is a UTF8String or a PrintableString:
// encoding/asn1 changes what others mean, and overlooks what follows behind a value.
func allUTF8(raw []byte) bool {
	type pairSET []struct {
		Type  asn1.ObjectIdentifier
		Value asn1.RawValue
	}
	var sequence []pairSET
	if _, err := asn1.Unmarshal(raw, &sequence); err != nil {
		return false
	}
	if again, err := asn1.Marshal(sequence); err != nil || !bytes.Equal(again, raw) {
		return false
	}
	for _, set := range sequence {
		for _, pair := range set {
			if pair.Value.Class != asn1.ClassUniversal || pair.Value.IsCompound || pair.Value.Tag != asn1.TagUTF8String && pair.Value.Tag != asn1.TagPrintableString {
				return false
			}
		}
	}
	return true
}

// What matches a subject alternative name is in the extension, but for the case of ASCII.
func FuzzSubjectAltName(f *testing.F) {
	root := newAuthority(f, "root", nil)
	leaf := root.client(f, func(c *x509.Certificate) {
		c.DNSNames, c.EmailAddresses = []string{"client.example"}, []string{"ann@client.example"}
	})
	for _, extension := range leaf.Extensions {
		f.Add(extension.Value, "client.example")
		f.Add(extension.Value, "ann@client.example")
	}
	f.Add([]byte("\x30\x06\x87\x04\xc0\x00\x02\x01"), "192.0.2.1")
	f.Add([]byte("\x30\x0d\x86\x0bspiffe://a/"), "SPIFFE://A/")
	f.Fuzz(func(t *testing.T, extension []byte, name string) {
		leaf := &x509.Certificate{Extensions: []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 17}, Value: extension}}}
		in := func(octets []byte) bool {
			return bytes.Contains([]byte(capitals(string(extension))), []byte(capitals(string(octets))))
		}
		for _, subject := range []mtls.Subject{{SANDNS: name}, {SANEmail: name}, {SANURI: name}} {
			if subject.Matches(leaf) == nil {
				require.True(t, in([]byte(name)))
			}
		}
		if (mtls.Subject{SANIP: name}).Matches(leaf) == nil {
			require.True(t, in(netip.MustParseAddr(name).AsSlice()))
		}
	})
}

// What is read as a revocation list is one by crypto/x509 too, and of no kind that isn't supported.
func FuzzLists(f *testing.F) {
	h := newHierarchy(f)
	der := h.issuing.list(f, listing(h.chain[0].SerialNumber), only("\x81\x01\xff"))
	f.Add(der)
	f.Add(h.issuing.list(f, part("http://crl.example/1")))
	f.Add(h.issuing.list(f, listing(h.chain[0].SerialNumber), ofAnother))
	f.Add(bundle(der, h.root.list(f)))
	f.Add([]byte("-----BEGIN X509 CRL-----\n"))
	f.Fuzz(func(t *testing.T, document []byte) {
		lists, err := mtls.ParseLists(document)
		if err != nil {
			require.Zero(t, lists, "an error comes with no list")
			require.ErrorIs(t, err, mtls.ErrList)
			return
		}
		require.NotZero(t, lists)
		if document[0] != 0x30 {
			require.Equal(t, lists, bytes.Count(document, []byte("-----BEGIN ")))
			return
		}
		parsed, err := x509.ParseRevocationList(document)
		require.NoError(t, err)
		require.Equal(t, document, parsed.Raw)
		for _, extension := range parsed.Extensions {
			require.NotEqual(t, "2.5.29.27", extension.Id.String(), "a delta list")
		}
	})
}
