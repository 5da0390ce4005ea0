package main

import (
	"crypto/tls"
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/examples/internal/launch"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

const header = "Ssl-Client-Cert"

// A site is authserver behind nginx, with its clients.
type site struct {
	pki           *fapitest.PKI
	issuer, mtls  string // URLs of nginx
	backend       string // host:port
	client, rival *launch.Application
	token         string // access token of the client
}

// TestNginx needs nginx. Elsewhere than in CI, machines without it have TestConf.
func TestNginx(t *testing.T) {
	t.Parallel()
	nginx := findNginx()
	if nginx == "" {
		const missing = "nginx is not installed (Debian: apt-get install nginx); only the configuration was tested"
		require.Empty(t, os.Getenv("CI"), missing)
		t.Log(missing)
		return
	}
	s := newSite(t, nginx)
	s.token = s.client.Tokens(t, s.pki, "openid accounts", nil).Text("access_token")

	t.Run("flow", s.testFlow)
	t.Run("spoofed header", s.testSpoofed)
	t.Run("past nginx", s.testPast)
	t.Run("TLS", s.testTLS)
}

// findNginx looks where Debian has it too, which is not in everybody's PATH.
func findNginx() string {
	for _, name := range []string{"nginx", "/usr/sbin/nginx"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

func newSite(t *testing.T, nginx string) *site {
	t.Helper()
	at, pki, dir := launch.Addresses(t, 3), fapitest.MustPKI(t), t.TempDir()
	s := &site{
		pki: pki, issuer: "https://" + at[0], mtls: "https://" + at[1], backend: at[2],
		client: launch.NewApplication(t, pki, "client", "tls_client_auth", "openid accounts"),
		rival:  launch.NewApplication(t, pki, "rival", "tls_client_auth", "openid accounts"),
	}
	launch.AuthServer(t, launch.Build(t, "authserver"), pki, launch.Config{
		Issuer: s.issuer, Listen: s.backend, MTLS: launch.MTLS{BaseURL: s.mtls},
		CertificateHeader: &launch.Header{Kind: "nginx", Name: strings.ToLower(header), TrustedPeers: []string{"127.0.0.1/32"}},
		Clients:           []launch.Client{s.client.Registered, s.rival.Registered},
	})

	launch.WriteServerFiles(t, pki, dir)
	p := proxy{Listen: at[0], MTLSListen: at[1], Backend: s.backend, BackendName: "localhost", Header: strings.ToLower(header)}
	p.in(dir)
	file := filepath.Join(dir, "nginx.conf")
	out, err := os.Create(file)
	require.NoError(t, err)
	require.NoError(t, p.write(out))
	require.NoError(t, out.Close())
	working := func(line string) bool { return strings.Contains(line, "start worker process") } // it listens before
	launch.Start(t, working, nginx, "-e", "stderr", "-p", dir, "-c", file, "-g", "daemon off;")

	s.client.Connect(t, pki, s.issuer)
	s.rival.Connect(t, pki, s.issuer)
	require.Equal(t, s.mtls+"/token", s.client.Server.MTLSEndpointAliases.TokenEndpoint)
	return s
}

func (s *site) testFlow(t *testing.T) {
	answer := s.accounts(t, s.client.Client, s.mtls)
	require.Equal(t, http.StatusOK, answer.Status, string(answer.Body))
	assert.Contains(t, string(answer.Body), "alice")

	s.refuses(t, s.accounts(t, s.rival.Client, s.mtls), "another certificate")
	s.refuses(t, s.accounts(t, with(s.client, launch.HTTPS(t, s.pki, nil)), s.mtls), "no certificate")
	s.refuses(t, s.accounts(t, s.client.Client, s.issuer), "the issuer asks for none")
}

// The certificate is no secret: it went through networks in the clear, and stands in logs.
func (s *site) testSpoofed(t *testing.T) {
	spoof := func(m *fapitest.Message) { m.Header.Set(header, escaped(s.client)) }
	bare := with(s.client, launch.HTTPS(t, s.pki, nil))
	for name, base := range map[string]string{"mutual TLS": s.mtls, "issuer": s.issuer} {
		s.refuses(t, s.accounts(t, bare, base, spoof), name+", without a certificate")
		s.refuses(t, s.accounts(t, s.rival.Client, base, spoof), name+", with another one")
		s.refuses(t, s.accounts(t, bare, base, func(m *fapitest.Message) { m.Header.Set("Ssl_Client_Cert", escaped(s.client)) }), name+", by underscores")
		s.refuses(t, s.accounts(t, bare, base, func(m *fapitest.Message) {
			m.Header[header] = []string{escaped(s.client), escaped(s.client)}
		}), name+", twice")
	}
	tokens, err := bare.Token(t.Context(), url.Values{"grant_type": {"client_credentials"}, "scope": {"accounts"}}, spoof)
	require.NoError(t, err)
	assert.Equal(t, http.StatusUnauthorized, tokens.Status)
	assert.Equal(t, "invalid_client", tokens.Text("error"))

	// With a certificate of its own, a client is who it is, whatever it writes there.
	answer := s.accounts(t, s.client.Client, s.mtls, func(m *fapitest.Message) { m.Header.Set(header, escaped(s.rival)) })
	assert.Equal(t, http.StatusOK, answer.Status, string(answer.Body))
}

// The address decides whether the header counts, and nothing else does.
func (s *site) testPast(t *testing.T) {
	spoof := func(m *fapitest.Message) { m.Header.Set(header, escaped(s.client)) }
	from := func(ip string, certificate *tls.Certificate) *fapitest.Client {
		connections := launch.HTTPS(t, s.pki, certificate)
		dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(ip)}}
		connections.Transport.(*http.Transport).DialContext = dialer.DialContext
		return with(s.client, connections)
	}
	base := "https://" + s.backend
	answer := s.accounts(t, from("127.0.0.1", nil), base, spoof)
	assert.Equal(t, http.StatusOK, answer.Status, "from nginx's address it counts: only nginx may have it")

	elsewhere, err := net.Listen("tcp", "127.0.0.2:0")
	if err != nil && runtime.GOOS != "linux" {
		t.Log("there is no second loopback address to come from")
		return
	}
	require.NoError(t, err)
	require.NoError(t, elsewhere.Close())
	s.refuses(t, s.accounts(t, from("127.0.0.2", nil), base, spoof), "from elsewhere")
	s.refuses(t, s.accounts(t, from("127.0.0.2", &s.client.Certificate), base), "by TLS")

	c := from("127.0.0.2", nil)
	c.Server.MTLSEndpointAliases, c.Server.TokenEndpoint = nil, base+"/token"
	tokens, err := c.Token(t.Context(), url.Values{"grant_type": {"client_credentials"}, "scope": {"accounts"}}, spoof)
	require.NoError(t, err)
	assert.Equal(t, http.StatusUnauthorized, tokens.Status)
	assert.Equal(t, "invalid_client", tokens.Text("error"))
}

func (s *site) testTLS(t *testing.T) {
	handshake := func(base string, c *tls.Config) (asked bool, err error) {
		c.RootCAs = s.pki.Pool()
		c.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			asked = true
			return &tls.Certificate{}, nil
		}
		conn, err := tls.Dial("tcp", strings.TrimPrefix(base, "https://"), c)
		if err != nil {
			return asked, err
		}
		defer func() { _ = conn.Close() }()
		_, err = io.WriteString(conn, "HEAD / HTTP/1.0\r\n\r\n")
		require.NoError(t, err)
		_, err = io.ReadAll(conn)
		return asked, err
	}
	for base, asks := range map[string]bool{s.issuer: false, s.mtls: true} {
		for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
			asked, err := handshake(base, &tls.Config{MinVersion: version, MaxVersion: version})
			require.NoError(t, err)
			assert.Equal(t, asks, asked)
		}
		_, err := handshake(base, &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11})
		require.Error(t, err)
		for suite, ok := range map[uint16]bool{
			tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256: true, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384: true,
			tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256: false, tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA: false, tls.TLS_RSA_WITH_AES_128_GCM_SHA256: false,
		} {
			_, err := handshake(base, &tls.Config{MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{suite}})
			assert.Equal(t, ok, err == nil, tls.CipherSuiteName(suite))
		}
	}
}

func (s *site) accounts(t *testing.T, c *fapitest.Client, base string, mutations ...fapitest.Mutation) *fapitest.Answer {
	t.Helper()
	answer, err := c.Get(t.Context(), base+"/accounts", s.token, mutations...)
	require.NoError(t, err)
	return answer
}

func (s *site) refuses(t *testing.T, answer *fapitest.Answer, why string) {
	t.Helper()
	assert.Equal(t, http.StatusUnauthorized, answer.Status, why)
	assert.Contains(t, answer.Header.Get("WWW-Authenticate"), `error="invalid_token"`, why)
	assert.NotContains(t, string(answer.Body), "alice", why)
}

// with is the same client on other connections.
func with(a *launch.Application, connections *http.Client) *fapitest.Client {
	other := *a.Client
	other.HTTP = connections
	return &other
}

// escaped is the certificate as nginx writes it.
func escaped(a *launch.Application) string {
	return url.PathEscape(string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.Certificate.Certificate[0]})))
}
