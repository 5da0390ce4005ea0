package mtls_test

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"net"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/mtls"
)

func TestSubjectValidate(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		subject mtls.Subject
		ok      bool
	}{
		{"a DN", mtls.Subject{DN: "CN=client"}, true},
		{"a DNS name", mtls.Subject{SANDNS: "client.example"}, true},
		{"a DNS name with underscore", mtls.Subject{SANDNS: "_client.example"}, true},
		{"a URI", mtls.Subject{SANURI: "https://client.example/a"}, true},
		{"a URN", mtls.Subject{SANURI: "urn:uuid:67c57882-043b-11ec-9a03-0242ac130003"}, true},
		{"an IPv4 address", mtls.Subject{SANIP: "192.0.2.1"}, true},
		{"an IPv6 address", mtls.Subject{SANIP: "2001:db8::1"}, true},
		{"an e-mail address", mtls.Subject{SANEmail: "ann.b+c@client.example"}, true},

		{"none", mtls.Subject{}, false},
		{"two", mtls.Subject{DN: "CN=client", SANDNS: "client.example"}, false},
		{"all", mtls.Subject{"CN=client", "client.example", "https://client.example", "192.0.2.1", "ann@client.example"}, false},
		{"a wildcard", mtls.Subject{SANDNS: "*.example"}, false},
		{"a DNS name with a final dot", mtls.Subject{SANDNS: "client.example."}, false},
		{"a DNS name with an empty label", mtls.Subject{SANDNS: "client..example"}, false},
		{"a DNS name with a hyphen at the end", mtls.Subject{SANDNS: "client-.example"}, false},
		{"a DNS name with a space", mtls.Subject{SANDNS: "client .example"}, false},
		{"a DNS name with a port", mtls.Subject{SANDNS: "client.example:443"}, false},
		{"a DNS name with NUL", mtls.Subject{SANDNS: "client.example\x00"}, false},
		{"a DNS name not in ASCII", mtls.Subject{SANDNS: "bücher.example"}, false},
		{"a DNS name too long", mtls.Subject{SANDNS: strings.Repeat("a.", 127)}, false},
		{"a label too long", mtls.Subject{SANDNS: strings.Repeat("a", 64)}, false},
		{"a URI without scheme", mtls.Subject{SANURI: "client.example/a"}, false},
		{"a URI without anything but a path", mtls.Subject{SANURI: "/a"}, false},
		{"a URI with a space", mtls.Subject{SANURI: "https://client.example/a b"}, false},
		{"a URI with a control character", mtls.Subject{SANURI: "https://client.example/\x00"}, false},
		{"a URI not in ASCII", mtls.Subject{SANURI: "https://client.example/ü"}, false},
		{"a URI with a bad escape", mtls.Subject{SANURI: "https://client.example/%zz"}, false},
		{"a URI too long", mtls.Subject{SANURI: "https://client.example/" + strings.Repeat("a", 2<<10)}, false},
		{"an IP address with a zone", mtls.Subject{SANIP: "fe80::1%eth0"}, false},
		{"an IP address with a length", mtls.Subject{SANIP: "192.0.2.1/32"}, false},
		{"an IP address with leading zeros", mtls.Subject{SANIP: "192.0.2.01"}, false},
		{"an IP address that is a name", mtls.Subject{SANIP: "localhost"}, false},
		{"an e-mail address without @", mtls.Subject{SANEmail: "client.example"}, false},
		{"an e-mail address without local part", mtls.Subject{SANEmail: "@client.example"}, false},
		{"an e-mail address without domain", mtls.Subject{SANEmail: "ann@"}, false},
		{"an e-mail address with a name", mtls.Subject{SANEmail: "Ann <ann@client.example>"}, false},
		{"an e-mail address with quotes", mtls.Subject{SANEmail: `"ann"@client.example`}, false},
		{"an e-mail address with an empty atom", mtls.Subject{SANEmail: "ann..b@client.example"}, false},
		{"an e-mail address too long", mtls.Subject{SANEmail: strings.Repeat("a", 65) + "@client.example"}, false},
	} {
		t.Run("MTLS-05 "+test.name, func(t *testing.T) {
			t.Parallel()
			if test.ok {
				require.NoError(t, test.subject.Validate())
				return
			}
			require.ErrorIs(t, test.subject.Validate(), mtls.ErrSubject)
			require.ErrorIs(t, test.subject.Matches(&x509.Certificate{}), mtls.ErrSubject)
		})
	}
}

