package fapi_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509/pkix"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite"
	"github.com/ory/fosite/compose"
	"github.com/ory/fosite/storage"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/cnf"
	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/keys"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

const issuer = "https://as.example.com"

// A bench is a provider on a store, with clients, in this process.
type bench struct {
	*testing.T
	store    fosite.Storage
	provider *fapi.Provider
	handler  http.Handler
	pki      *fapitest.PKI
	events   *events
	subject  string
	deny     error
	scopes   []string   // granted; nil grants what is requested
	usual    url.Values // of client A's authorization requests, beside what all have
	a, b     *fapitest.Client
	certA    tls.Certificate
	certB    tls.Certificate
}

type events struct {
	mu      sync.Mutex
	all     []fapi.Event
	emitted emissions
}

func (e *events) Audit(_ context.Context, event fapi.Event) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.all = append(e.all, event)
	return nil
}

// last returns the ID of the newest refusal.
func (e *events) last() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, event := range slices.Backward(e.all) {
		if !event.Granted {
			return event.ID
		}
	}
	return ""
}

var (
	// requirements are those of the profiles; the rules of tests are all called ACME.
	requirements = sync.OnceValue(func() map[string]bool {
		known := make(map[string]bool)
		for _, p := range builtIn() {
			for _, r := range p.Requirements() {
				known[r.ID] = true
			}
		}
		return known
	})
	uuid = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
)

// judge wants every event whole: each refusal names the requirement that it stands for.
func (e *events) judge(t *testing.T) {
	t.Helper()
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, event := range e.all {
		assert.NotZero(t, event.Time, "%+v", event)
		assert.NotEmpty(t, event.Stage, "%+v", event)
		assert.Regexp(t, uuid, event.InteractionID, "%+v", event)
		assert.Equal(t, event.Client == "", event.Profile == "", "%+v", event)
		if event.Granted {
			assert.NotEmpty(t, event.Client, "%+v", event)
			assert.Empty(t, event.ID+event.Code+event.Reason, "%+v", event)
			continue
		}
		assert.True(t, requirements()[event.ID] || strings.HasPrefix(event.ID, "ACME-"), "%+v", event)
		if event.Code == "" { // a request without credentials
			assert.Contains(t, []string{"BT-03", "DCR-01", "DCM-03"}, event.ID, "%+v", event)
		}
		assert.False(t, event.ID == "BT-03" && event.Code != "", "%+v", event)
		assert.True(t, event.Stage == fapi.AtRegistration || event.Action == "", "%+v", event)
		assert.Contains(t, event.Reason, event.ID+": ", "%+v", event)
	}
}

var (
	testPKI = sync.OnceValue(func() *fapitest.PKI {
		pki, err := fapitest.NewPKI()
		if err != nil {
			panic(err)
		}
		return pki
	})
	testRSA = sync.OnceValue(func() *rsa.PrivateKey {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		return key
	})
	testEC = sync.OnceValue(newEC)
)

func newEC() *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	return key
}

// stores are what every test runs on: fosite's own, which keeps pointers, and one that serialises like a database.
var stores = map[string]func(clients ...fosite.Client) fosite.Storage{
	"memory": func(clients ...fosite.Client) fosite.Storage {
		s := storage.NewMemoryStore()
		for _, c := range clients {
			s.Clients[c.GetID()] = c
		}
		return s
	},
	"json": func(clients ...fosite.Client) fosite.Storage {
		s := fapitest.NewJSONStore(clients...)
		s.NewSession = func() fosite.Session { return fapi.NewSession("") }
		return s
	},
}

// newClient makes a client, its registration and its certificate.
func newClient(t *testing.T, id string) (*fapitest.Client, *registration.Client, tls.Certificate) {
	t.Helper()
	key := newEC()
	cert := testPKI().MustClientCertificate(t, pkix.Name{CommonName: id, Organization: []string{"Example"}, Country: []string{"DE"}})
	reg := &registration.Client{ID: id, Metadata: registration.Metadata{
		RedirectURIs:            []string{"https://" + id + ".example.com/callback", "https://" + id + ".example.com/callback?dummy1=lorem&dummy2=ipsum"},
		TokenEndpointAuthMethod: "private_key_jwt", TokenEndpointAuthSigningAlg: "ES256",
		GrantTypes: []string{"authorization_code", "refresh_token", "client_credentials"}, ResponseTypes: []string{"code"},
		Scope:                                 "openid offline_access accounts payments",
		JWKS:                                  &jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: id + "-key", Algorithm: "ES256", Use: "sig"}}},
		TLSClientCertificateBoundAccessTokens: true,
	}}
	return &fapitest.Client{ID: id, Key: key, KeyID: id + "-key", RedirectURI: reg.RedirectURIs[0]}, reg, cert
}

func hostConfig() *fosite.Config {
	return &fosite.Config{GlobalSecret: []byte("some-secret-of-thirty-two-bytes!"), IDTokenIssuer: issuer, AccessTokenIssuer: issuer}
}

