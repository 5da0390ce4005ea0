package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/metadata"
)

// started runs the program until stop is called, and returns once it listens.
func started(t *testing.T, args ...string) (stdout string, stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	out, in := io.Pipe()
	done := make(chan error, 1)
	go func() {
		err := run(ctx, args, in, io.Discard)
		_ = in.CloseWithError(io.EOF)
		done <- err
	}()
	var seen strings.Builder
	lines := bufio.NewScanner(out)
	for listening := 0; listening < 2 && lines.Scan(); {
		seen.WriteString(lines.Text() + "\n")
		if strings.HasPrefix(lines.Text(), "listening on ") {
			listening++
		}
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	return seen.String(), func() error { cancel(); return <-done }
}

func TestBootstrap(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	arguments := []string{"-dir", dir, "-listen", "localhost:0", "-mtls-listen", "localhost:0"}
	stdout, stop := started(t, arguments...)
	assert.Contains(t, stdout, "curl --cacert "+filepath.Join(dir, "ca.pem"))
	before := files(t, dir)
	for _, name := range []string{
		"ca.pem", "ca-key.pem", "server.pem", "server-key.pem", "jwks.json", "config.json",
		"client1.pem", "client1-key.pem", "client1-jwks.json", "client2.pem", "client2-key.pem", "client2-jwks.json",
		"client3.pem", "client3-key.pem", "client3-jwks.json", "client4.pem", "client4-key.pem", "client4-jwks.json",
	} {
		assert.Contains(t, before, name)
	}
	callAccounts(t, dir)
	require.NoError(t, stop())

	_, stop = started(t, arguments...)
	assert.Equal(t, before, files(t, dir), "what is there is used")
	callAccounts(t, dir)
	require.NoError(t, stop())

	_, stop = started(t, "-config", filepath.Join(dir, "config.json"))
	callAccounts(t, dir)
	require.NoError(t, stop())
}

func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	all := map[string]string{}
	for _, e := range entries {
		raw, err := os.ReadFile(filepath.Join(dir, e.Name()))
		require.NoError(t, err)
		all[e.Name()] = string(raw)
		if strings.Contains(e.Name(), "-") || e.Name() == "config.json" || e.Name() == "jwks.json" {
			info, err := e.Info()
			require.NoError(t, err)
			assert.Equal(t, os.FileMode(0o600), info.Mode().Perm(), e.Name())
		}
	}
	return all
}

// callAccounts does what the printed lines say.
func callAccounts(t *testing.T, dir string) {
	t.Helper()
	path := func(name string) string { return filepath.Join(dir, name) }
	roots, err := os.ReadFile(path("ca.pem"))
	require.NoError(t, err)
	pool := x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(roots))
	cert, err := tls.LoadX509KeyPair(path("client2.pem"), path("client2-key.pem"))
	require.NoError(t, err)
	raw, err := os.ReadFile(path("config.json"))
	require.NoError(t, err)
	var c config
	require.NoError(t, json.Unmarshal(raw, &c))

	client := &fapitest.Client{ID: "client2", AuthMethod: "tls_client_auth", HTTP: fapitest.HTTPS(pool, &cert), Server: metadata.Document{
		Issuer: c.Issuer, TokenEndpoint: c.MTLS.BaseURL + "/token",
	}}
	defer client.HTTP.CloseIdleConnections()
	tokens, err := client.Token(t.Context(), url.Values{"grant_type": {"client_credentials"}, "scope": {"accounts"}})
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, tokens.Status, string(tokens.Body))
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.MTLS.BaseURL+"/accounts", nil)
	require.NoError(t, err)
	req.Header.Set("Authorization", "Bearer "+tokens.Text("access_token"))
	accounts, err := fapitest.Do(client.HTTP, req)
	require.NoError(t, err)
	assert.Equal(t, http.StatusOK, accounts.Status, string(accounts.Body))
}

func TestArguments(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, args := range map[string][]string{
		"unknown flag":  {"-x"},
		"argument":      {"config.json"},
		"no such file":  {"-config", filepath.Join(dir, "none.json")},
		"no host:port":  {"-dir", filepath.Join(dir, "a"), "-listen", "8443"},
		"not a folder":  {"-dir", filepath.Join(dir, "a-file")},
		"no such port":  {"-dir", filepath.Join(dir, "b"), "-listen", "localhost:0", "-mtls-listen", "localhost:99999"},
		"not this host": {"-dir", filepath.Join(dir, "c"), "-listen", "192.0.2.1:8443"},
	} {
		t.Run(name, func(t *testing.T) {
			if name == "not a folder" {
				require.NoError(t, os.WriteFile(args[1], nil, 0o600))
			}
			var stderr bytes.Buffer
			require.Error(t, run(t.Context(), args, io.Discard, &stderr))
		})
	}
}
