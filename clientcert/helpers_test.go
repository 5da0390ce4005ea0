package clientcert_test

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/clientcert"
)

// The address of the proxy in these tests, and one of somebody else.
const (
	proxy    = "10.1.2.3:40000"
	stranger = "203.0.113.9:40000"
)

var trusted = []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}

// vector returns a file of RFC 9440, appendix A, without the line breaks there for display.
func vector(tb testing.TB, name string) string {
	tb.Helper()
	raw, err := os.ReadFile("testdata/rfc9440/" + name)
	require.NoError(tb, err)
	return strings.TrimSpace(strings.ReplaceAll(string(raw), "\n ", ""))
}

// chain is the chain of RFC 9440, appendix A, leaf first.
func chain(tb testing.TB) []*x509.Certificate {
	tb.Helper()
	var chain []*x509.Certificate
	for rest := []byte(chainPEM(tb)); len(rest) > 0; {
		var block *pem.Block
		block, rest = pem.Decode(rest)
		certificate, err := x509.ParseCertificate(block.Bytes)
		require.NoError(tb, err)
		chain = append(chain, certificate)
	}
	require.Len(tb, chain, 3)
	return chain
}

func chainPEM(tb testing.TB) string {
	tb.Helper()
	raw, err := os.ReadFile("testdata/rfc9440/chain.pem")
	require.NoError(tb, err)
	return string(raw)
}

func toPEM(certificates ...*x509.Certificate) string {
	var text strings.Builder
	for _, c := range certificates {
		_ = pem.Encode(&text, &pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
	}
	return text.String()
}

// escapeNginx is NGX_ESCAPE_URI_COMPONENT: all but the unreserved characters of RFC 3986.
func escapeNginx(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// escapeALB leaves + = / as they are.
func escapeALB(s string) string {
	return strings.NewReplacer("%2B", "+", "%3D", "=", "%2F", "/").Replace(escapeNginx(s))
}

// escapeEnvoy replaces the five characters that Envoy does.
func escapeEnvoy(s string) string {
	return strings.NewReplacer("\n", "%0A", " ", "%20", "+", "%2B", "/", "%2F", "=", "%3D").Replace(s)
}

func toDER(certificates ...*x509.Certificate) string {
	var list []string
	for _, c := range certificates {
		list = append(list, base64.StdEncoding.EncodeToString(c.Raw))
	}
	return strings.Join(list, ",")
}

func source(tb testing.TB, h *clientcert.Header) clientcert.Source {
	tb.Helper()
	source, err := h.Source()
	require.NoError(tb, err)
	return source
}

// request comes from the address with pairs of header names and values.
func request(from string, pairs ...string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/token", nil)
	r.RemoteAddr = from
	for i := 0; i < len(pairs); i += 2 {
		r.Header.Add(pairs[i], pairs[i+1])
	}
	return r
}
