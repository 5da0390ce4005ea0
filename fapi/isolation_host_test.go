package fapi_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"testing"

	"github.com/ory/fosite"
	"github.com/ory/fosite/compose"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/pkce"
)

// A mixed server has profiled clients, a and b of the bench, and the legacy clients beside them, all behind the
// host's own handlers.
type mixed struct {
	*bench
	legacy    *visitor // sends what the profiled clients' own driver can't
	spy       *spy
	selection *selection
}

func newMixed(t *testing.T, store string, options ...fapi.Option) *mixed {
	t.Helper()
	b := &bench{T: t, pki: testPKI(), events: &events{}}
	a, regA, certA := newClient(t, "client-a")
	c, regB, certB := newClient(t, "client-b")
	b.a, b.certA, b.b, b.certB = a, certA, c, certB
	b.store = stores[store](append(legacyClients(), regA, regB)...)
	populate(t, b.store)
	config := legacyConfig()
	m := &mixed{bench: b, spy: &spy{}, selection: &selection{}}
	m.spy.watch(config, b.store)
	profiles := fapi.WithProfiles(m.selection.of, fapi.FAPI2Security(), otherProfile())
	var err error
	b.provider, err = fapi.Compose(config, b.store, legacyStrategy(config), slices.Concat(b.observed(), []fapi.Option{
		fapi.WithFactories(append([]compose.Factory{m.spy.factory}, everyFactory...)...), profiles, fapi.WithTrustAnchors(b.pki.Pool()),
	}, options)...)
	require.NoError(t, err)
	b.handler = b.events.emitted.harvest(hostHandler(b.provider))
	m.legacy = &visitor{T: t, handler: b.handler}
	b.connect(b.a, &b.certA)
	b.connect(b.b, &b.certB)
	b.overseen(t)
	return m
}

// onMixed runs a test on every store.
func onMixed(t *testing.T, test func(t *testing.T, m *mixed)) {
	t.Helper()
	for store := range stores {
		t.Run(store, func(t *testing.T) {
			t.Parallel()
			test(t, newMixed(t, store))
		})
	}
}

// on returns the same server for another test.
func (m *mixed) on(t *testing.T) *mixed {
	other, b, legacy := *m, *m.bench, *m.legacy
	b.T, legacy.T = t, t
	other.bench, other.legacy = &b, &legacy
	return &other
}

// sub runs a part of a test that sees only its own events.
func sub(m *mixed, name string, test func(m *mixed)) {
	m.Helper()
	m.Run(name, func(t *testing.T) {
		inner := m.on(t)
		inner.begin()
		test(inner)
	})
}

// otherProfile demands the same under another name.
func otherProfile() fapi.Profile {
	p := fapi.FAPI2Security()
	p.Name = "other"
	return p
}

// begin forgets what was seen so far.
func (m *mixed) begin() {
	m.events.mu.Lock()
	m.events.all = nil
	m.events.mu.Unlock()
	m.spy.reset()
}

// refused says that the profiled lane refused, and the legacy lane was never asked.
func (m *mixed) refused(a *fapitest.Answer, status int, code, id string) {
	m.Helper()
	assert.Equal(m, status, a.Status, string(a.Body))
	assert.Equal(m, code, a.Text("error"), string(a.Body))
	assert.Equal(m, id, m.events.last())
	assert.Empty(m, m.spy.seen())
}

// ignored says that the legacy lane answered by itself: the profiled one had nothing to decide.
func (m *mixed) ignored(a *fapitest.Answer, status int, code string) {
	m.Helper()
	assert.Equal(m, status, a.Status, string(a.Body))
	assert.Equal(m, code, a.Text("error"), string(a.Body))
	assert.Empty(m, m.events.last())
	assert.NotEmpty(m, m.spy.seen())
}

// good asserts an answer that is no error.
func (m *mixed) good(a *fapitest.Answer, err error) *fapitest.Answer {
	m.Helper()
	require.NoError(m, err)
	require.Less(m, a.Status, http.StatusBadRequest, string(a.Body))
	require.NotContains(m, a.Header.Get("Location"), "error=")
	return a
}

// active asks the token's own client what it is.
func (m *mixed) active(c *fapitest.Client, token string) bool {
	m.Helper()
	a := m.good(c.Introspect(m.Context(), token))
	return a.JSON["active"] == true
}

// activeForWeb asks the legacy lane.
func (m *mixed) activeForWeb(token string) bool {
	m.Helper()
	a := m.good(m.legacy.post("/introspect", url.Values{"token": {token}}, asWeb), nil)
	return a.JSON["active"] == true
}

// A selection is a selector that tests change while it is in use.
type selection struct {
	mu    sync.Mutex
	names map[string]string
	err   error
}

func (s *selection) of(ctx context.Context, client fosite.Client) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return "", s.err
	}
	if name, ok := s.names[client.GetID()]; ok {
		return name, nil
	}
	return byRegistration(ctx, client)
}

