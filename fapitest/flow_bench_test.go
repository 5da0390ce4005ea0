package fapitest_test

import (
	"testing"

	"github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

// BenchmarkFlow is a flow with both its sides, the client's signatures included: what a row of a table costs, with the
// server that each row has of its own, and without. A policy's test should cost less than 50 ms a flow.
func BenchmarkFlow(b *testing.B) {
	for _, c := range []struct {
		name   string
		client fapitest.ClientConfig
	}{
		{"ES256", fapitest.ClientConfig{}},
		{"PS256", fapitest.ClientConfig{Algorithm: jose.PS256}},
		{"DPoP", fapitest.ClientConfig{Binding: fapi.BindingDPoP}},
		{"tls_client_auth", fapitest.ClientConfig{AuthMethod: "tls_client_auth"}},
	} {
		config := fapitest.Config{Clients: []fapitest.ClientConfig{c.client}}
		b.Run(c.name+"/with its server", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				fapitest.NewServer(b, config).Tokens()
			}
		})
		b.Run(c.name+"/alone", func(b *testing.B) {
			s := fapitest.NewServer(b, config)
			b.ReportAllocs()
			for b.Loop() {
				s.Tokens()
			}
		})
	}
}

// BenchmarkJudgement is one case of a rule without a server.
func BenchmarkJudgement(b *testing.B) {
	j := fapitest.Judgement{Rule: acme7, Given: fapitest.Given("purpose", "rent")}
	b.ReportAllocs()
	for b.Loop() {
		j.Test(b)
	}
}
