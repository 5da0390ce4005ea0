package fapi_test

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"encoding/json"
	"errors"
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
	"github.com/stretchr/testify/assert"
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

// A rotation with overlap: nobody who checks what the server signed sees a failure, and the server isn't restarted.
func TestKeyRotation(t *testing.T) {
	t.Parallel()
	before, next := keys.Key{Signer: testEC(), ID: "before"}, keys.Key{Signer: newEC(), ID: "next"}
	announced := next
	announced.VerifyOnly = true

	var source cupboard
	source.put(t, before)
	b := keyBench(t, fapi.WithKeySource(source.source))
	api := b.apiServer()
	require.Equal(t, []string{"before"}, b.published())
	first := b.tokens(b.a, "openid accounts")
	require.Equal(t, "before", kidOf(t, first.Text("access_token")))
	require.Equal(t, http.StatusOK, b.call(api, first.Text("access_token")))

	source.put(t, before, announced)
	assert.Equal(t, []string{"before", "next"}, b.published())
	assert.Equal(t, "before", kidOf(t, b.tokens(b.a, "openid accounts").Text("access_token")), "announced, not in use yet")

	source.put(t, next, keys.Retired(before.Signer.Public(), "before", ""))
	assert.Equal(t, []string{"next", "before"}, b.published())
	second := b.tokens(b.a, "openid accounts")
	for _, kind := range []string{"access_token", "id_token"} {
		assert.Equal(t, "next", kidOf(t, second.Text(kind)), kind)
	}
	for name, token := range map[string]*fapitest.Answer{"before": first, "next": second} {
		assert.Equal(t, http.StatusOK, b.call(api, token.Text("access_token")), "%s: at a server that follows", name)
		assert.Equal(t, http.StatusOK, b.call(b.apiServer(), token.Text("access_token")), "%s: at a server that is new", name)
		assert.Equal(t, "alice", b.claims(token.Text("id_token"))["sub"], name)
	}
	assert.Equal(t, http.StatusSeeOther, b.hinted(first.Text("id_token")).Status, "a hint whose key is still published")
	assert.True(t, b.hinted(first.Text("id_token")).Location().Query().Has("code"))

	source.put(t, next)
	assert.Equal(t, []string{"next"}, b.published())
	assert.Equal(t, http.StatusUnauthorized, b.call(b.apiServer(), first.Text("access_token")), "the key is gone")
	assert.Equal(t, http.StatusOK, b.call(b.apiServer(), second.Text("access_token")))
	refused := b.hinted(first.Text("id_token"))
	assert.Equal(t, "invalid_request", refused.Location().Query().Get("error"), "a hint whose key is gone")
	assert.True(t, b.hinted(second.Text("id_token")).Location().Query().Has("code"))
}

// hinted runs the flow to its redirect with an id_token_hint.
func (b *bench) hinted(hint string) *fapitest.Answer {
	b.Helper()
	params := b.a.Request(fapitest.Verifier(), "openid accounts")
	params.Set("id_token_hint", hint)
	return b.authorize(b.a, params)
}

// The metadata follow the keys too: what they announce is what is done.
func TestKeyRotationToAnotherAlgorithm(t *testing.T) {
	t.Parallel()
	var source cupboard
	source.put(t, keys.Key{Signer: testEC()})
	b := keyBench(t, fapi.WithKeySource(source.source))
	require.Equal(t, []string{"ES256"}, b.a.Server.IDTokenSigningAlgValuesSupported)

	source.put(t, keys.Key{Signer: testRSA(), ID: "rs", Algorithm: jose.RS256}, keys.Key{Signer: testEd(), ID: "ed"}, keys.Key{Signer: testEC(), VerifyOnly: true})
	doc, err := b.provider.Metadata(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []string{"EdDSA"}, doc.IDTokenSigningAlgValuesSupported)
	tokens := b.tokens(b.a, "openid accounts")
	assert.Equal(t, "ed", kidOf(t, tokens.Text("id_token")))
	assert.Equal(t, "ed", kidOf(t, tokens.Text("access_token")))
	assert.NoError(t, b.provider.Check(t.Context(), b.registration(b.a.ID)))
}

