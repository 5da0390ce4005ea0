package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/examples/internal/launch"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/keys"
)

// audience is the name of the API in JWTs.
const audience = "https://accounts.example.com"

// A world is an authorization server in a process of its own, with its clients.
type world struct {
	dir      string // has the files of the API
	issuer   string
	pki      *fapitest.PKI
	bound    *launch.Application // its tokens are bound to its certificate
	proving  *launch.Application // its tokens are bound to its key
	byKey    *launch.Application // the API as a client, by private_key_jwt
	byCert   *launch.Application // by mutual TLS
	stranger tls.Certificate
}

func newWorld(t *testing.T, program, format string) *world {
	t.Helper()
	pki := fapitest.MustPKI(t)
	at := launch.Addresses(t, 2)
	w := &world{
		dir: t.TempDir(), issuer: "https://" + at[0], pki: pki,
		bound:    launch.NewApplication(t, pki, "bound", "private_key_jwt", "openid accounts"),
		proving:  launch.NewApplication(t, pki, "proving", "private_key_jwt", "openid accounts"),
		byKey:    launch.NewApplication(t, pki, "api-by-key", "private_key_jwt", "introspect"),
		byCert:   launch.NewApplication(t, pki, "api-by-cert", "tls_client_auth", "introspect"),
		stranger: launch.NewApplication(t, pki, "stranger", "tls_client_auth", "").Certificate,
	}
	w.proving.Registered.TLSClientCertificateBoundAccessTokens = false
	w.proving.Registered.DPoPBoundAccessTokens = true
	w.proving.ProofKey = newKey(t).Signer
	config := launch.Config{
		Issuer: w.issuer, Listen: at[0], MTLS: launch.MTLS{Listen: at[1], BaseURL: "https://" + at[1]}, AccessTokenFormat: format,
	}
	for _, a := range []*launch.Application{w.bound, w.proving, w.byKey, w.byCert} {
		a.Registered.Audience = []string{audience}
		config.Clients = append(config.Clients, a.Registered)
	}
	launch.AuthServer(t, program, pki, config)
	w.bound.Connect(t, pki, w.issuer)
	w.proving.Connect(t, pki, w.issuer)

	launch.WriteServerFiles(t, pki, w.dir)
	launch.WriteFiles(t, w.dir, "api", w.byCert.Certificate)
	private, err := keys.MarshalPrivate(w.byKey.SigningKey)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(w.file("api-jwks.json"), private, 0o600))
	return w
}

func newKey(t *testing.T) keys.Key {
	t.Helper()
	key, err := keys.Generate("ES256")
	require.NoError(t, err)
	return key
}

func (w *world) file(name string) string { return filepath.Join(w.dir, name) }

// asking are the arguments by which the API asks the issuer about tokens.
func (w *world) asking(method string) []string {
	if method == "tls_client_auth" {
		return []string{"-client-id", w.byCert.ID, "-client-cert", w.file("api.pem"), "-client-key", w.file("api-key.pem")}
	}
	return []string{"-client-id", w.byKey.ID, "-client-jwks", w.file("api-jwks.json")}
}

// An api is the program of this folder.
type api struct {
	*world
	accounts string        // URL
	ahead    *atomic.Int64 // how far its clock is ahead, in nanoseconds
}

func (w *world) start(t *testing.T, more ...string) *api {
	t.Helper()
	args := append([]string{
		"-issuer", w.issuer, "-issuer-ca", w.file("ca.pem"), "-listen", "127.0.0.1:0", "-audience", audience,
		"-cert", w.file("server.pem"), "-key", w.file("server-key.pem"),
	}, more...)
	o, err := parse(args, io.Discard)
	require.NoError(t, err)
	a := &api{world: w, ahead: new(atomic.Int64)}
	o.now = func() time.Time { return time.Now().Add(time.Duration(a.ahead.Load())) }

	ctx, cancel := context.WithCancel(context.Background())
	out, in := io.Pipe()
	log := &logged{}
	done := make(chan error, 1)
	go func() {
		err := o.run(ctx, in, log)
		_ = in.CloseWithError(io.EOF)
		done <- err
	}()
	t.Cleanup(func() {
		w.bound.HTTP.CloseIdleConnections() // those that are open hold HTTP/2 up for a second
		w.proving.HTTP.CloseIdleConnections()
		cancel()
		require.NoError(t, <-done)
		assert.NotContains(t, log.text.String(), "eyJ", "no token gets into the log")
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	a.accounts = "https://" + strings.TrimPrefix(strings.TrimSpace(line), "listening on ") + "/accounts"
	return a
}

// logged is the log, which net/http writes to as well.
type logged struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// token is one of a flow with alice, for this API.
func (a *api) token(t *testing.T, of *launch.Application, scope string) string {
	t.Helper()
	return of.Tokens(t, a.pki, scope, url.Values{"audience": {audience}}).Text("access_token")
}

// with is the same client, which presents another certificate, or none.
func (a *api) with(t *testing.T, c *launch.Application, certificate *tls.Certificate) *fapitest.Client {
	t.Helper()
	other := *c.Client
	other.HTTP = launch.HTTPS(t, a.pki, certificate)
	return &other
}

func (a *api) call(t *testing.T, c *fapitest.Client, token string, mutations ...fapitest.Mutation) *fapitest.Answer {
	t.Helper()
	answer, err := c.Get(t.Context(), a.accounts, token, mutations...)
	require.NoError(t, err)
	return answer
}

func (a *api) passes(t *testing.T, answer *fapitest.Answer) {
	t.Helper()
	require.Equal(t, http.StatusOK, answer.Status, string(answer.Body))
	assert.JSONEq(t, `{"accounts":[{"account_id":"1","holder":"alice","balance":"1204.17 EUR"}]}`, string(answer.Body))
}

func refused(t *testing.T, answer *fapitest.Answer, status int, code string) {
	t.Helper()
	assert.Equal(t, status, answer.Status, string(answer.Body))
	assert.Contains(t, answer.Header.Get("WWW-Authenticate"), `error="`+code+`"`)
	assert.NotContains(t, string(answer.Body), "alice")
}