func newBench(t *testing.T, store string, options ...fapi.Option) *bench {
	t.Helper()
	b := &bench{T: t, pki: testPKI(), events: &events{}, subject: "alice"}
	var regA, regB *registration.Client
	b.a, regA, b.certA = newClient(t, "client-a")
	b.b, regB, b.certB = newClient(t, "client-b")
	b.store = stores[store](regA, regB)
	set, err := keys.New(keys.Key{Signer: testEC()}, keys.Key{Signer: testRSA()})
	require.NoError(t, err)
	config := hostConfig()
	b.provider, err = fapi.Compose(config, b.store, compose.NewOAuth2HMACStrategy(config), slices.Concat(b.observed(), []fapi.Option{
		fapi.WithProfile(fapi.FAPI2Security()), fapi.WithKeys(set), fapi.WithTrustAnchors(b.pki.Pool()),
	}, options)...)
	require.NoError(t, err)
	b.mount()
	b.connect(b.a, &b.certA)
	b.connect(b.b, &b.certB)
	b.overseen(t)
	return b
}

func (b *bench) mount() {
	h := &fapi.Handlers{Provider: b.provider, Interaction: fapi.InteractionFunc(b.interact)}
	mux, err := h.Mux(b.Context())
	require.NoError(b, err)
	b.handler = b.events.emitted.harvest(mux)
}

func (b *bench) connect(c *fapitest.Client, certificate *tls.Certificate) {
	doc, err := b.provider.Metadata(b.Context())
	require.NoError(b, err)
	c.Server, c.HTTP = *doc, fapitest.HTTP(b.handler, certificate)
}

func (b *bench) interact(_ http.ResponseWriter, _ *http.Request, ar fosite.AuthorizeRequester) (*fapi.Decision, error) {
	if b.deny != nil {
		return &fapi.Decision{Denied: b.deny}, nil
	}
	scopes := b.scopes
	if scopes == nil {
		scopes = ar.GetRequestedScopes()
	}
	return &fapi.Decision{Session: fapi.NewSession(b.subject), Scopes: scopes, Audience: ar.GetRequestedAudience()}, nil
}

func (b *bench) push(c *fapitest.Client, params url.Values, m ...fapitest.Mutation) *fapitest.Answer {
	b.Helper()
	a, err := c.Push(b.Context(), params, m...)
	require.NoError(b, err)
	return a
}

// authorize pushes, visits the authorization endpoint and returns its answer.
func (b *bench) authorize(c *fapitest.Client, params url.Values) *fapitest.Answer {
	b.Helper()
	a := b.push(c, params)
	require.Equal(b, http.StatusCreated, a.Status, string(a.Body))
	return b.visit(c, a.Text("request_uri"))
}

func (b *bench) visit(c *fapitest.Client, requestURI string) *fapitest.Answer {
	b.Helper()
	a, err := c.Authorize(b.Context(), fapitest.HTTP(b.handler, nil), url.Values{"client_id": {c.ID}, "request_uri": {requestURI}})
	require.NoError(b, err)
	return a
}

// code runs the flow up to the code.
func (b *bench) code(c *fapitest.Client, verifier, scope string) string {
	b.Helper()
	a := b.authorize(c, c.Request(verifier, scope))
	require.Equal(b, http.StatusSeeOther, a.Status, string(a.Body))
	code := a.Location().Query().Get("code")
	require.NotEmpty(b, code, a.Location().String())
	return code
}

// tokens runs the whole flow.
func (b *bench) tokens(c *fapitest.Client, scope string) *fapitest.Answer {
	b.Helper()
	verifier := fapitest.Verifier()
	a, err := c.Redeem(b.Context(), b.code(c, verifier, scope), verifier)
	require.NoError(b, err)
	require.Equal(b, http.StatusOK, a.Status, string(a.Body))
	return a
}

func TestFlow(t *testing.T) {
	for store := range stores {
		for _, format := range []fapi.AccessTokenFormat{fapi.Opaque, fapi.JWT} {
			t.Run(store+"/"+string(format), func(t *testing.T) {
				b := newBench(t, store, fapi.WithAccessTokenFormat(format))
				tokens := b.tokens(b.a, "openid offline_access accounts")
				require.Equal(t, "Bearer", tokens.Text("token_type"))
				require.NotEmpty(t, tokens.Text("id_token"))
				require.NotEmpty(t, tokens.Text("refresh_token"))

				seen, err := b.a.Introspect(t.Context(), tokens.Text("access_token"))
				require.NoError(t, err)
				require.Equal(t, true, seen.JSON["active"], string(seen.Body))
				require.Equal(t, map[string]any{"x5t#S256": cnf.Thumbprint(b.certA.Leaf)}, seen.JSON["cnf"])

				refreshed, err := b.a.Refresh(t.Context(), tokens.Text("refresh_token"))
				require.NoError(t, err)
				require.Equal(t, http.StatusOK, refreshed.Status, string(refreshed.Body))
				require.Equal(t, tokens.Text("refresh_token"), refreshed.Text("refresh_token"))

				seen, err = b.a.Introspect(t.Context(), tokens.Text("access_token"))
				require.NoError(t, err)
				require.JSONEq(t, `{"active":false}`, string(seen.Body))
			})
		}
	}
}