// Without keys nothing is signed, nothing is published, and nothing is used up.
func TestKeySourceFails(t *testing.T) {
	t.Parallel()
	secret := errors.New("pin 0815 refused")
	for name, breakdown := range map[string]func(*testing.T, *cupboard){
		"error":  func(_ *testing.T, c *cupboard) { c.fail(secret) },
		"no set": func(_ *testing.T, c *cupboard) { c.set.Store(nil) },
		"F2-CR-02 no key that fits": func(t *testing.T, c *cupboard) {
			c.put(t, keys.Key{Signer: testRSA(), Algorithm: jose.RS256})
		},
		"F2-CR-02 the key only verifies": func(t *testing.T, c *cupboard) { c.put(t, keys.Key{Signer: testEC(), VerifyOnly: true}) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var source cupboard
			source.put(t, keys.Key{Signer: testEC()})
			b := keyBench(t, fapi.WithKeySource(source.source))
			before := b.tokens(b.a, "openid offline_access accounts")
			code := b.code(b.a, verifier, "openid accounts")
			reg := b.registration(b.a.ID)

			breakdown(t, &source)
			for kind, a := range map[string]*fapitest.Answer{
				"authorization_code": b.got(b.a.Redeem(t.Context(), code, verifier)),
				"refresh_token":      b.got(b.a.Refresh(t.Context(), before.Text("refresh_token"))),
				"client_credentials": b.got(b.a.Token(t.Context(), map[string][]string{"grant_type": {"client_credentials"}, "scope": {"accounts"}})),
			} {
				assert.Equal(t, http.StatusServiceUnavailable, a.Status, kind)
				assert.Equal(t, "temporarily_unavailable", a.Text("error"), kind)
				assert.NotContains(t, string(a.Body), "0815", kind)
				assert.Empty(t, a.Text("access_token"), kind)
			}
			assert.Equal(t, "FAPI-KEYS", b.events.last())
			problem := &fapi.Problem{}
			require.ErrorAs(t, b.provider.Check(t.Context(), reg), &problem)
			assert.Equal(t, "FAPI-KEYS", problem.ID)
			if breaksSource := name == "error" || name == "no set"; breaksSource {
				for url, status := range map[string]int{b.a.Server.JWKSURI: http.StatusServiceUnavailable, issuer + "/.well-known/openid-configuration": http.StatusInternalServerError} {
					a := b.get(url)
					assert.Equal(t, status, a.Status, url)
					assert.Equal(t, "no-store", a.Header.Get("Cache-Control"), url)
					assert.NotContains(t, string(a.Body), "0815")
					assert.NotContains(t, a.JSON, "keys")
				}
				hinted := b.hinted(before.Text("id_token"))
				assert.Equal(t, "temporarily_unavailable", hinted.Location().Query().Get("error"))
			}

			source.fail(nil)
			source.put(t, keys.Key{Signer: testEC()})
			a := b.got(b.a.Redeem(t.Context(), code, verifier))
			require.Equal(t, http.StatusOK, a.Status, "the code was not spent: %s", a.Body)
			a = b.got(b.a.Refresh(t.Context(), before.Text("refresh_token")))
			assert.Equal(t, http.StatusOK, a.Status, string(a.Body))
		})
	}
}

