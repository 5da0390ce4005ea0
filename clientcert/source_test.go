package clientcert_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/clientcert"
)

func connection(chain []*x509.Certificate) *tls.ConnectionState {
	return &tls.ConnectionState{PeerCertificates: chain}
}

func TestFromTLS(t *testing.T) {
	t.Parallel()
	c := chain(t)
	for _, test := range []struct {
		name string
		tls  *tls.ConnectionState
		want []*x509.Certificate
	}{
		{"MTLS-01 a connection with a certificate", connection(c), c},
		{"MTLS-03 a connection without", connection(nil), nil},
		{"MTLS-03 a connection without TLS", nil, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := request(stranger, "Client-Cert", vector(t, "client-cert.txt"))
			r.TLS = test.tls
			got, err := clientcert.FromTLS(r)
			require.NoError(t, err)
			require.Equal(t, test.want, got)
		})
	}
}

// MTLS-18: the handshake asks for a certificate, and leaves judging it to others.
func TestFromTLSOverTheWire(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		chain, err := clientcert.FromTLS(r)
		fmt.Fprint(w, len(chain), err)
	}))
	server.TLS = &tls.Config{ClientAuth: tls.RequestClientCert, MinVersion: tls.VersionTLS12}
	server.StartTLS()
	t.Cleanup(server.Close)

	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)

	ask := func(t *testing.T, certificates ...tls.Certificate) string {
		transport := server.Client().Transport.(*http.Transport).Clone()
		transport.TLSClientConfig.Certificates = certificates
		t.Cleanup(transport.CloseIdleConnections)
		response, err := (&http.Client{Transport: transport}).Get(server.URL)
		require.NoError(t, err)
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		return string(body)
	}
	require.Equal(t, "1 <nil>", ask(t, tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}))
	require.Equal(t, "0 <nil>", ask(t))
}
