package clientcert_test

import (
	"crypto/x509"
	"testing"

	"github.com/fosite-fapi/fosite-fapi/clientcert"
)

// BenchmarkHeader reads the same certificate again ("known") and anew.
func BenchmarkHeader(b *testing.B) {
	c := chain(b)
	for _, bench := range []struct {
		header clientcert.Header
		value  string
	}{
		{clientcert.Header{Kind: clientcert.RFC9440}, vector(b, "client-cert.txt")},
		{clientcert.Header{Kind: clientcert.Nginx}, escapeNginx(toPEM(c[0]))},
		{clientcert.Header{Kind: clientcert.ALB}, escapeALB(toPEM(c[0]))},
		{clientcert.Header{Kind: clientcert.Envoy}, `By=a;Hash=b;Cert="` + escapeEnvoy(toPEM(c[0])) + `"`},
		{clientcert.Header{Kind: clientcert.DER}, toDER(c[0])},
	} {
		bench.header.Name, bench.header.TrustedPeers = fuzzed, trusted
		b.Run(string(bench.header.Kind)+" known", func(b *testing.B) {
			source := source(b, &bench.header)
			r := request(proxy, fuzzed, bench.value)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := source(r); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(string(bench.header.Kind)+" anew", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := bench.header.Parse(bench.value); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("floor x509.ParseCertificate", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := x509.ParseCertificate(c[0].Raw); err != nil {
				b.Fatal(err)
			}
		}
	})
}
