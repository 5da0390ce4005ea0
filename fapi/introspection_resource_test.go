package fapi_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/introspection"
	"github.com/fosite-fapi/fosite-fapi/keys"
	"github.com/fosite-fapi/fosite-fapi/registration"
	middleware "github.com/fosite-fapi/fosite-fapi/resource" // its name is a helper's here
)

// An api is a resource server, client B of the authorization server, that asks about opaque tokens.
type api struct {
	handler http.Handler
	refused atomic.Pointer[middleware.Refusal]
	media   atomic.Pointer[string] // of the last introspection response
	body    atomic.Pointer[[]byte]
}

func (b *bench) introspectingAPI(server http.Handler, change func(*middleware.Config)) *api {
	b.Helper()
	own, err := keys.New(keys.Key{Signer: b.b.Key, ID: b.b.KeyID})
	require.NoError(b, err)
	a := new(api)
	watched := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rec := httptest.NewRecorder()
		server.ServeHTTP(rec, r)
		if r.URL.Path == "/introspect" {
			media, body := rec.Header().Get("Content-Type"), rec.Body.Bytes()
			a.media.Store(&media)
			a.body.Store(&body)
		}
		for name, values := range rec.Header() {
			rw.Header()[name] = values
		}
		rw.WriteHeader(rec.Code)
		_, _ = rw.Write(rec.Body.Bytes())
	})
	config := middleware.Config{
		Issuer: issuer, Formats: []middleware.Format{middleware.Opaque}, Transport: &fapitest.Transport{Handler: watched},
		Introspection: &middleware.Introspection{ClientID: b.b.ID, Keys: keys.Static(own), Signed: true, TTL: -1},
		Logger:        slog.New(slog.DiscardHandler), Refused: func(_ *http.Request, r *middleware.Refusal) { a.refused.Store(r) },
	}
	change(&config)
	rs, err := middleware.New(config)
	require.NoError(b, err)
	a.handler = rs.Protect(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(rw, middleware.TokenFrom(r.Context()).Subject)
	}), middleware.Scope("accounts"))
	return a
}

// aTokenForB is a token of which B is the audience.
func (b *bench) aTokenForB() string {
	b.Helper()
	forClientB(b.registration(b.a.ID))
	params := b.a.Request(verifier, usualScope)
	params.Set("audience", b.b.ID)
	a := b.authorize(b.a, params)
	return b.got(b.a.Redeem(b.Context(), a.Location().Query().Get("code"), verifier)).Text("access_token")
}

// From the token's issue to a resource server that trusts nothing unsigned (F2-MS-11, F2-MS-12).
func TestSignedIntrospectionToResource(t *testing.T) {
	t.Parallel()
	private := newEC()
	decryption, err := keys.NewDecryption(keys.DecryptionKey{Private: private, ID: "b-enc", Algorithm: jose.ECDH_ES_A128KW})
	require.NoError(t, err)
	forEncryption := func(c *registration.Client) {
		c.IntrospectionEncryptedResponseAlg, c.IntrospectionEncryptedResponseEnc = "ECDH-ES+A128KW", "A128GCM"
		c.JWKS = &jose.JSONWebKeySet{Keys: append(decryption.Public().Keys, c.JWKS.Keys...)}
	}
	decrypts := func(c *middleware.Config) { c.Introspection.Decryption = keys.StaticDecryption(decryption) }
	nothing := func(*middleware.Config) {}

	for _, tt := range []struct {
		name     string
		register func(*registration.Client)
		config   func(*middleware.Config)
		parts    int
	}{
		{"signed", func(*registration.Client) {}, nothing, 3},
		{"signed by PS256", func(c *registration.Client) { c.IntrospectionSignedResponseAlg = "PS256" }, func(c *middleware.Config) { c.Algorithms = []jose.SignatureAlgorithm{jose.PS256} }, 3},
		{"encrypted", forEncryption, decrypts, 5},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, "json", fapi.WithLogger(slog.New(slog.DiscardHandler)))
			tt.register(b.registration(b.b.ID))
			api := b.introspectingAPI(b.handler, tt.config)
			token := b.aTokenForB()

			require.Equal(t, http.StatusOK, b.call(api.handler, token))
			assert.Equal(t, introspection.MediaType, *api.media.Load())
			assert.Equal(t, tt.parts, 1+countDots(*api.body.Load()))

			b.got(b.a.Revoke(t.Context(), token))
			assert.Equal(t, http.StatusUnauthorized, b.call(api.handler, token))
			assert.Equal(t, introspection.MediaType, *api.media.Load(), "the end is signed too")
			require.ErrorIs(t, api.refused.Load(), middleware.ErrInactive)
		})
	}

	for _, tt := range []struct {
		name     string
		register func(*registration.Client)
		config   func(*middleware.Config)
		server   func(b *bench) http.Handler
		token    func(b *bench) string
		status   int
		cause    error
	}{
		{"F2-MS-12 refused JSON in place of a JWT", nil, nothing, func(b *bench) http.Handler {
			return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { r.Header.Del("Accept"); b.handler.ServeHTTP(rw, r) })
		}, nil, http.StatusServiceUnavailable, middleware.ErrIntrospection},
		{"INT-23 refused another algorithm", nil, func(c *middleware.Config) { c.Algorithms = []jose.SignatureAlgorithm{jose.PS256} }, nil, nil, http.StatusServiceUnavailable, middleware.ErrAlgorithm},
		{"INT-18 refused encrypted for a server without keys", forEncryption, nothing, nil, nil, http.StatusServiceUnavailable, middleware.ErrIntrospection},
		{"INT-18 refused in the clear for a server with keys", nil, decrypts, nil, nil, http.StatusServiceUnavailable, middleware.ErrIntrospection},
		{"F2-MS-15 refused a token for others", nil, nothing, nil, (*bench).aToken, http.StatusUnauthorized, middleware.ErrInactive},
		{"INT-10 refused a refresh token", nil, nothing, nil, func(b *bench) string {
			forClientB(b.registration(b.a.ID))
			return request(param("audience", b.b.ID))(b).Text("refresh_token")
		}, http.StatusUnauthorized, middleware.ErrInactive},
		{"INT-12 refused another client's key", func(c *registration.Client) {
			c.JWKS = &jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: newEC().Public()}}}
		}, nothing, nil, nil, http.StatusServiceUnavailable, middleware.ErrUnavailable},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, "json", fapi.WithLogger(slog.New(slog.DiscardHandler)))
			server, token := b.handler, (*bench).aTokenForB
			if tt.register != nil {
				tt.register(b.registration(b.b.ID))
			}
			if tt.server != nil {
				server = tt.server(b)
			}
			if tt.token != nil {
				token = tt.token
			}
			api := b.introspectingAPI(server, tt.config)
			assert.Equal(t, tt.status, b.call(api.handler, token(b)))
			require.ErrorIs(t, api.refused.Load(), tt.cause)
		})
	}
}

