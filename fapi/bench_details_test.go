package fapi_test

import (
	"net/url"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/fapi"
)

// BenchmarkFlowDetails is BenchmarkFlow of a server that knows types of authorization details, for a client that asks for
// none, and for one that asks for two: the difference is all that they cost, parsing, judging, storing and telling.
func BenchmarkFlowDetails(b *testing.B) {
	for name, details := range map[string]string{"none": "", "two": array(reading, `{"type":"payment_initiation","instructedAmount":{"currency":"EUR","amount":"123.50"},"creditorName":"Merchant A"}`)} {
		b.Run(name, func(b *testing.B) {
			f := newFlowBenchOf(b, fapi.FAPI2Security(), "code", jose.ES256, fapi.BindingMTLS, fapi.WithAuthorizationDetails(detailsTypes()...))
			mayAsk(f.client)
			if details != "" {
				f.push = url.Values{"authorization_details": {details}}.Encode() + "&" + f.push
			}
			all := f.prepare(b, b.N)
			b.ReportAllocs()
			b.ResetTimer()
			for i := range b.N {
				f.flow(b, all[i])
			}
		})
	}
}
