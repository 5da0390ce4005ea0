package docs_test

import (
	"net/http/httptest"
	"net/netip"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/clientcert"
	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

func behindNginx() (fapi.Option, clientcert.Source, error) {
	header := &clientcert.Header{
		Kind: clientcert.Nginx, Name: "Ssl-Client-Cert",
		TrustedPeers: []netip.Prefix{netip.MustParsePrefix("10.1.0.7/32")},
	}
	source, err := header.Source()
	return fapi.WithClientCertificates(source), source, err
}

// The proxy's header counts from the proxy alone.
func TestProxy(t *testing.T) {
	t.Parallel()
	option, source, err := behindNginx()
	require.NoError(t, err)
	composed(t, option, publicURLs())
	certificate := fapitest.Certificate("docs")
	r := httptest.NewRequest("POST", issuer+"/par", nil)
	r.Header.Set("Ssl-Client-Cert", url.PathEscape(string(fapitest.CertPEM(*certificate))))
	for peer, count := range map[string]int{"10.1.0.7:4711": 1, "10.1.0.8:4711": 0} {
		r.RemoteAddr = peer
		chain, err := source(r)
		require.NoError(t, err)
		assert.Len(t, chain, count, peer)
	}
	doc, err := composed(t, publicURLs()).Metadata(t.Context())
	require.NoError(t, err)
	require.NotNil(t, doc.MTLSEndpointAliases)
	assert.Equal(t, "https://mtls.as.example.com/token", doc.MTLSEndpointAliases.TokenEndpoint)
}

func publicURLs() fapi.Option {
	return fapi.WithEndpoints(fapi.Endpoints{MTLSBaseURL: "https://mtls.as.example.com"})
}
