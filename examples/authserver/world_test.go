package main

import (
	"context"
	"crypto/tls"
	"crypto/x509/pkix"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/keys"
	"github.com/fosite-fapi/fosite-fapi/metadata"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

// A world is a server behind two sockets, with clients and browsers.
type world struct {
	*testing.T
	*server
	pki          *fapitest.PKI
	main, mtls   string // base URLs
	a, b         *fapitest.Client
	certA, certB *tls.Certificate
	outside      *http.Client // without a certificate
	secret       string       // of the legacy client
	opened       []*http.Client
	signers      []*fapitest.Client // of TestHostile
	listeners    []net.Listener     // of main and mtls
	details      string             // authorization_details that clients ask for; "": none
	ahead        *atomic.Int64      // how far the clock of server and clients is ahead, in nanoseconds
}

const (
	// publicName is one that the server's certificate has besides its address.
	publicName = "as.example.com"

	password = "correct horse"
	secret   = "the secret of the legacy client"
)

// serverKeys are made once: RSA keys take long.
var serverKeys = sync.OnceValue(func() []byte {
	raw, err := newKeys()
	if err != nil {
		panic(err)
	}
	return raw
})

func newWorld(t *testing.T, changes ...func(*config)) *world {
	t.Helper()
	w := newSite(t)
	w.start(changes...)
	return w
}

// newSite is a world in which the server has its addresses but is not there yet.
func newSite(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, pki: fapitest.MustPKI(t), secret: secret, listeners: make([]net.Listener, 2), ahead: new(atomic.Int64)}
	for i, base := range []*string{&w.main, &w.mtls} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		t.Cleanup(func() { _ = l.Close() })
		w.listeners[i], *base = l, "https://"+l.Addr().String()
	}
	return w
}

// start starts the server. Where the configuration has one listener, the other one is the test's.
func (w *world) start(changes ...func(*config)) {
	t := w.T
	t.Helper()
	dir := t.TempDir()
	server := w.pki.MustServerCertificate(t, "127.0.0.1", publicName)
	key, err := fapitest.KeyPEM(server)
	require.NoError(t, err)
	for name, content := range map[string][]byte{
		"server.pem": fapitest.CertPEM(server), "server-key.pem": key, "ca.pem": w.pki.RootPEM(), "jwks.json": serverKeys(),
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), content, 0o600))
	}

	c := config{
		Issuer: w.main, Listen: w.listeners[0].Addr().String(), TLS: tlsFiles{"server.pem", "server-key.pem"},
		MTLS: mtlsFiles{w.listeners[1].Addr().String(), w.mtls, "ca.pem"}, Lifetimes: standardLifetimes(), Log: "off",
		Users: []userConfig{
			{Username: "alice", Password: password, Claims: map[string]any{"name": "Alice", "email": "alice@example.com", "address": map[string]any{"country": "DE"}}},
			{Username: "bob", Password: password},
		},
	}
	var a, b clientConfig
	w.a, w.certA, a = w.newClient("client-a")
	w.b, w.certB, b = w.newClient("client-b")
	b.Scope += " introspect"
	c.Clients = []clientConfig{a, b, legacyClient("legacy"), legacyClient("resource-server")}
	c.Clients[3].Scope += " introspect"
	for _, change := range changes {
		change(&c)
	}

	s, err := load(w.write(dir, c))
	require.NoError(t, err)
	s.now = w.clock
	w.server, err = newServer(s, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	if c.MTLS.Listen == "" {
		w.run(w.listeners[:1])
	} else {
		w.run(w.listeners)
	}
	w.outside = fapitest.HTTPS(w.pki.Pool(), nil)
	w.opened = append(w.opened, w.outside)
	w.connect(w.a, w.certA)
	w.connect(w.b, w.certB)
}

// in is the same world in a subtest.
func (w *world) in(t *testing.T) *world {
	other := *w
	other.T = t
	return &other
}

// clock is what server and clients take for the time; later puts it forward.
func (w *world) clock() time.Time { return time.Now().Add(time.Duration(w.ahead.Load())) }

func (w *world) later(d time.Duration) { w.ahead.Add(int64(d)) }

func (w *world) write(dir string, c config) string {
	raw, err := json.Marshal(c)
	require.NoError(w, err)
	file := filepath.Join(dir, "config.json")
	require.NoError(w, os.WriteFile(file, raw, 0o600))
	return file
}

// run serves until the test ends.
func (w *world) run(listeners []net.Listener) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- w.serve(ctx, listeners) }()
	w.Cleanup(func() {
		w.closeIdle()
		cancel()
		require.NoError(w, <-done)
	})
}

