package fapi_test

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ory/fosite"
	"github.com/ory/fosite/compose"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/clientcert"
	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/introspection"
	"github.com/fosite-fapi/fosite-fapi/keys"
	"github.com/fosite-fapi/fosite-fapi/metadata"
	"github.com/fosite-fapi/fosite-fapi/registration"
	"github.com/fosite-fapi/fosite-fapi/replay"
)

// A fault is a host of which one function panics, at one of its calls.
type fault struct {
	*bench
	what  string // the function
	calls atomic.Int64
	at    atomic.Int64 // the call that panics; 0 is none
	cause any
}

// maybe is the first that every function of the host does.
func (f *fault) maybe(what string) {
	if what == f.what && f.calls.Add(1) == f.at.Load() {
		panic(f.cause)
	}
}

// A faultySession is the host's. It is stored as the one in it.
type faultySession struct {
	*fapi.Session
	fault *fault
}

func (s *faultySession) GetSubject() string {
	s.fault.maybe("session")
	return s.Session.GetSubject()
}

func (s *faultySession) SetExpiresAt(key fosite.TokenType, at time.Time) {
	s.fault.maybe("session")
	s.Session.SetExpiresAt(key, at)
}

// A faultyOnce keeps what may be used once.
type faultyOnce struct {
	*replay.Memory
	fault *fault
}

func (o *faultyOnce) UseOnce(ctx context.Context, namespace, id string, expires time.Time) (bool, error) {
	o.fault.maybe("single use")
	return o.Memory.UseOnce(ctx, namespace, id, expires)
}

func (o *faultyOnce) Used(ctx context.Context, namespace, id string) (bool, error) {
	o.fault.maybe("single use")
	return o.Memory.Used(ctx, namespace, id)
}

// newFault is a host whose functions all can panic.
func newFault(t *testing.T, what string, cause any) *fault {
	t.Helper()
	f := &fault{bench: newBench(t, "json"), what: what, cause: cause}
	json, ok := f.store.(*fapitest.JSONStore)
	require.True(t, ok)
	json.Fail = func(op string) error {
		f.maybe("store")
		f.maybe("store: " + op)
		return nil
	}
	f.store = &fapitest.TransactionalStore{JSONStore: json}
	set, err := keys.New(keys.Key{Signer: testEC()}, keys.Key{Signer: testRSA()})
	require.NoError(t, err)
	config := hostConfig()
	f.provider, err = fapi.Compose(config, f.store, compose.NewOAuth2HMACStrategy(config), append(f.observed(),
		fapi.WithFactories(fewFactories...), fapi.WithTrustAnchors(f.pki.Pool()),
		fapi.WithProfiles(func(context.Context, fosite.Client) (string, error) {
			f.maybe("Selector")
			return "fapi2-security", nil
		}, fapi.FAPI2Security()),
		fapi.WithKeySource(func(context.Context) (*keys.Set, error) {
			f.maybe("key source")
			return set, nil
		}),
		fapi.WithClientMetadata(func(_ context.Context, c fosite.Client) (*registration.Metadata, error) {
			f.maybe("client metadata")
			return c.(*registration.Client).RegistrationMetadata(), nil
		}),
		fapi.WithClientCertificates(func(r *http.Request) ([]*x509.Certificate, error) {
			f.maybe("certificates")
			return clientcert.FromTLS(r)
		}),
		fapi.WithSingleUse(&faultyOnce{replay.NewMemory(0), f}),
		fapi.WithIDTokenClaims(func(context.Context, fosite.Client, fosite.Session, []string, *fapi.ClaimsRequest) (map[string]any, error) {
			f.maybe("IDTokenClaimer")
			return nil, nil //nolint:nilnil // nothing to add
		}),
		fapi.WithIntrospectors(func(context.Context, fosite.Client, fosite.AccessRequester) bool {
			f.maybe("introspectors")
			return true
		}),
		fapi.WithIntrospectionView(func(context.Context, fosite.Client, fosite.AccessRequester, *introspection.Response) error {
			f.maybe("IntrospectionView")
			return nil
		}),
	)...)
	require.NoError(t, err)
	h := &fapi.Handlers{
		Provider: f.provider,
		Interaction: fapi.InteractionFunc(func(rw http.ResponseWriter, r *http.Request, ar fosite.AuthorizeRequester) (*fapi.Decision, error) {
			f.maybe("Interaction")
			decision, err := f.interact(rw, r, ar)
			if err == nil && decision.Session != nil {
				decision.Session = &faultySession{fapi.NewSession(f.subject), f}
			}
			return decision, err
		}),
		NewSession: func(context.Context) fosite.Session {
			f.maybe("NewSession")
			return fapi.NewSession("")
		},
		Describe: func(context.Context, *metadata.Document) { f.maybe("Describe") },
	}
	mux, err := h.Mux(t.Context())
	require.NoError(t, err)
	f.handler = f.events.emitted.harvest(mux)
	f.connect(f.a, &f.certA)
	f.connect(f.b, &f.certB)
	return f
}

