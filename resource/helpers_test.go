package resource_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/clientassertion"
	"github.com/fosite-fapi/fosite-fapi/cnf"
	"github.com/fosite-fapi/fosite-fapi/dpop"
	"github.com/fosite-fapi/fosite-fapi/internal/leaftest"
	"github.com/fosite-fapi/fosite-fapi/internal/must"
	"github.com/fosite-fapi/fosite-fapi/keys"
	"github.com/fosite-fapi/fosite-fapi/replay"
	"github.com/fosite-fapi/fosite-fapi/resource"
)

const (
	rsID     = "accounts-api"
	audience = "https://api.example.com"
	base     = "https://api.example.com"
)

var (
	p256, p256b, clientKey, otherKey, rsKey = leaftest.P256(), leaftest.P256(), leaftest.P256(), leaftest.P256(), leaftest.P256()

	rsa2048 = leaftest.RSA(2048)
	rsa1024 = leaftest.RSA(1024)
	ed      = leaftest.Ed25519()

	certificate      = sync.OnceValue(func() tls.Certificate { return selfSigned(clientKey()) })
	otherCertificate = sync.OnceValue(func() tls.Certificate { return selfSigned(otherKey()) })
)

func selfSigned(key *ecdsa.PrivateKey) tls.Certificate {
	leaf := leaftest.Certificate(key)
	return tls.Certificate{Certificate: [][]byte{leaf.Raw}, PrivateKey: key, Leaf: leaf}
}

// A record is what was logged.
type record struct {
	level   slog.Level
	message string
	attrs   map[string]string
}

// A book keeps what is logged and refused.
type book struct {
	mu       sync.Mutex
	records  []record
	refusals []*resource.Refusal
}

func (b *book) Enabled(context.Context, slog.Level) bool { return true }
func (b *book) WithAttrs([]slog.Attr) slog.Handler       { return b }
func (b *book) WithGroup(string) slog.Handler            { return b }

func (b *book) Handle(_ context.Context, r slog.Record) error {
	entry := record{r.Level, r.Message, make(map[string]string)}
	r.Attrs(func(a slog.Attr) bool { entry.attrs[a.Key] = a.Value.String(); return true })
	b.mu.Lock()
	defer b.mu.Unlock()
	b.records = append(b.records, entry)
	return nil
}

func (b *book) refused(_ *http.Request, r *resource.Refusal) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.refusals = append(b.refusals, r)
}

func (b *book) last(tb testing.TB) *resource.Refusal {
	tb.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	require.NotEmpty(tb, b.refusals, "nothing was refused")
	return b.refusals[len(b.refusals)-1]
}

// A world is an authorization server, a resource server, and a client with a token. Each test changes one thing of it.
type world struct {
	tb     testing.TB
	clock  *leaftest.Clock
	as     *authority
	config resource.Config
	nonces *dpop.Nonces
	book   *book
	once   sync.Once
	rs     *resource.Server

	// The token.
	opaque bool
	header map[string]any
	claims map[string]any
	key    crypto.Signer
	tamper func(string) string
	made   string // the token, once it is made

	// The request.
	method      string
	url         string
	body        io.Reader
	scheme      string
	certificate *x509.Certificate
	prover      *dpop.Signer // nil: no proof
	proof       dpop.ProofOptions
	change      func(*http.Request)

	requirements []resource.Requirement
	handler      http.HandlerFunc
	seen         *http.Request // what the handler got
}

// newWorld has a JWT that is bound to a certificate; the methods below change that.
func newWorld(tb testing.TB) *world {
	tb.Helper()
	w := &world{tb: tb, clock: leaftest.NewClock(time.Unix(1700000000, 0)), book: new(book)}
	w.as = newAuthority(tb, w.clock)
	w.nonces = &dpop.Nonces{Secret: []byte(strings.Repeat("s", 32)), Now: w.clock.Now}
	w.config = resource.Config{
		Issuer: w.as.issuer, Audience: []string{audience}, BaseURLs: []string{base},
		DPoP:      &dpop.Verifier{Replay: &replay.Memory{Now: w.clock.Now}, Now: w.clock.Now},
		Transport: w.as.server.Client().Transport,
		Logger:    slog.New(w.book), Refused: w.book.refused, Now: w.clock.Now,
	}
	w.header = map[string]any{"alg": "ES256", "kid": "k1", "typ": "at+jwt"}
	w.claims = map[string]any{
		"iss": w.as.issuer, "aud": audience, "sub": "user-1", "client_id": "client-1", "jti": "token-1",
		"iat": w.at(0), "exp": w.at(300), "scope": "accounts payments",
		"cnf": map[string]any{"x5t#S256": cnf.Thumbprint(certificate().Leaf)},
	}
	w.key = p256()
	w.method, w.url, w.scheme, w.certificate = http.MethodGet, "/accounts", "Bearer", certificate().Leaf
	w.requirements = []resource.Requirement{resource.Scope("accounts")}
	return w
}

