package fetch_test

import (
	"crypto/x509"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fosite-fapi/fosite-fapi/internal/fetch"
)

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}

// noon is when the tests begin.
var noon = time.Date(2026, 8, 1, 12, 0, 0, 0, time.UTC)

func tlsServer(tb testing.TB, handler http.HandlerFunc) *httptest.Server {
	tb.Helper()
	server := httptest.NewUnstartedServer(handler)
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // refused handshakes are meant
	server.StartTLS()
	tb.Cleanup(server.Close)
	return server
}

func roots(server *httptest.Server) *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(server.Certificate())
	return pool
}

// door may reach the server, and nothing else that is not on the internet.
func door(server *httptest.Server) *fetch.Door {
	return &fetch.Door{AllowPrivate: loopback, RootCAs: roots(server)}
}

// The public keys of RFC 7517 A.1 (EC), of RFC 8037 A.2 (OKP), and the private one of RFC 8037 A.1.
const (
	keyEC      = `{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM","kid":"ec"}`
	keyOKP     = `{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kid":"okp"}`
	keyPrivate = `{"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}`
)

func keySet(keys ...string) string { return `{"keys":[` + strings.Join(keys, ",") + `]}` }

// An endpoint is a jwks_uri whose answers a test chooses, and counts.
type endpoint struct {
	url   string
	door  *fetch.Door
	calls atomic.Int64

	mu     sync.Mutex
	status int
	body   string
}

func newEndpoint(tb testing.TB) *endpoint {
	tb.Helper()
	e := &endpoint{status: http.StatusOK, body: keySet(keyEC)}
	server := tlsServer(tb, func(w http.ResponseWriter, _ *http.Request) {
		e.calls.Add(1)
		e.mu.Lock()
		defer e.mu.Unlock()
		w.WriteHeader(e.status)
		_, _ = io.WriteString(w, e.body)
	})
	e.url, e.door = server.URL+"/jwks", door(server)
	return e
}

func (e *endpoint) answer(status int, body string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.status, e.body = status, body
}

// A transport is a server without a network.
type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func respond(body string) *http.Response {
	return &http.Response{
		StatusCode: http.StatusOK, Header: make(http.Header),
		Body: io.NopCloser(strings.NewReader(body)), ContentLength: -1,
	}
}