// Whatever function of the host panics, at whichever of its calls in a flow: the request is refused as the server's fault,
// under an ID that says so, and the next flow is none the worse.
func TestHostPanics(t *testing.T) {
	t.Parallel()
	for _, what := range []string{
		"Selector", "key source", "client metadata", "certificates", "single use", "IDTokenClaimer", "introspectors", "IntrospectionView",
		"Interaction", "NewSession", "session", "store",
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			f := newFault(t, what, "the host's own text")
			f.calls.Store(0)
			require.Equal(t, []string{"ok"}, f.everything(t))
			calls := f.calls.Load()
			require.NotZero(t, calls, "a flow never calls it")
			for call := int64(1); call <= calls; call++ {
				f.calls.Store(0)
				f.at.Store(call)
				id := f.everything(t)
				f.at.Store(0)
				assert.Equal(t, []string{"FAPI-HOST"}, id, "call %d", call)
				event := f.events.newest()
				assert.Equal(t, "server_error", event.Code, "call %d", call)
				assert.Contains(t, event.Reason, "made a panic: the host's own text")
				if what != "NewSession" && what != "Selector" && what != "client metadata" && what != "store" {
					assert.Equal(t, "client-a", event.Client, "call %d, of which the client was known", call)
				}
			}
			assert.Equal(t, []string{"ok"}, f.everything(t))
		})
	}
}

// What http.ErrAbortHandler asks for is done: the handler ends, and nothing is decided.
func TestHostAborts(t *testing.T) {
	t.Parallel()
	f := newFault(t, "Interaction", http.ErrAbortHandler)
	pushed := f.push(f.a, f.a.Request(verifier, usualScope))
	events := len(f.events.all)
	f.calls.Store(0)
	f.at.Store(1)
	assert.PanicsWithValue(t, http.ErrAbortHandler, func() { f.visit(f.a, pushed.Text("request_uri")) })
	assert.Len(t, f.events.all, events, "nothing was decided")
	a := f.visit(f.a, pushed.Text("request_uri"))
	assert.NotEmpty(t, a.Location().Query().Get("code"), "the request is as good as before")
}

// A panic in the course of an answer cuts it off, rather than let it pass for a whole one; the request is undecided.
func TestHostPanicsInTheMiddleOfAPage(t *testing.T) {
	t.Parallel()
	for name, begin := range map[string]func(http.ResponseWriter){
		"after the status":  func(rw http.ResponseWriter) { rw.WriteHeader(http.StatusOK) },
		"after a part":      func(rw http.ResponseWriter) { _, _ = io.WriteString(rw, "<p>Please") },
		"after a flush":     func(rw http.ResponseWriter) { rw.(http.Flusher).Flush() },
		"after a flush too": func(rw http.ResponseWriter) { _ = http.NewResponseController(rw).Flush() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, "json")
			broken := true
			h := &fapi.Handlers{Provider: b.provider, Interaction: fapi.InteractionFunc(
				func(rw http.ResponseWriter, r *http.Request, ar fosite.AuthorizeRequester) (*fapi.Decision, error) {
					if broken {
						begin(rw)
						panic("the host's own text")
					}
					return b.interact(rw, r, ar)
				})}
			mux, err := h.Mux(t.Context())
			require.NoError(t, err)
			b.handler = mux
			pushed := b.push(b.a, b.a.Request(verifier, usualScope))
			assert.PanicsWithValue(t, http.ErrAbortHandler, func() { b.visit(b.a, pushed.Text("request_uri")) })
			assert.Equal(t, "FAPI-HOST", b.events.last())
			broken = false
			assert.NotEmpty(t, b.visit(b.a, pushed.Text("request_uri")).Location().Query().Get("code"))
		})
	}
}