// at is a NumericDate so many seconds from now.
func (w *world) at(seconds int64) int64 { return w.clock.Now().Unix() + seconds }

// byKey binds the token to a key.
func (w *world) byKey() *world {
	w.certificate, w.scheme = nil, "DPoP"
	w.prover = &dpop.Signer{Key: clientKey()}
	w.claims["cnf"] = map[string]any{"jkt": thumbprint(clientKey())}
	w.proof = dpop.ProofOptions{Method: w.method, URL: base + "/accounts", Now: w.clock.Now}
	return w
}

// introspected makes the resource server ask about tokens, by private_key_jwt.
func (w *world) introspected() *world {
	set := must.Get(keys.New(keys.Key{Signer: rsKey(), ID: "rs"}))
	w.config.Introspection = &resource.Introspection{ClientID: rsID, Keys: keys.Static(set)}
	w.as.client = assertionClient(set)
	return w
}

// asOpaque makes the token an opaque one.
func (w *world) asOpaque() *world {
	w.introspected()
	w.opaque, w.config.Formats = true, []resource.Format{resource.Opaque}
	w.claims["active"] = true
	return w
}

// local lets the resource server ask an authorization server in its own process.
func (w *world) local() *world {
	w.config.Introspection = &resource.Introspection{TTL: -1, Local: w.as.local}
	return w
}

func thumbprint(key crypto.Signer) string {
	return must.Get(dpop.Thumbprint(&jose.JSONWebKey{Key: key.Public()}))
}

const opaqueToken = "ory_at_opaque.0123456789"

// token is the one that the client has got. The authorization server knows it as active.
func (w *world) token() string {
	if w.made == "" {
		w.made = w.newToken()
	}
	return w.made
}

func (w *world) newToken() string {
	token := opaqueToken
	if !w.opaque {
		token = leaftest.Sign(w.header, string(must.Get(json.Marshal(w.claims))), w.key)
	}
	if w.tamper != nil {
		token = w.tamper(token)
	}
	w.as.set(func(a *authority) {
		if _, ok := a.answers[token]; !ok {
			answer := map[string]any{"active": true}
			for name, value := range w.claims {
				answer[name] = value
			}
			a.answers[token] = answer
		}
	})
	return token
}

func (w *world) revoke(token string) {
	w.as.set(func(a *authority) { a.answers[token] = map[string]any{"active": false} })
}

func (w *world) server() *resource.Server {
	w.tb.Helper()
	w.once.Do(func() {
		rs, err := resource.New(w.config)
		require.NoError(w.tb, err)
		w.rs = rs
	})
	return w.rs
}

func (w *world) protected() http.Handler {
	handler := w.handler
	if handler == nil {
		handler = func(rw http.ResponseWriter, r *http.Request) { w.seen = r; _, _ = io.WriteString(rw, "secret") }
	}
	mux := http.NewServeMux()
	mux.Handle("/accounts", w.server().Protect(handler, w.requirements...))
	return mux
}

func (w *world) request(token string) *http.Request {
	r := httptest.NewRequestWithContext(w.tb.Context(), w.method, w.url, w.body)
	r.Header.Set("Authorization", w.scheme+" "+token)
	if w.certificate != nil {
		r.TLS = &tls.ConnectionState{PeerCertificates: []*x509.Certificate{w.certificate}}
	}
	if w.prover != nil {
		proof := w.proof
		if proof.AccessToken == "" {
			proof.AccessToken = token
		}
		r.Header.Set(dpop.Header, must.Get(w.prover.Proof(proof)))
	}
	if w.change != nil {
		w.change(r)
	}
	return r
}

// call sends one request with the token.
func (w *world) call() *httptest.ResponseRecorder { return w.send(w.request(w.token())) }

func (w *world) send(r *http.Request) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	w.protected().ServeHTTP(rec, r)
	return rec
}

// passes asserts that a request is let through.
func (w *world) passes(rec *httptest.ResponseRecorder) {
	w.tb.Helper()
	require.Equal(w.tb, http.StatusOK, rec.Code, rec.Body.String())
	require.Equal(w.tb, "secret", rec.Body.String())
}

var errElse = errors.New("somebody else's account")

// assertionClient is the resource server as the authorization server knows it.
func assertionClient(set *keys.Set) *clientassertion.Client {
	return &clientassertion.Client{ID: rsID, Keys: clientassertion.StaticKeys(set.Public())}
}

func newRecorder() *httptest.ResponseRecorder { return httptest.NewRecorder() }
