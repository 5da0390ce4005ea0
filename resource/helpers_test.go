package resource_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/clientassertion"
	"github.com/fosite-fapi/fosite-fapi/cnf"
	"github.com/fosite-fapi/fosite-fapi/dpop"
	"github.com/fosite-fapi/fosite-fapi/keys"
	"github.com/fosite-fapi/fosite-fapi/replay"
	"github.com/fosite-fapi/fosite-fapi/resource"
)

const (
	rsID     = "accounts-api"
	audience = "https://api.example.com"
	base     = "https://api.example.com"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func ec() func() *ecdsa.PrivateKey {
	return sync.OnceValue(func() *ecdsa.PrivateKey { return must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)) })
}

var (
	p256, p256b, clientKey, otherKey, rsKey = ec(), ec(), ec(), ec(), ec()

	rsa2048 = sync.OnceValue(func() *rsa.PrivateKey { return must(rsa.GenerateKey(rand.Reader, 2048)) })
	rsa1024 = sync.OnceValue(func() *rsa.PrivateKey { return must(rsa.GenerateKey(rand.Reader, 1024)) })
	ed      = sync.OnceValue(func() ed25519.PrivateKey { _, k, err := ed25519.GenerateKey(rand.Reader); return must(k, err) })

	certificate      = sync.OnceValue(func() tls.Certificate { return selfSigned(clientKey()) })
	otherCertificate = sync.OnceValue(func() tls.Certificate { return selfSigned(otherKey()) })
)

func selfSigned(key *ecdsa.PrivateKey) tls.Certificate {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "client"},
		NotBefore: time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	der := must(x509.CreateCertificate(rand.Reader, template, template, key.Public(), key))
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: must(x509.ParseCertificate(der))}
}

// A clock stands still until it is moved.
type clock struct{ at atomic.Int64 }

func newClock() *clock {
	c := new(clock)
	c.at.Store(time.Unix(1700000000, 0).UnixNano())
	return c
}

func (c *clock) now() time.Time          { return time.Unix(0, c.at.Load()) }
func (c *clock) forward(d time.Duration) { c.at.Add(int64(d)) }

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
	clock  *clock
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
	w := &world{tb: tb, clock: newClock(), book: new(book)}
	w.as = newAuthority(tb, w.clock)
	w.nonces = &dpop.Nonces{Secret: []byte(strings.Repeat("s", 32)), Now: w.clock.now}
	w.config = resource.Config{
		Issuer: w.as.issuer, Audience: []string{audience}, BaseURLs: []string{base},
		DPoP:      &dpop.Verifier{Replay: &replay.Memory{Now: w.clock.now}, Now: w.clock.now},
		Transport: w.as.server.Client().Transport,
		Logger:    slog.New(w.book), Refused: w.book.refused, Now: w.clock.now,
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
func (w *world) at(seconds int64) int64 { return w.clock.now().Unix() + seconds }

// byKey binds the token to a key.
func (w *world) byKey() *world {
	w.certificate, w.scheme = nil, "DPoP"
	w.prover = &dpop.Signer{Key: clientKey()}
	w.claims["cnf"] = map[string]any{"jkt": thumbprint(clientKey())}
	w.proof = dpop.ProofOptions{Method: w.method, URL: base + "/accounts", Now: w.clock.now}
	return w
}

// introspected makes the resource server ask about tokens, by private_key_jwt.
func (w *world) introspected() *world {
	set := must(keys.New(keys.Key{Signer: rsKey(), ID: "rs"}))
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
	return must(dpop.Thumbprint(&jose.JSONWebKey{Key: key.Public()}))
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
		token = mint(w.header, string(must(json.Marshal(w.claims))), w.key)
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
		r.Header.Set(dpop.Header, must(w.prover.Proof(proof)))
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

// mint signs by what the header says, if it can, and by ES256 else.
func mint(header map[string]any, payload string, key crypto.Signer) string {
	b64 := base64.RawURLEncoding.EncodeToString
	input := b64(must(json.Marshal(header))) + "." + b64([]byte(payload))
	digest := sha256.Sum256([]byte(input))
	var signature []byte
	switch key := key.(type) {
	case *ecdsa.PrivateKey:
		r, s, err := ecdsa.Sign(rand.Reader, key, digest[:])
		signature = append(must(r, err).FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
	case *rsa.PrivateKey:
		if header["alg"] == "RS256" {
			signature = must(rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, digest[:]))
		} else {
			signature = must(rsa.SignPSS(rand.Reader, key, crypto.SHA256, digest[:], &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}))
		}
	case ed25519.PrivateKey:
		signature = ed25519.Sign(key, []byte(input))
	}
	return input + "." + b64(signature)
}

var errElse = errors.New("somebody else's account")

// assertionClient is the resource server as the authorization server knows it.
func assertionClient(set *keys.Set) *clientassertion.Client {
	return &clientassertion.Client{ID: rsID, Keys: clientassertion.StaticKeys(set.Public())}
}

func newRecorder() *httptest.ResponseRecorder { return httptest.NewRecorder() }