func countDots(body []byte) (n int) {
	for _, c := range body {
		if c == '.' {
			n++
		}
	}
	return n
}

// A signed answer of the introspection endpoint is no access token, at any resource server (INT-21).
func TestSignedAnswerIsNoAccessToken(t *testing.T) {
	t.Parallel()
	set, err := keys.New(keys.Key{Signer: testEC()})
	require.NoError(t, err)
	b := keyBench(t, fapi.WithKeys(set))
	tokens := b.tokens(b.a, "openid accounts")
	answer := b.got(b.a.Introspect(t.Context(), tokens.Text("access_token"), asJWT))
	require.Equal(t, introspection.MediaType, answer.Header.Get("Content-Type"))
	api := b.apiServer()
	assert.Equal(t, http.StatusOK, b.call(api, tokens.Text("access_token")))
	assert.Equal(t, http.StatusUnauthorized, b.call(api, string(answer.Body)))
	assert.Equal(t, http.StatusUnauthorized, b.call(api, tokens.Text("id_token")))
	hinted := b.hinted(string(answer.Body))
	assert.Equal(t, "invalid_request", hinted.Location().Query().Get("error"), "nor an ID token")
}

// A resource server with a profile is told of legacy tokens in the same way; a legacy caller gets what fosite gives.
func TestSignedIntrospectionBesideLegacy(t *testing.T) {
	t.Parallel()
	for store := range stores {
		t.Run(store, func(t *testing.T) {
			t.Parallel()
			everyone := fapi.WithIntrospectors(func(context.Context, fosite.Client, fosite.AccessRequester) bool { return true })
			m := newMixed(t, store, everyone)
			legacy := m.legacy.tokens("openid").Text("access_token")

			a := m.got(m.b.Introspect(t.Context(), legacy, asJWT))
			require.Equal(t, introspection.MediaType, a.Header.Get("Content-Type"), string(a.Body))
			s := m.stated(string(a.Body))
			plain := m.got(m.b.Introspect(t.Context(), legacy))
			require.Equal(t, true, plain.JSON["active"])
			delete(s.inner, "iss") // fosite does not name it
			assert.Equal(t, plain.JSON, s.inner)

			byLegacy := m.legacy.post("/introspect", url.Values{"token": {legacy}}, asWeb, withHeader("Accept", introspection.MediaType))
			assert.Equal(t, http.StatusOK, byLegacy.Status)
			assert.Contains(t, byLegacy.Header.Get("Content-Type"), "application/json")
			refused := m.legacy.post("/introspect", url.Values{"token": {legacy}}, withBasic("web", "wrong"), withHeader("Accept", introspection.MediaType))
			assert.Equal(t, http.StatusUnauthorized, refused.Status)
		})
	}
}
