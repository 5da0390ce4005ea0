package clientcert_test

import (
	"crypto/x509"
	"testing"

	"github.com/fosite-fapi/fosite-fapi/clientcert"
)

// BenchmarkHeader takes the same certificate again, BenchmarkHeaderAnew one that is not remembered.
func BenchmarkHeader(b *testing.B) {
	c := chain(b)
	for _, bench := range []struct {
		name   string
		header clientcert.Header
		value  string
	}{
		{"RFC9440", clientcert.Header{Name: fuzzed}, vector(b, "client-cert.txt")},
		{"Nginx", clientcert.Header{Kind: clientcert.Nginx, Name: fuzzed}, escapeNginx(toPEM(c[0]))},
		{"ALB", clientcert.Header{Kind: clientcert.ALB, Name: fuzzed}, escapeALB(toPEM(c[0]))},
		{"Envoy", clientcert.Header{Kind: clientcert.Envoy, Name: fuzzed}, `By=a;Hash=b;Cert="` + escapeEnvoy(toPEM(c[0])) + `"`},
		{"DER", clientcert.Header{Kind: clientcert.DER, Name: fuzzed}, toDER(c[0])},
	} {
		b.Run(bench.name, func(b *testing.B) {
			bench.header.TrustedPeers = trusted
			source := source(b, &bench.header)
			r := request(proxy, fuzzed, bench.value)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := source(r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("floor: x509.ParseCertificate", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := x509.ParseCertificate(c[0].Raw); err != nil {
				b.Fatal(err)
			}
		}
	})
}
