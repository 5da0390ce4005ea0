package fapi_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite/compose"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/keys"
	"github.com/fosite-fapi/fosite-fapi/registration"
	middleware "github.com/fosite-fapi/fosite-fapi/resource" // its name is a helper's here
)

// A cupboard is a source of keys that can be exchanged, or be out of order.
type cupboard struct {
	set atomic.Pointer[keys.Set]
	err atomic.Pointer[error]
}

func (c *cupboard) put(t *testing.T, list ...keys.Key) {
	t.Helper()
	set, err := keys.New(list...)
	require.NoError(t, err)
	c.set.Store(set)
}

func (c *cupboard) fail(err error) { c.err.Store(&err) }

func (c *cupboard) source(context.Context) (*keys.Set, error) {
	if err := c.err.Load(); err != nil && *err != nil {
		return nil, *err
	}
	return c.set.Load(), nil
}

var testEd = sync.OnceValue(func() ed25519.PrivateKey {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		panic(err)
	}
	return key
})

// keyBench is a bench whose keys are the test's own, with JWT access tokens.
func keyBench(t *testing.T, options ...fapi.Option) *bench {
	t.Helper()
	b := &bench{T: t, pki: testPKI(), events: &events{}, subject: "alice"}
	var regA, regB *registration.Client
	b.a, regA, b.certA = newClient(t, "client-a")
	b.b, regB, b.certB = newClient(t, "client-b")
	b.store = stores["json"](regA, regB)
	config := hostConfig()
	var err error
	b.provider, err = fapi.Compose(config, b.store, compose.NewOAuth2HMACStrategy(config), slices.Concat(b.observed(), []fapi.Option{
		fapi.WithProfile(fapi.FAPI2Security()), fapi.WithAccessTokenFormat(fapi.JWT),
	}, options)...)
	require.NoError(t, err)
	b.mount()
	b.connect(b.a, &b.certA)
	b.connect(b.b, &b.certB)
	b.overseen(t)
	return b
}

// get fetches what anyone can.
func (b *bench) get(url string) *fapitest.Answer {
	b.Helper()
	r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, url, nil)
	require.NoError(b, err)
	return b.got(fapitest.Do(fapitest.HTTP(b.handler, nil), r))
}

// fetched is what anyone gets from the jwks_uri.
func (b *bench) fetched() []jose.JSONWebKey {
	b.Helper()
	a := b.get(b.a.Server.JWKSURI)
	require.Equal(b, http.StatusOK, a.Status, string(a.Body))
	var set jose.JSONWebKeySet
	require.NoError(b, json.Unmarshal(a.Body, &set))
	return set.Keys
}

func (b *bench) published() []string {
	b.Helper()
	var kids []string
	for _, key := range b.fetched() {
		kids = append(kids, key.KeyID)
	}
	return kids
}

// apiServer is a resource server that knows the issuer alone, and fetches its keys.
func (b *bench) apiServer() http.Handler {
	b.Helper()
	api, err := middleware.New(middleware.Config{
		Issuer: issuer, Audience: []string{issuer}, Transport: &fapitest.Transport{Handler: b.handler}, Logger: slog.New(slog.DiscardHandler),
	})
	require.NoError(b, err)
	return api.Protect(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(rw, "accounts") }))
}

// call sends a token to an API, with client A's certificate.
func (b *bench) call(api http.Handler, token string) int {
	b.Helper()
	r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, "/accounts", nil)
	r.Header.Set("Authorization", "Bearer "+token)
	r.TLS = &tls.ConnectionState{}
	chain, err := fapitest.Chain(b.certA)
	require.NoError(b, err)
	r.TLS.PeerCertificates = chain
	rec := httptest.NewRecorder()
	api.ServeHTTP(rec, r)
	return rec.Code
}

func kidOf(t *testing.T, token string) string {
	t.Helper()
	jws, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.ES256, jose.PS256, jose.EdDSA})
	require.NoError(t, err)
	return jws.Signatures[0].Protected.KeyID
}

// hinted runs the flow to its redirect with an id_token_hint.
func (b *bench) hinted(hint string) *fapitest.Answer {
	b.Helper()
	params := b.a.Request(fapitest.Verifier(), "openid accounts")
	params.Set("id_token_hint", hint)
	return b.authorize(b.a, params)
}
