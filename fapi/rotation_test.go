package fapi_test

import (
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"sync/atomic"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

// A client that publishes its keys by jwks_uri can change them at any time, with or without a kid: the server asks
// again before it refuses, and the key before stops working.
func TestRotationByJWKSURI(t *testing.T) {
	for _, kid := range []string{"", "same"} {
		for _, method := range []string{"private_key_jwt", "self_signed_tls_client_auth"} {
			t.Run(method+"/kid "+kid, func(t *testing.T) {
				var published atomic.Pointer[jose.JSONWebKeySet]
				server := httptest.NewTLSServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
					_ = json.NewEncoder(rw).Encode(published.Load())
				}))
				defer server.Close()
				roots := x509.NewCertPool()
				roots.AddCert(server.Certificate())
				b := newBench(t, "json", fapi.WithOutbound(fapi.Outbound{
					RootCAs: roots, AllowPrivate: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
				}))
				reg := b.registration(b.a.ID)
				reg.TokenEndpointAuthMethod, reg.JWKS, reg.JWKSURI = method, nil, server.URL
				b.a.AuthMethod, b.a.KeyID = method, kid

				first, second := fapitest.MustSelfSigned(t, nameA), fapitest.MustSelfSigned(t, nameA)
				work := func(c *tls.Certificate) *fapitest.Answer {
					b.a.Key = signerOf(t, c)
					b.a.HTTP = fapitest.HTTP(b.handler, c)
					return b.push(b.a, b.a.Request(fapitest.Verifier(), "accounts"))
				}
				publish := func(c *tls.Certificate) {
					published.Store(&jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: signerOf(t, c).Public(), KeyID: kid}}})
				}

				publish(&first)
				require.Equal(t, http.StatusCreated, work(&first).Status)
				publish(&second)
				require.Equal(t, http.StatusCreated, work(&second).Status)
				refused := work(&first)
				assert.Equal(t, http.StatusUnauthorized, refused.Status)
				assert.Equal(t, "invalid_client", refused.Text("error"))
			})
		}
	}
}

func signerOf(t *testing.T, c *tls.Certificate) crypto.Signer {
	t.Helper()
	key, ok := c.PrivateKey.(crypto.Signer)
	require.True(t, ok)
	return key
}
