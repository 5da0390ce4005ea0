package clientcert_test

import (
	"crypto/x509"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/clientcert"
)

// headerCase is a request from the trusted proxy. Without err and want it must yield no
// certificate.
type headerCase struct {
	name  string
	pairs []string
	want  []*x509.Certificate
	err   error
}

func runHeader(t *testing.T, h clientcert.Header, cases []headerCase) {
	t.Parallel()
	h.TrustedPeers = trusted
	source := source(t, &h)
	for _, test := range cases {
		t.Run("MTLS-22 "+test.name, func(t *testing.T) {
			t.Parallel()
			got, err := source(request(proxy, test.pairs...))
			if test.err != nil {
				require.ErrorIs(t, err, test.err)
				require.ErrorIs(t, err, clientcert.ErrHeader)
				require.Nil(t, got)
				return
			}
			require.NoError(t, err)
			require.Len(t, got, len(test.want))
			for i := range got {
				require.Equal(t, test.want[i].Raw, got[i].Raw)
			}
		})
	}
}

func TestRFC9440(t *testing.T) {
	c := chain(t)
	leaf, rest := vector(t, "client-cert.txt"), vector(t, "client-cert-chain.txt")
	first, second, _ := strings.Cut(rest, ", ")
	item := ":" + toDER(c[0]) + ":"
	many := strings.Repeat(item+",", 6) + item
	runHeader(t, clientcert.Header{}, []headerCase{
		{"2.2 the leaf", []string{"Client-Cert", leaf}, c[:1], nil},
		{"2.3 the chain", []string{"Client-Cert", leaf, "Client-Cert-Chain", rest}, c, nil},
		{"2.3 the chain in two instances", []string{"Client-Cert", leaf, "Client-Cert-Chain", first, "Client-Cert-Chain", second}, c, nil},
		{"a list without spaces", []string{"Client-Cert", leaf, "Client-Cert-Chain", first + "," + second}, c, nil},
		{"spaces around", []string{"Client-Cert", "  " + leaf + "\t"}, c[:1], nil},
		{"RFC 8941 4.2.7 base64 without padding", []string{"Client-Cert", strings.Replace(leaf, "=:", ":", 1)}, c[:1], nil},
		{"eight certificates", []string{"Client-Cert", leaf, "Client-Cert-Chain", many}, []*x509.Certificate{c[0], c[0], c[0], c[0], c[0], c[0], c[0], c[0]}, nil},
		{"no header", nil, nil, nil},
		{"an empty header", []string{"Client-Cert", ""}, nil, nil},
		{"the header of another kind", []string{"X-Forwarded-Client-Cert", `Cert="` + escapeEnvoy(toPEM(c[0])) + `"`}, nil, nil},

		{"2.2 the leaf twice", []string{"Client-Cert", leaf, "Client-Cert", leaf}, nil, clientcert.ErrHeaderDuplicate},
		{"2.2 a list for the leaf", []string{"Client-Cert", leaf + ", " + leaf}, nil, clientcert.ErrHeaderMalformed},
		{"2.3 a chain without leaf", []string{"Client-Cert-Chain", rest}, nil, clientcert.ErrHeaderMalformed},
		{"2.3 a chain with an empty leaf", []string{"Client-Cert", "", "Client-Cert-Chain", rest}, nil, clientcert.ErrHeaderMalformed},
		{"no colons", []string{"Client-Cert", strings.Trim(leaf, ":")}, nil, clientcert.ErrHeaderMalformed},
		{"one colon", []string{"Client-Cert", ":"}, nil, clientcert.ErrHeaderMalformed},
		{"nothing between the colons", []string{"Client-Cert", "::"}, nil, clientcert.ErrHeaderMalformed},
		{"parameters", []string{"Client-Cert", leaf + ";a=1"}, nil, clientcert.ErrHeaderMalformed},
		{"base64 with a space", []string{"Client-Cert", leaf[:20] + " " + leaf[20:]}, nil, clientcert.ErrHeaderMalformed},
		{"base64url", []string{"Client-Cert", strings.NewReplacer("+", "-", "/", "_").Replace(leaf)}, nil, clientcert.ErrHeaderMalformed},
		{"a certificate cut off", []string{"Client-Cert", leaf[:len(leaf)-5] + ":"}, nil, clientcert.ErrHeaderMalformed},
		{"PEM", []string{"Client-Cert", escapeNginx(toPEM(c[0]))}, nil, clientcert.ErrHeaderMalformed},
		{"an empty chain", []string{"Client-Cert", leaf, "Client-Cert-Chain", ""}, nil, clientcert.ErrHeaderMalformed},
		{"a comma at the end of the chain", []string{"Client-Cert", leaf, "Client-Cert-Chain", rest + ","}, nil, clientcert.ErrHeaderMalformed},
		{"a chain with something else", []string{"Client-Cert", leaf, "Client-Cert-Chain", first + ", 1"}, nil, clientcert.ErrHeaderMalformed},
		{"nine certificates", []string{"Client-Cert", leaf, "Client-Cert-Chain", many + "," + item}, nil, clientcert.ErrHeaderTooLarge},
		{"a large leaf", []string{"Client-Cert", ":" + strings.Repeat("A", 64<<10) + ":"}, nil, clientcert.ErrHeaderTooLarge},
		{"a large chain", []string{"Client-Cert", leaf, "Client-Cert-Chain", ":" + strings.Repeat("A", 64<<10) + ":"}, nil, clientcert.ErrHeaderTooLarge},
	})
}

