package main

import (
	"context"
	"crypto/tls"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/examples/internal/launch"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

// A resource server links no authorization server.
func TestLinks(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", ".").Output()
	require.NoError(t, err)
	linked := strings.Fields(string(out))
	assert.Contains(t, linked, "github.com/fosite-fapi/fosite-fapi/resource")
	for _, name := range linked {
		assert.NotContains(t, name, "/ory/")
		assert.NotContains(t, name, "go-jose/v3")
		assert.NotEqual(t, "github.com/fosite-fapi/fosite-fapi/fapi", name)
	}
}

// The issuer is away: the server starts, says that it isn't ready, and ends when it is told to.
func TestProcess(t *testing.T) {
	t.Parallel()
	dir, pki, at := t.TempDir(), fapitest.MustPKI(t), launch.Addresses(t, 2)
	launch.WriteServerFiles(t, pki, dir)
	launch.Start(t, launch.Listening(1), launch.Build(t, "resourceserver"), "-issuer", "https://"+at[0], "-listen", at[1],
		"-cert", filepath.Join(dir, "server.pem"), "-key", filepath.Join(dir, "server-key.pem"))

	client := launch.HTTPS(t, pki, nil)
	get := func(path string, header http.Header) *fapitest.Answer {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+at[1]+path, nil)
		require.NoError(t, err)
		req.Header = header
		answer, err := fapitest.Do(client, req)
		require.NoError(t, err)
		return answer
	}
	assert.Equal(t, http.StatusServiceUnavailable, get("/ready", http.Header{}).Status)
	assert.Equal(t, http.StatusUnauthorized, get("/accounts", http.Header{}).Status)
	assert.Equal(t, http.StatusNotFound, get("/", http.Header{}).Status)
}

func TestTLS(t *testing.T) {
	t.Parallel()
	config := serverTLS(tls.Certificate{})
	assert.Equal(t, tls.RequestClientCert, config.ClientAuth)
	assert.EqualValues(t, tls.VersionTLS12, config.MinVersion)
	for _, suite := range config.CipherSuites {
		assert.Regexp(t, "^TLS_ECDHE_(RSA|ECDSA)_WITH_AES_(128|256)_GCM_", tls.CipherSuiteName(suite))
	}
}

func TestArguments(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	launch.WriteServerFiles(t, fapitest.MustPKI(t), dir)
	broken := filepath.Join(dir, "broken")
	require.NoError(t, os.WriteFile(broken, []byte("x"), 0o600))
	cert, key := filepath.Join(dir, "server.pem"), filepath.Join(dir, "server-key.pem")
	good := []string{"-issuer", "https://as.example.com", "-cert", cert, "-key", key, "-listen", "127.0.0.1:0"}
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = taken.Close() })

	ended, cancel := context.WithCancel(t.Context())
	cancel()
	o, err := parse(good, io.Discard)
	require.NoError(t, err)
	s, err := o.server(taken.Addr(), slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, serve(ended, s, l), "what the cases below differ from")

	for name, tc := range map[string]struct {
		args []string
		want string
	}{
		"unknown flag":          {[]string{"-x"}, "-x"},
		"argument":              {[]string{"now"}, `unexpected argument "now"`},
		"no issuer":             {[]string{"-issuer", ""}, "-issuer is required"},
		"issuer by http":        {[]string{"-issuer", "http://as.example.com"}, "not an https URL"},
		"no certificate":        {[]string{"-cert", ""}, "-cert and -key are required"},
		"certificate missing":   {[]string{"-cert", broken + "2"}, "-cert, -key"},
		"CA missing":            {[]string{"-issuer-ca", broken + "2"}, "-issuer-ca"},
		"CA broken":             {[]string{"-issuer-ca", broken}, "no certificate in PEM"},
		"format":                {[]string{"-formats", "xml"}, `"xml"`},
		"opaque without asking": {[]string{"-formats", "opaque"}, "Introspection is nil"},
		"URL":                   {[]string{"-url", "http://api.example.com"}, "BaseURLs"},
		"no way to ask":         {[]string{"-client-id", "api"}, "either -client-jwks or -client-cert"},
		"two ways to ask":       {[]string{"-client-id", "api", "-client-jwks", broken, "-client-cert", cert, "-client-key", key}, "either -client-jwks or -client-cert"},
		"nobody to ask as":      {[]string{"-client-jwks", broken}, "need -client-id"},
		"half a certificate":    {[]string{"-client-id", "api", "-client-cert", cert}, "need each other"},
		"client certificate":    {[]string{"-client-id", "api", "-client-cert", broken, "-client-key", key}, "-client-cert, -client-key"},
		"client keys missing":   {[]string{"-client-id", "api", "-client-jwks", broken + "2"}, "-client-jwks"},
		"client keys broken":    {[]string{"-client-id", "api", "-client-jwks", broken}, "-client-jwks"},
		"address taken":         {[]string{"-listen", taken.Addr().String()}, "bind"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := run(t.Context(), append(good[:len(good):len(good)], tc.args...), io.Discard, io.Discard)
			require.ErrorContains(t, err, tc.want)
		})
	}
}