// move puts a client under another name.
func (s *selection) move(id, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.names == nil {
		s.names = map[string]string{}
	}
	s.names[id] = name
}

func (s *selection) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = err
}

// mend makes the selection what it was.
func (s *selection) mend() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.names, s.err = nil, nil
}

// A spy is a handler of every kind for the legacy lane, and its client authentication: it records that it was asked,
// and leaves the rest to others.
type spy struct {
	mu    sync.Mutex
	calls []string
}

func (s *spy) factory(fosite.Configurator, any, any) any { return s }

// watch sees the authentication that happens before any handler is asked.
func (s *spy) watch(config *fosite.Config, store fosite.Storage) {
	config.ClientSecretsHasher = spyHasher{spy: s}
	plainConfig := legacyConfig()
	plainConfig.ClientSecretsHasher = spyHasher{spy: s}
	plain := &fosite.Fosite{Store: store, Config: plainConfig}
	config.ClientAuthenticationStrategy = func(ctx context.Context, r *http.Request, form url.Values) (fosite.Client, error) {
		s.record("ClientAuthenticationStrategy")
		return plain.DefaultClientAuthenticationStrategy(ctx, r, form)
	}
}

func (s *spy) record(call string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, call)
}

func (s *spy) seen() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

func (s *spy) reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = nil
}

type spyHasher struct {
	oneSecret
	spy *spy
}

func (h spyHasher) Compare(ctx context.Context, hash, data []byte) error {
	h.spy.record("Compare")
	return h.oneSecret.Compare(ctx, hash, data)
}

func (s *spy) HandleAuthorizeEndpointRequest(context.Context, fosite.AuthorizeRequester, fosite.AuthorizeResponder) error {
	s.record("HandleAuthorizeEndpointRequest")
	return nil
}

func (s *spy) HandlePushedAuthorizeEndpointRequest(context.Context, fosite.AuthorizeRequester, fosite.PushedAuthorizeResponder) error {
	s.record("HandlePushedAuthorizeEndpointRequest")
	return nil
}

func (s *spy) CanSkipClientAuth(context.Context, fosite.AccessRequester) bool { return false }

func (s *spy) CanHandleTokenEndpointRequest(context.Context, fosite.AccessRequester) bool {
	s.record("CanHandleTokenEndpointRequest")
	return false
}

func (s *spy) HandleTokenEndpointRequest(context.Context, fosite.AccessRequester) error {
	return fosite.ErrUnknownRequest
}

func (s *spy) PopulateTokenEndpointResponse(context.Context, fosite.AccessRequester, fosite.AccessResponder) error {
	return fosite.ErrUnknownRequest
}

func (s *spy) IntrospectToken(context.Context, string, fosite.TokenUse, fosite.AccessRequester, []string) (fosite.TokenUse, error) {
	s.record("IntrospectToken")
	return "", fosite.ErrUnknownRequest
}

func (s *spy) RevokeToken(context.Context, string, fosite.TokenType, fosite.Client) error {
	s.record("RevokeToken")
	return fosite.ErrUnknownRequest
}

// A readyRequest is one that succeeds as it stands, at one endpoint, with something of its client's in it.
type readyRequest struct {
	path string
	form url.Values
}

var endpointNames = []string{"par", "token", "introspect", "revoke"}

// profiledRequest makes the request of client b; only its authentication is missing.
func (m *mixed) profiledRequest(endpoint string) readyRequest {
	m.Helper()
	verifier := fapitest.Verifier()
	switch endpoint {
	case "par":
		return readyRequest{"/par", m.b.Request(verifier, "openid accounts")}
	case "token":
		return readyRequest{"/token", url.Values{
			"grant_type": {"authorization_code"}, "code": {m.code(m.b, verifier, "openid accounts")},
			"redirect_uri": {m.b.RedirectURI}, "code_verifier": {verifier},
		}}
	default:
		return readyRequest{"/" + endpoint, url.Values{"token": {m.tokens(m.b, "accounts").Text("access_token")}}}
	}
}

// legacyRequest makes the request of "web"; only its authentication is missing.
func (m *mixed) legacyRequest(endpoint string) readyRequest {
	m.Helper()
	switch endpoint {
	case "par":
		return readyRequest{"/par", authorization("web", "code", "openid")}
	case "token":
		return readyRequest{"/token", redemption(m.legacy.code(authorization("web", "code", "offline")))}
	default:
		return readyRequest{"/" + endpoint, url.Values{"token": {m.legacy.tokens("offline").Text("access_token")}}}
	}
}

// legacyAuthorization is what a profiled client would ask for if it were a legacy one.
func legacyAuthorization(c *fapitest.Client) url.Values {
	return url.Values{
		"client_id": {c.ID}, "response_type": {"code"}, "scope": {"accounts"}, "redirect_uri": {c.RedirectURI}, "state": {legacyState},
		"code_challenge": {pkce.S256(legacyVerifier)}, "code_challenge_method": {"S256"},
	}
}
