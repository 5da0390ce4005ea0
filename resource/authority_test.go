package resource_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"

	jose "github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/clientassertion"
	"github.com/fosite-fapi/fosite-fapi/internal/leaftest"
	"github.com/fosite-fapi/fosite-fapi/internal/must"
	"github.com/fosite-fapi/fosite-fapi/replay"
)

// An authority is an authorization server with nothing but what a resource server sees of one.
type authority struct {
	server *httptest.Server
	issuer string
	clock  *leaftest.Clock

	mu            sync.Mutex
	oauth, openid map[string]any     // the documents; nil: 404
	keys          jose.JSONWebKeySet // published
	answers       map[string]map[string]any
	media         string                      // of introspection responses; "": application/json
	sign          func(map[string]any) string // makes a signed introspection response; nil: plain JSON
	raw           string                      // in place of any introspection response
	down          map[string]int              // status by path
	hold          map[string]chan struct{}    // paths that wait
	calls         map[string]int              // by path
	asked         []url.Values                // introspection requests
	headers       []http.Header               // of the same
	replay        clientassertion.Replay      // of client assertions
	client        *clientassertion.Client     // nil: by mutual TLS
	arrived       func(path string)           // nil: nobody is told
}

const (
	metadataPath = "/.well-known/oauth-authorization-server"
	openidPath   = "/.well-known/openid-configuration"
	jwksPath     = "/jwks"
	askPath      = "/introspect"
)

func newAuthority(tb testing.TB, c *leaftest.Clock) *authority {
	tb.Helper()
	a := &authority{
		clock: c, answers: make(map[string]map[string]any), down: make(map[string]int), hold: make(map[string]chan struct{}),
		calls: make(map[string]int), replay: &replay.Memory{Now: c.Now},
	}
	a.server = httptest.NewUnstartedServer(a)
	a.server.Config.ErrorLog = log.New(io.Discard, "", 0) // refused handshakes are meant
	a.server.StartTLS()
	tb.Cleanup(a.server.Close)
	a.issuer = a.server.URL
	a.oauth = map[string]any{
		"issuer": a.issuer, "jwks_uri": a.issuer + jwksPath, "introspection_endpoint": a.issuer + askPath, "token_endpoint": a.issuer + "/token",
	}
	a.openid = map[string]any{"issuer": a.issuer, "jwks_uri": a.issuer + jwksPath, "introspection_endpoint": a.issuer + askPath}
	a.keys = jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: p256().Public(), KeyID: "k1", Use: "sig", Algorithm: "ES256"}}}
	return a
}

// set changes what the authority does, between or during requests.
func (a *authority) set(change func(*authority)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	change(a)
}

func (a *authority) count(path string) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.calls[path]
}

func (a *authority) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	a.calls[r.URL.Path]++
	hold, arrived := a.hold[r.URL.Path], a.arrived
	a.mu.Unlock()
	if arrived != nil {
		arrived(r.URL.Path)
	}
	if hold != nil {
		<-hold
	}

	a.mu.Lock()
	defer a.mu.Unlock()
	if status := a.down[r.URL.Path]; status != 0 {
		w.WriteHeader(status)
		return
	}
	switch r.URL.Path {
	case metadataPath, "/.well-known/oauth-authorization-server/tenant":
		serveDocument(w, a.oauth)
	case openidPath:
		serveDocument(w, a.openid)
	case jwksPath:
		serveDocument(w, a.keys)
	case askPath, "/mtls" + askPath:
		a.introspect(w, r)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

func (a *authority) introspect(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost || r.ParseForm() != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	a.asked, a.headers = append(a.asked, r.PostForm), append(a.headers, r.Header)
	if !a.authenticated(r) {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	answer, ok := a.answers[r.PostForm.Get("token")]
	if !ok {
		answer = map[string]any{"active": false}
	}
	media := a.media
	if media == "" {
		media = "application/json"
	}
	body := string(must.Get(json.Marshal(answer)))
	if a.sign != nil {
		body = a.sign(answer)
	}
	if a.raw != "" {
		body = a.raw
	}
	w.Header().Set("Content-Type", media)
	_, _ = io.WriteString(w, body)
}

// local is introspection in one process.
func (a *authority) local(_ context.Context, token string) ([]byte, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.calls[askPath]++
	switch answer, ok := a.answers[token]; {
	case a.down[askPath] != 0:
		return nil, errStoreDown
	case a.raw != "":
		return []byte(a.raw), nil
	case ok:
		return json.Marshal(answer)
	}
	return []byte(`{"active":false}`), nil
}

var errStoreDown = errors.New("the store is down")

func (a *authority) authenticated(r *http.Request) bool {
	if a.client == nil {
		return r.PostForm.Get("client_id") == rsID
	}
	v := clientassertion.Verifier{Audience: clientassertion.Audience{Issuer: a.issuer}, Replay: a.replay, Now: a.clock.Now}
	_, err := v.Verify(context.Background(), r.PostForm.Get("client_assertion"), *a.client)
	return err == nil && r.PostForm.Get("client_assertion_type") == clientassertion.Type
}

func serveDocument(w http.ResponseWriter, document any) {
	if m, ok := document.(map[string]any); ok && m == nil {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(must.Get(json.Marshal(document)))
}
