package fetch_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/internal/fetch"
)

// What a request pays whose client's keys are cached.
func BenchmarkJWKSHit(b *testing.B) {
	keys := &fetch.JWKS{Door: &fetch.Door{Transport: transport(func(*http.Request) (*http.Response, error) {
		return respond(keySet(keyEC)), nil
	})}}
	const url = "https://client.example/jwks"
	_, err := keys.Get(b.Context(), url, false)
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := keys.Get(b.Context(), url, false); err != nil {
			b.Fatal(err)
		}
	}
}