func TestSubjectMatches(t *testing.T) {
	t.Parallel()
	root := newAuthority(t, "root", nil)
	leaf := root.client(t, func(c *x509.Certificate) {
		c.Subject = pkix.Name{CommonName: "cn.example"}
		c.DNSNames = []string{"first.example", "Client.Example", "*.wild.example", "nul.example\x00.evil.example"}
		c.IPAddresses = []net.IP{net.ParseIP("192.0.2.1"), net.ParseIP("2001:db8::1")}
		c.EmailAddresses = []string{"Ann@Client.Example"}
		for _, raw := range []string{"spiffe://Trust.Example/ns/prod/sa/client", "HTTPS://User@Host.Example:8443/A%2Fb?Q#F", "urn:example:Client", "file:///client"} {
			parsed, err := url.Parse(raw)
			require.NoError(t, err)
			c.URIs = append(c.URIs, parsed)
		}
	})
	bare := root.client(t)
	for _, test := range []struct {
		name    string
		subject mtls.Subject
		leaf    *x509.Certificate
		err     error
	}{
		{name: "a DN", subject: mtls.Subject{DN: "CN=cn.example"}},
		{name: "another DN", subject: mtls.Subject{DN: "CN=client.example"}, err: mtls.ErrSubjectMismatch},
		{name: "a DNS name", subject: mtls.Subject{SANDNS: "client.example"}},
		{name: "a DNS name in another case", subject: mtls.Subject{SANDNS: "CLIENT.example"}},
		{name: "another DNS name", subject: mtls.Subject{SANDNS: "client2.example"}, err: mtls.ErrSubjectMismatch},
		{name: "a DNS name that is the common name", subject: mtls.Subject{SANDNS: "cn.example"}, err: mtls.ErrSubjectMismatch},
		{name: "MTLS-25 a DNS name under a wildcard", subject: mtls.Subject{SANDNS: "a.wild.example"}, err: mtls.ErrSubjectMismatch},
		{name: "MTLS-25 a DNS name before NUL", subject: mtls.Subject{SANDNS: "nul.example"}, err: mtls.ErrSubjectMismatch},
		{name: "no SAN at all", subject: mtls.Subject{SANDNS: "client.example"}, leaf: bare, err: mtls.ErrSubjectMismatch},
		{name: "MTLS-06 an IPv4 address", subject: mtls.Subject{SANIP: "192.0.2.1"}},
		{name: "MTLS-06 another IPv4 address", subject: mtls.Subject{SANIP: "192.0.2.2"}, err: mtls.ErrSubjectMismatch},
		{name: "MTLS-06 an IPv4 address mapped into IPv6", subject: mtls.Subject{SANIP: "::ffff:192.0.2.1"}, err: mtls.ErrSubjectMismatch},
		{name: "MTLS-06 an IPv6 address", subject: mtls.Subject{SANIP: "2001:db8::1"}},
		{name: "MTLS-06 an IPv6 address written out", subject: mtls.Subject{SANIP: "2001:0DB8:0:0:0:0:0:1"}},
		{name: "MTLS-06 another IPv6 address", subject: mtls.Subject{SANIP: "2001:db8::2"}, err: mtls.ErrSubjectMismatch},
		{name: "an e-mail address, its domain in another case", subject: mtls.Subject{SANEmail: "Ann@client.EXAMPLE"}},
		{name: "an e-mail address, its local part in another case", subject: mtls.Subject{SANEmail: "ann@client.example"}, err: mtls.ErrSubjectMismatch},
		{name: "an e-mail address of another domain", subject: mtls.Subject{SANEmail: "Ann@client.example.org"}, err: mtls.ErrSubjectMismatch},
		{name: "a SPIFFE ID", subject: mtls.Subject{SANURI: "spiffe://trust.example/ns/prod/sa/client"}},
		{name: "a SPIFFE ID of another workload", subject: mtls.Subject{SANURI: "spiffe://trust.example/ns/prod/sa/client2"}, err: mtls.ErrSubjectMismatch},
		{name: "a SPIFFE ID of another case of the path", subject: mtls.Subject{SANURI: "spiffe://trust.example/ns/prod/sa/Client"}, err: mtls.ErrSubjectMismatch},
		{name: "a SPIFFE ID with a slash more", subject: mtls.Subject{SANURI: "spiffe://trust.example/ns/prod/sa/client/"}, err: mtls.ErrSubjectMismatch},
		{name: "a URI, scheme and host in another case", subject: mtls.Subject{SANURI: "https://User@host.example:8443/A%2Fb?Q#F"}},
		{name: "a URI, user in another case", subject: mtls.Subject{SANURI: "https://user@host.example:8443/A%2Fb?Q#F"}, err: mtls.ErrSubjectMismatch},
		{name: "a URI, another port", subject: mtls.Subject{SANURI: "https://User@host.example/A%2Fb?Q#F"}, err: mtls.ErrSubjectMismatch},
		{name: "a URI, the path unescaped", subject: mtls.Subject{SANURI: "https://User@host.example:8443/A/b?Q#F"}, err: mtls.ErrSubjectMismatch},
		{name: "a URI, query in another case", subject: mtls.Subject{SANURI: "https://User@host.example:8443/A%2Fb?q#F"}, err: mtls.ErrSubjectMismatch},
		{name: "a URI, no fragment", subject: mtls.Subject{SANURI: "https://User@host.example:8443/A%2Fb?Q"}, err: mtls.ErrSubjectMismatch},
		{name: "a URN", subject: mtls.Subject{SANURI: "URN:example:Client"}},
		{name: "a URN in another case", subject: mtls.Subject{SANURI: "urn:example:client"}, err: mtls.ErrSubjectMismatch},
		{name: "a URI with an empty authority", subject: mtls.Subject{SANURI: "file:///client"}},
		{name: "a URI without authority", subject: mtls.Subject{SANURI: "file:/client"}, err: mtls.ErrSubjectMismatch},
	} {
		t.Run("MTLS-04 "+test.name, func(t *testing.T) {
			t.Parallel()
			if test.leaf == nil {
				test.leaf = leaf
			}
			err := test.subject.Matches(test.leaf)
			if test.err == nil {
				assert.NoError(t, err)
				return
			}
			assert.NoError(t, test.subject.Validate())
			assert.ErrorIs(t, err, test.err)
		})
	}
	t.Run("MTLS-03 no certificate", func(t *testing.T) {
		t.Parallel()
		require.ErrorIs(t, mtls.Subject{DN: "CN=a"}.Matches(nil), mtls.ErrNoCertificate)
	})
}
