package main

import (
	"crypto/tls"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

func TestTLS(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	dial := func(t *testing.T, base string, c *tls.Config) error {
		t.Helper()
		u, err := url.Parse(base)
		require.NoError(t, err)
		c.RootCAs = w.pki.Pool()
		conn, err := tls.Dial("tcp", u.Host, c)
		if err != nil {
			return err
		}
		_, err = io.WriteString(conn, "HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
		require.NoError(t, err)
		_, err = conn.Read(make([]byte, 1)) // in TLS 1.3 the refusal of a certificate comes here
		return err
	}
	one := func(suite uint16) *tls.Config {
		return &tls.Config{MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{suite}}
	}
	for _, base := range []string{w.main, w.mtls} {
		for _, suite := range []uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384} {
			require.NoError(t, dial(t, base, one(suite)), tls.CipherSuiteName(suite))
		}
		require.NoError(t, dial(t, base, &tls.Config{MinVersion: tls.VersionTLS13}))
		for _, version := range []uint16{tls.VersionTLS10, tls.VersionTLS11} {
			require.Error(t, dial(t, base, &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: version}), tls.VersionName(version))
		}
		for _, suite := range []uint16{
			tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, tls.TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA,
			tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256, tls.TLS_RSA_WITH_AES_128_GCM_SHA256, tls.TLS_RSA_WITH_AES_128_CBC_SHA,
		} {
			require.Error(t, dial(t, base, one(suite)), tls.CipherSuiteName(suite))
		}
	}

	// Only the second listener asks for certificates; any will do there, until a client authenticates by it.
	asked := func(base string) bool {
		called := false
		self := fapitest.MustSelfSigned(t, w.certA.Leaf.Subject)
		require.NoError(t, dial(t, base, &tls.Config{GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			called = true
			return &self, nil
		}}))
		return called
	}
	assert.False(t, asked(w.main))
	assert.True(t, asked(w.mtls))
}

// Without a second listener the first one asks, and there are no aliases.
func TestOneListener(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *config) { c.MTLS.BaseURL, c.MTLS.Listen = "", "" })
	require.Nil(t, w.a.Server.MTLSEndpointAliases)
	tokens, err := w.a.Token(t.Context(), url.Values{"grant_type": {"client_credentials"}, "scope": {"accounts"}})
	require.NoError(t, err)
	assert.Equal(t, http.StatusOK, tokens.Status, string(tokens.Body))
}

// Both listeners serve everything.
func TestListenersAreAlike(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, path := range []string{
		"/authorize", "/par", "/token", "/introspect", "/revoke", "/userinfo", "/jwks", "/accounts", "/login", "/consent",
		"/.well-known/openid-configuration", "/.well-known/oauth-authorization-server",
	} {
		main, mtls := w.get(w.outside, w.main+path, nil), w.get(w.outside, w.mtls+path, nil)
		assert.NotEqual(t, http.StatusNotFound, main.Status, path)
		assert.Equal(t, main.Status, mtls.Status, path)
	}
	assert.Equal(t, http.StatusNotFound, w.get(w.outside, w.main+"/", nil).Status)
	assert.Equal(t, w.mtls+"/userinfo", w.a.Server.MTLSEndpointAliases.UserinfoEndpoint)
}

// A body beyond every bound is refused as that, whoever sends it.
func TestOversizedBodies(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	for _, path := range []string{"/par", "/token", "/introspect", "/revoke", "/authorize"} {
		for _, size := range []int{200 << 10, 300 << 10} {
			body := "client_id=" + w.a.ID + "&x=" + strings.Repeat("a", size)
			a := w.do(w.outside, http.MethodPost, w.main+path, header, strings.NewReader(body))
			assert.Equal(t, http.StatusRequestEntityTooLarge, a.Status, "%s %d", path, size)
			a = w.do(w.outside, http.MethodPost, w.main+path, header, io.MultiReader(strings.NewReader(body)))
			assert.Equal(t, http.StatusRequestEntityTooLarge, a.Status, "%s %d, in chunks", path, size)
		}
	}
}