func TestRFC9440Named(t *testing.T) {
	c := chain(t)
	leaf, rest := vector(t, "client-cert.txt"), vector(t, "client-cert-chain.txt")
	runHeader(t, clientcert.Header{Kind: clientcert.RFC9440, Name: "x-gateway-cert"}, []headerCase{
		{"another name for leaf and chain", []string{"X-Gateway-Cert", leaf, "X-Gateway-Cert-Chain", rest}, c, nil},
		{"the usual names, which the proxy leaves alone", []string{"Client-Cert", leaf, "Client-Cert-Chain", rest}, nil, nil},
	})
}

func TestNginx(t *testing.T) {
	c := chain(t)
	const name = "X-Ssl-Client-Cert"
	leaf := escapeNginx(toPEM(c[0]))
	nine := escapeNginx(strings.Repeat(toPEM(c[0]), 9))
	runHeader(t, clientcert.Header{Kind: clientcert.Nginx, Name: "x-ssl-client-cert"}, []headerCase{
		{"$ssl_client_escaped_cert", []string{name, leaf}, c[:1], nil},
		{"lines ended by CR LF", []string{name, escapeNginx(strings.ReplaceAll(toPEM(c[0]), "\n", "\r\n"))}, c[:1], nil},
		{"no end of the last line", []string{name, strings.TrimSuffix(leaf, "%0A")}, c[:1], nil},
		{"a chain", []string{name, escapeNginx(chainPEM(t))}, c, nil},
		{"no header", nil, nil, nil},
		{"an empty header", []string{name, ""}, nil, nil},

		{"twice", []string{name, leaf, name, leaf}, nil, clientcert.ErrHeaderDuplicate},
		{"twice, once empty", []string{name, "", name, leaf}, nil, clientcert.ErrHeaderDuplicate},
		{"two joined", []string{name, leaf + "," + leaf}, nil, clientcert.ErrHeaderMalformed},
		{"a bad escape", []string{name, leaf + "%zz"}, nil, clientcert.ErrHeaderMalformed},
		{"text before", []string{name, "a" + leaf}, nil, clientcert.ErrHeaderMalformed},
		{"text after", []string{name, leaf + "a"}, nil, clientcert.ErrHeaderMalformed},
		{"a key", []string{name, escapeNginx("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")}, nil, clientcert.ErrHeaderMalformed},
		{"PEM headers", []string{name, escapeNginx(strings.Replace(toPEM(c[0]), "\n", "\nProc-Type: 4\n\n", 1))}, nil, clientcert.ErrHeaderMalformed},
		{"PEM without end", []string{name, leaf[:len(leaf)-20]}, nil, clientcert.ErrHeaderMalformed},
		{"PEM of nothing", []string{name, escapeNginx("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n")}, nil, clientcert.ErrHeaderMalformed},
		{"a first block that encoding/pem skips", []string{name, escapeNginx("-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n") + leaf}, nil, clientcert.ErrHeaderMalformed},
		{"white space alone", []string{name, "%0A%20"}, nil, clientcert.ErrHeaderMalformed},
		{"not of certificates", []string{name, "SUCCESS"}, nil, clientcert.ErrHeaderMalformed},
		{"nine certificates", []string{name, nine}, nil, clientcert.ErrHeaderTooLarge},
		{"large", []string{name, strings.Repeat("A", 64<<10+1)}, nil, clientcert.ErrHeaderTooLarge},
	})
}