// Before the answer the panic of an interaction is an error of it: the client is told, and the request is decided.
func TestHostPanicsBeforeThePage(t *testing.T) {
	t.Parallel()
	f := newFault(t, "Interaction", "the host's own text")
	pushed := f.push(f.a, f.a.Request(verifier, usualScope))
	f.calls.Store(0)
	f.at.Store(1)
	a := f.visit(f.a, pushed.Text("request_uri"))
	require.Equal(t, http.StatusSeeOther, a.Status, string(a.Body))
	assert.Equal(t, "server_error", a.Location().Query().Get("error"))
	assert.NotContains(t, a.Location().String(), "own")
	assert.Equal(t, http.StatusBadRequest, f.visit(f.a, pushed.Text("request_uri")).Status, "it was decided")
}

// Tokens that were half stored when the store panicked are none: the transaction ends, by a rollback.
func TestHostPanicsInATransaction(t *testing.T) {
	t.Parallel()
	for _, op := range []string{"CreateAccessTokenSession", "CreateRefreshTokenSession", "InvalidateAuthorizeCodeSession", "Commit"} {
		t.Run(op, func(t *testing.T) {
			t.Parallel()
			f := newFault(t, "store: "+op, "the host's own text")
			var stored []string
			f.store.(*fapitest.TransactionalStore).Fail = func(name string) error {
				stored = append(stored, name)
				f.maybe("store: " + name)
				return nil
			}
			code := f.code(f.a, verifier, usualScope)
			stored = nil
			f.calls.Store(0)
			f.at.Store(1)
			a := f.got(f.a.Redeem(t.Context(), code, verifier))
			assert.Equal(t, http.StatusInternalServerError, a.Status)
			assert.Equal(t, "server_error", a.Text("error"))
			assert.Equal(t, "FAPI-HOST", f.events.last())
			assert.Equal(t, []string{op, "Rollback"}, stored[len(stored)-2:])
		})
	}
}

// A host that asks a provider about tokens by itself is told of a panic by an error.
func TestHostPanicsBesideTheEndpoints(t *testing.T) {
	t.Parallel()
	f := newFault(t, "store", "the host's own text")
	token := f.tokens(f.a, "accounts").Text("access_token")
	for name, ask := range map[string]func(context.Context) error{
		"IntrospectToken": func(ctx context.Context) error {
			_, _, err := f.provider.IntrospectToken(ctx, token, fosite.AccessToken, fapi.NewSession(""))
			return err
		},
		"TokenInfo": func(ctx context.Context) error {
			_, err := f.provider.TokenInfo(ctx, token, fapi.NewSession(""))
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			f.calls.Store(0)
			f.at.Store(1)
			var refusal *fapi.Refusal
			require.ErrorAs(t, ask(t.Context()), &refusal)
			assert.Equal(t, "FAPI-HOST", refusal.ID)
			assert.Equal(t, "server_error", refusal.Code())
			assert.Equal(t, "FAPI-HOST", f.events.last())
		})
	}
}