func TestKeyOptions(t *testing.T) {
	t.Parallel()
	set, err := keys.New(keys.Key{Signer: testEC(), ID: "k"})
	require.NoError(t, err)
	other, err := keys.NewDecryption(keys.DecryptionKey{Private: newEC(), ID: "d"})
	require.NoError(t, err)
	same, err := keys.NewDecryption(keys.DecryptionKey{Private: newEC(), ID: "k"})
	require.NoError(t, err)
	failing := func(context.Context) (*keys.Set, error) { return nil, errors.New("no HSM") }

	for _, tt := range []struct {
		name     string
		options  []fapi.Option
		id, text string // "" where the options are good
	}{
		{"keys and decryption keys", []fapi.Option{fapi.WithKeys(set), fapi.WithDecryptionKeys(other)}, "", ""},
		{"source", []fapi.Option{fapi.WithKeySource(keys.Static(set)), fapi.WithDecryptionKeySource(keys.StaticDecryption(other))}, "", ""},
		{"no source", []fapi.Option{fapi.WithKeys(set), fapi.WithKeySource(nil)}, "", "needs a source"},
		{"no keys", []fapi.Option{fapi.WithKeys(set), fapi.WithKeys(nil)}, "", "needs keys"},
		{"keys twice", []fapi.Option{fapi.WithKeys(set), fapi.WithKeySource(keys.Static(set))}, "", "signing keys are given twice"},
		{"no decryption keys", []fapi.Option{fapi.WithKeys(set), fapi.WithDecryptionKeys(nil)}, "", "needs keys"},
		{"no decryption source", []fapi.Option{fapi.WithKeys(set), fapi.WithDecryptionKeySource(nil)}, "", "needs a source"},
		{"decryption keys twice", []fapi.Option{fapi.WithKeys(set), fapi.WithDecryptionKeys(other), fapi.WithDecryptionKeys(other)}, "", "decryption keys are given twice"},
		{"source that fails", []fapi.Option{fapi.WithKeySource(failing)}, "F2-CR-02", "no HSM"},
		{"source without keys", []fapi.Option{fapi.WithKeySource(keys.Static(nil))}, "F2-CR-02", "gave no set"},
		{"decryption source without keys", []fapi.Option{fapi.WithKeys(set), fapi.WithDecryptionKeySource(keys.StaticDecryption(nil))}, "F2-CR-02", "gave no set"},
		{"F2-CR-09 kid of both", []fapi.Option{fapi.WithKeys(set), fapi.WithDecryptionKeys(same)}, "F2-CR-09", `the kid "k"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			config := hostConfig()
			provider, err := fapi.Compose(config, stores["memory"](), compose.NewOAuth2HMACStrategy(config),
				append(slices.Clone(tt.options), fapi.WithProfile(fapi.FAPI2Security()))...)
			if tt.text == "" {
				require.NoError(t, err)
				return
			}
			require.Nil(t, provider)
			all := problemsOf(t, err)
			require.Len(t, all, 1)
			assert.Equal(t, tt.id, all[0].ID)
			assert.Contains(t, all[0].Text, tt.text)
		})
	}
}

// What clients encrypt for is published beside what signs, and follows its source.
func TestDecryptionKeysArePublished(t *testing.T) {
	t.Parallel()
	set, err := keys.New(keys.Key{Signer: testEC(), ID: "sig"})
	require.NoError(t, err)
	var current atomic.Pointer[keys.DecryptionSet]
	first, err := keys.NewDecryption(keys.DecryptionKey{Private: testRSA(), ID: "rsa"}, keys.DecryptionKey{Private: newEC(), ID: "ec", Algorithm: jose.ECDH_ES_A256KW})
	require.NoError(t, err)
	current.Store(first)
	b := keyBench(t, fapi.WithKeys(set), fapi.WithDecryptionKeySource(func(context.Context) (*keys.DecryptionSet, error) { return current.Load(), nil }))

	published := b.fetched()
	require.Len(t, published, 3)
	for i, want := range []struct{ kid, use, alg string }{{"sig", "sig", "ES256"}, {"rsa", "enc", "RSA-OAEP-256"}, {"ec", "enc", "ECDH-ES+A256KW"}} {
		assert.Equal(t, want.kid, published[i].KeyID)
		assert.Equal(t, want.use, published[i].Use)
		assert.Equal(t, want.alg, published[i].Algorithm)
		assert.True(t, published[i].IsPublic())
	}

	second, err := keys.NewDecryption(keys.DecryptionKey{Private: newEC(), ID: "new"}, keys.DecryptionKey{Private: testRSA(), ID: "rsa", Unpublished: true})
	require.NoError(t, err)
	current.Store(second)
	assert.Equal(t, []string{"sig", "new"}, b.published())

	current.Store(nil)
	_, err = b.provider.JWKS(t.Context())
	assert.Error(t, err, "an incomplete key set is none")
}

// An opaqueSigner signs like an HSM: what it holds can't be seen.
type opaqueSigner struct{ key crypto.Signer }

func (o opaqueSigner) Public() crypto.PublicKey { return o.key.Public() }

func (o opaqueSigner) Sign(r io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	return o.key.Sign(r, digest, opts)
}

// A remoteSigner signs like a KMS, by calls under the context of the request.
type remoteSigner struct {
	opaqueSigner
	calls *atomic.Int64
}

func (remoteSigner) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return nil, errors.New("called without a context")
}

type tenantKey struct{}

func (r remoteSigner) SignContext(ctx context.Context, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	if ctx.Value(tenantKey{}) != "tenant" {
		return nil, errors.New("not the request's context")
	}
	r.calls.Add(1)
	return r.key.Sign(rand.Reader, digest, opts)
}

// Keys in an HSM or a KMS sign both kinds of token by every algorithm of the profile.
func TestKeysInHardware(t *testing.T) {
	t.Parallel()
	for alg, key := range map[jose.SignatureAlgorithm]crypto.Signer{jose.PS256: testRSA(), jose.ES256: testEC(), jose.EdDSA: testEd()} {
		for _, kind := range []string{"HSM", "KMS"} {
			t.Run(string(alg)+" "+kind, func(t *testing.T) {
				t.Parallel()
				var calls atomic.Int64
				var hardware crypto.Signer = opaqueSigner{key}
				if kind == "KMS" {
					hardware = remoteSigner{opaqueSigner{key}, &calls}
				}
				set, err := keys.New(keys.Key{Signer: hardware, ID: "hardware"})
				require.NoError(t, err)
				b := keyBench(t, fapi.WithKeys(set))
				b.registration(b.a.ID).IDTokenSignedResponseAlg = string(alg)
				inner := b.handler
				b.handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
					inner.ServeHTTP(rw, r.WithContext(context.WithValue(r.Context(), tenantKey{}, "tenant")))
				})
				b.connect(b.a, &b.certA)

				tokens := b.tokens(b.a, "openid accounts")
				published := b.fetched()
				require.Len(t, published, 1)
				for name, typ := range map[string]string{"id_token": "JWT", "access_token": "at+jwt"} {
					jws, err := jose.ParseSignedCompact(tokens.Text(name), []jose.SignatureAlgorithm{alg})
					require.NoError(t, err, name)
					_, err = jws.Verify(published[0].Key)
					require.NoError(t, err, name)
					assert.Equal(t, "hardware", jws.Signatures[0].Protected.KeyID)
					assert.Equal(t, typ, jws.Signatures[0].Protected.ExtraHeaders["typ"])
				}
				assert.Equal(t, http.StatusOK, b.call(b.apiServer(), tokens.Text("access_token")))
				if kind == "KMS" {
					assert.EqualValues(t, 2, calls.Load())
				}
			})
		}
	}
}

// An HSM that fails costs the answer, never a token without a signature.
func TestHardwareFails(t *testing.T) {
	t.Parallel()
	set, err := keys.New(keys.Key{Signer: remoteSigner{opaqueSigner{testEC()}, new(atomic.Int64)}})
	require.NoError(t, err)
	b := keyBench(t, fapi.WithKeys(set)) // no tenant in its requests
	a := b.got(b.a.Redeem(t.Context(), b.code(b.a, verifier, "openid accounts"), verifier))
	assert.Equal(t, http.StatusInternalServerError, a.Status)
	assert.Equal(t, "server_error", a.Text("error"))
	assert.Empty(t, a.Text("access_token"))
	assert.Empty(t, a.Text("id_token"))
	assert.NotContains(t, string(a.Body), "context")
}