func (w *world) closeIdle() {
	for _, c := range w.opened {
		c.CloseIdleConnections()
	}
}

// connect lets a client find the endpoints as clients do.
func (w *world) connect(c *fapitest.Client, certificate *tls.Certificate) {
	w.Helper()
	_, discovery, err := metadata.Paths(w.Issuer)
	require.NoError(w, err)
	answer := w.get(w.outside, w.main+discovery, nil)
	require.Equal(w, http.StatusOK, answer.Status)
	require.NoError(w, json.Unmarshal(answer.Body, &c.Server))
	require.NoError(w, c.Server.Validate())
	c.Now, c.HTTP = w.clock, w.https(certificate)
}

// https is a connection of its own.
func (w *world) https(certificate *tls.Certificate) *http.Client {
	client := fapitest.HTTPS(w.pki.Pool(), certificate)
	w.opened = append(w.opened, client)
	w.Cleanup(client.CloseIdleConnections)
	return client
}

func (w *world) newClient(id string) (*fapitest.Client, *tls.Certificate, clientConfig) {
	key, err := keys.Generate(jose.ES256)
	require.NoError(w, err)
	key.ID = id + "-key"
	set, err := keys.New(key)
	require.NoError(w, err)
	cert := w.pki.MustClientCertificate(w, pkix.Name{CommonName: id})
	callback := "https://" + id + ".example/callback"
	return &fapitest.Client{ID: id, Key: key.Signer, KeyID: key.ID, RedirectURI: callback}, &cert, clientConfig{
		ClientID: id, Profile: "fapi2-security", Metadata: registration.Metadata{
			ClientName: "The <b>" + id + "</b>", RedirectURIs: []string{callback, callback + "?dummy1=lorem&dummy2=ipsum"},
			TokenEndpointAuthMethod: "private_key_jwt", GrantTypes: allGrants(), ResponseTypes: []string{"code"},
			Scope: "openid profile email offline_access accounts", JWKS: set.Public(), TLSClientCertificateBoundAccessTokens: true,
		},
	}
}

func legacyClient(id string) clientConfig {
	return clientConfig{ClientID: id, ClientSecret: secret, Metadata: registration.Metadata{
		RedirectURIs: []string{"https://" + id + ".example/callback"}, GrantTypes: allGrants(), ResponseTypes: []string{"code"},
		TokenEndpointAuthMethod: "client_secret_basic", Scope: "openid profile email offline_access accounts",
	}}
}

// get sends a GET request.
func (w *world) get(client *http.Client, address string, header http.Header) *fapitest.Answer {
	w.Helper()
	return w.do(client, http.MethodGet, address, header, nil)
}

func (w *world) do(client *http.Client, method, address string, header http.Header, body io.Reader) *fapitest.Answer {
	w.Helper()
	req, err := http.NewRequestWithContext(w.Context(), method, address, body)
	require.NoError(w, err)
	if header != nil {
		req.Header = header
	}
	answer, err := fapitest.Do(client, req)
	require.NoError(w, err)
	return answer
}

// pushed pushes a request and returns the URL to which the browser goes.
func (w *world) pushed(c *fapitest.Client, params url.Values) string {
	w.Helper()
	answer, err := c.Push(w.Context(), params)
	require.NoError(w, err)
	require.Equal(w, http.StatusCreated, answer.Status, string(answer.Body))
	return c.Server.AuthorizationEndpoint + "?" + url.Values{"client_id": {c.ID}, "request_uri": {answer.Text("request_uri")}}.Encode()
}

// code runs the flow in a browser up to the code.
func (w *world) code(c *fapitest.Client, verifier, scope string) string {
	w.Helper()
	page := w.browser().visit(w.pushed(c, c.Request(verifier, scope)))
	return page.logIn("alice", password).press("approve").callback().Get("code")
}

// tokens runs the whole flow.
func (w *world) tokens(c *fapitest.Client, scope string) *fapitest.Answer {
	w.Helper()
	verifier := fapitest.Verifier()
	answer, err := c.Redeem(w.Context(), w.code(c, verifier, scope), verifier)
	require.NoError(w, err)
	require.Equal(w, http.StatusOK, answer.Status, string(answer.Body))
	return answer
}

// resource calls a resource with a token, over mutual TLS.
func (w *world) resource(c *fapitest.Client, path, token string) *fapitest.Answer {
	w.Helper()
	return w.get(c.HTTP, w.mtls+path, http.Header{"Authorization": {"Bearer " + token}})
}