func TestALB(t *testing.T) {
	c := chain(t)
	const name = "X-Amzn-Mtls-Clientcert"
	value := escapeALB(chainPEM(t))
	require.Contains(t, value, "+", "a plus that a query would read as a space")
	runHeader(t, clientcert.Header{Kind: clientcert.ALB}, []headerCase{
		{"passthrough mode", []string{name, value}, c, nil},
		{"everything escaped", []string{name, escapeNginx(chainPEM(t))}, c, nil},
		{"no header", nil, nil, nil},
		{"the header of verify mode", []string{name + "-Leaf", escapeALB(toPEM(c[0]))}, nil, nil},
		{"a space for plus", []string{name, strings.ReplaceAll(value, "+", "%20")}, nil, clientcert.ErrHeaderMalformed},
		{"twice", []string{name, value, name, value}, nil, clientcert.ErrHeaderDuplicate},
	})
}

func TestALBVerifyMode(t *testing.T) {
	c := chain(t)
	runHeader(t, clientcert.Header{Kind: clientcert.ALB, Name: "X-Amzn-Mtls-Clientcert-Leaf"}, []headerCase{
		{"verify mode", []string{"X-Amzn-Mtls-Clientcert-Leaf", escapeALB(toPEM(c[0]))}, c[:1], nil},
		{"the header of passthrough mode", []string{"X-Amzn-Mtls-Clientcert", escapeALB(toPEM(c[0]))}, nil, nil},
	})
}

func TestDER(t *testing.T) {
	c := chain(t)
	const name = "X-Forwarded-Tls-Client-Cert"
	runHeader(t, clientcert.Header{Kind: clientcert.DER, Name: name}, []headerCase{
		{"the leaf", []string{name, toDER(c[0])}, c[:1], nil},
		{"the chain", []string{name, toDER(c...)}, c, nil},
		{"the chain, URL-encoded", []string{name, escapeNginx(toDER(c...))}, c, nil},
		{"no header", nil, nil, nil},
		{"an empty header", []string{name, ""}, nil, nil},
		{"twice", []string{name, toDER(c[0]), name, toDER(c[0])}, nil, clientcert.ErrHeaderDuplicate},
		{"a comma at the end", []string{name, toDER(c[0]) + ","}, nil, clientcert.ErrHeaderMalformed},
		{"a bad escape", []string{name, toDER(c[0]) + "%"}, nil, clientcert.ErrHeaderMalformed},
		{"PEM", []string{name, escapeNginx(toPEM(c[0]))}, nil, clientcert.ErrHeaderMalformed},
		{"nine certificates", []string{name, toDER(c[0], c[0], c[0], c[0], c[0], c[0], c[0], c[0], c[0])}, nil, clientcert.ErrHeaderTooLarge},
	})
}
