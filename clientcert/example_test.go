package clientcert_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"

	"github.com/fosite-fapi/fosite-fapi/clientcert"
)

// RFC 9440, appendix A.
const leafOfRFC9440 = ":MIIBqDCCAU6gAwIBAgIBBzAKBggqhkjOPQQDAjA6MRswGQYDVQQKDBJMZXQncyBBdXRoZW50aWNhdGUxGzAZBgNV" +
	"BAMMEkxBIEludGVybWVkaWF0ZSBDQTAeFw0yMDAxMTQyMjU1MzNaFw0yMTAxMjMyMjU1MzNaMA0xCzAJBgNVBAMMAkJDMFkwEwYHKoZIzj0CAQYIKoZIzj0DA" +
	"QcDQgAE8YnXXfaUgmnMtOXU/IncWalRhebrXmckC8vdgJ1p5Be5F/3YC8OthxM4+k1M6aEAEFcGzkJiNy6J84y7uzo9M6NyMHAwCQYDVR0TBAIwADAfBgNVHSM" +
	"EGDAWgBRm3WjLa38lbEYCuiCPct0ZaSED2DAOBgNVHQ8BAf8EBAMCBsAwEwYDVR0lBAwwCgYIKwYBBQUHAwIwHQYDVR0RAQH/BBMwEYEPYmRjQGV4YW1wbGUuY" +
	"29tMAoGCCqGSM49BAMCA0gAMEUCIBHda/r1vaL6G3VliL4/Di6YK0Q6bMjeSkC3dFCOOB8TAiEAx/kHSB4urmiZ0NX5r5XarmPk0wmuydBVoU4hBVZ1yhk=:"

// A proxy in 10.1.0.0/16 terminates TLS and sets Client-Cert (RFC 9440).
func ExampleHeader_Source() {
	source, err := (&clientcert.Header{
		TrustedPeers: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")},
	}).Source()
	if err != nil {
		panic(err)
	}
	for _, from := range []string{"10.1.2.3:40000", "203.0.113.9:40000"} {
		r := httptest.NewRequest(http.MethodPost, "/token", nil)
		r.RemoteAddr = from
		r.Header.Set("Client-Cert", leafOfRFC9440)

		chain, err := source(r)
		if len(chain) > 0 {
			fmt.Println(from, chain[0].Subject, err)
		} else {
			fmt.Println(from, "no certificate", err)
		}
	}
	// Output:
	// 10.1.2.3:40000 CN=BC <nil>
	// 203.0.113.9:40000 no certificate <nil>
}

// What is wrong with a configuration is told at once.
func ExampleHeader_Source_invalid() {
	_, err := (&clientcert.Header{
		Kind:         clientcert.Nginx,
		TrustedPeers: []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0")},
	}).Source()
	fmt.Println(err)
	// Output:
	// clientcert: invalid configuration: Kind "nginx" needs the Name of a header
	// clientcert: invalid configuration: the trusted peers 0.0.0.0/0 are everyone; if another layer keeps clients out, say so by Trust
}