// What is published is published whole, or not at all.
func TestHostPanicsInWhatIsPublished(t *testing.T) {
	t.Parallel()
	for what, path := range map[string][]string{
		"Describe": {"/.well-known/oauth-authorization-server"}, "key source": {"/.well-known/openid-configuration", "/jwks"},
	} {
		f := newFault(t, what, "the host's own text")
		get := func(path string) *fapitest.Answer {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, issuer+path, nil)
			require.NoError(t, err)
			return f.got(fapitest.Do(fapitest.HTTP(f.handler, nil), req))
		}
		for _, path := range path {
			require.Equal(t, http.StatusOK, get(path).Status)
			f.calls.Store(0)
			f.at.Store(1)
			a := get(path)
			assert.Equal(t, http.StatusInternalServerError, a.Status)
			assert.NotContains(t, string(a.Body), "own")
			assert.Equal(t, "FAPI-HOST", f.events.last())
			require.Equal(t, http.StatusOK, get(path).Status)
		}
	}
}

// An error of the host that is a nil pointer is looked at with care.
func TestHostErrorsThatAreNil(t *testing.T) {
	t.Parallel()
	b := newBench(t, "json")
	config := hostConfig()
	set, err := keys.New(keys.Key{Signer: testEC()})
	require.NoError(t, err)
	b.provider, err = fapi.Compose(config, b.store, compose.NewOAuth2HMACStrategy(config), append(b.observed(), fapi.WithKeys(set), fapi.WithProfiles(
		func(context.Context, fosite.Client) (string, error) { var none *fosite.RFC6749Error; return "", none }, fapi.FAPI2Security(), fapi.FAPI1Advanced(),
	))...)
	require.NoError(t, err)
	b.mount()
	b.connect(b.a, &b.certA)
	a := b.push(b.a, b.usualRequest())
	assert.Equal(t, http.StatusInternalServerError, a.Status)
	assert.Equal(t, "FAPI-HOST", b.events.last())

	b = newBench(t, "json")
	b.deny = (*fosite.RFC6749Error)(nil)
	a = b.authorize(b.a, b.usualRequest())
	assert.Equal(t, "server_error", a.Location().Query().Get("error"))
	assert.Equal(t, "FAPI-HOST", b.events.last())
}

// The legacy lane is fosite and the host: what panics there is net/http's, as it was. Only the interaction of our own
// handlers is told to the client as an error that it knows.
func TestHostPanicsOfLegacyClients(t *testing.T) {
	t.Parallel()
	client := &fosite.DefaultClient{ID: "web", RedirectURIs: []string{webCallback}, ResponseTypes: []string{"code"}, GrantTypes: []string{"authorization_code"}, Scopes: []string{"photos"}}
	store := stores["json"](client)
	var told []string
	provider, err := composed(hostConfig(), store, fapi.WithFactories(fewFactories...), fapi.WithProfiles(byRegistration, fapi.FAPI2Security()),
		fapi.WithAudit(fapi.AuditFunc(func(_ context.Context, e fapi.Event) error {
			told = append(told, e.ID)
			return errors.New("there is no profile")
		})))
	require.NoError(t, err)
	broken := true
	h := &fapi.Handlers{Provider: provider, Interaction: fapi.InteractionFunc(
		func(http.ResponseWriter, *http.Request, fosite.AuthorizeRequester) (*fapi.Decision, error) {
			if broken {
				panic("the host's own text")
			}
			return &fapi.Decision{Session: fapi.NewSession("alice"), Scopes: []string{"photos"}}, nil
		})}
	query := url.Values{"client_id": {"web"}, "response_type": {"code"}, "scope": {"photos"}, "state": {"a-long-state"}, "redirect_uri": {webCallback}}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, issuer+"/authorize?"+query.Encode(), nil)
	require.NoError(t, err)
	a, err := fapitest.Do(fapitest.HTTP(h.Authorize(), nil), req)
	require.NoError(t, err)
	require.Equal(t, http.StatusSeeOther, a.Status, string(a.Body))
	assert.Equal(t, "server_error", a.Location().Query().Get("error"))
	assert.NotContains(t, a.Location().String(), "own")
	assert.Empty(t, told, "no decision about a profiled client")

	broken = false
	store.(*fapitest.JSONStore).Fail = func(op string) error {
		if op == "CreateAuthorizeCodeSession" {
			panic(op)
		}
		return nil
	}
	assert.PanicsWithValue(t, "CreateAuthorizeCodeSession", func() { _, _ = fapitest.Do(fapitest.HTTP(h.Authorize(), nil), req) })
}
