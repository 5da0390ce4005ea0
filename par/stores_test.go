package par_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ory/fosite"
	"github.com/ory/fosite/handler/openid"
	"github.com/ory/fosite/storage"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/par"
)

var errBroken = errors.New("broken")

// A jsonStore writes JSON and hydrates on each read, as a database does: clients are loaded by their
// identifier, and the session comes back as a type of the host's own.
type jsonStore struct {
	clients map[string]fosite.Client

	mu   sync.Mutex
	rows map[string][]byte
}

type row struct {
	ID, Client, State, Redirect string
	Mode, DefaultMode           fosite.ResponseModeType
	Types, Scopes, Audience     fosite.Arguments
	RequestedAt                 time.Time
	Form                        url.Values
	Session                     json.RawMessage
}

func (s *jsonStore) CreatePARSession(_ context.Context, uri string, ar fosite.AuthorizeRequester) error {
	session, err := json.Marshal(ar.GetSession())
	if err != nil {
		return err
	}
	text, err := json.Marshal(row{
		ID: ar.GetID(), Client: ar.GetClient().GetID(), State: ar.GetState(), Redirect: ar.GetRedirectURI().String(),
		Mode: ar.GetResponseMode(), DefaultMode: ar.GetDefaultResponseMode(),
		Types: ar.GetResponseTypes(), Scopes: ar.GetRequestedScopes(), Audience: ar.GetRequestedAudience(),
		RequestedAt: ar.GetRequestedAt(), Form: ar.GetRequestForm(), Session: session,
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rows[uri] = text
	return err
}

func (s *jsonStore) GetPARSession(_ context.Context, uri string) (fosite.AuthorizeRequester, error) {
	s.mu.Lock()
	text, ok := s.rows[uri]
	s.mu.Unlock()
	if !ok {
		return nil, fosite.ErrNotFound
	}
	var r row
	if err := json.Unmarshal(text, &r); err != nil {
		return nil, err
	}
	redirect, err := url.Parse(r.Redirect)
	if err != nil {
		return nil, err
	}
	session := new(openid.DefaultSession)
	if err := json.Unmarshal(r.Session, session); err != nil {
		return nil, err
	}
	return &fosite.AuthorizeRequest{
		ResponseTypes: r.Types, RedirectURI: redirect, State: r.State, ResponseMode: r.Mode, DefaultResponseMode: r.DefaultMode,
		Request: fosite.Request{
			ID: r.ID, RequestedAt: r.RequestedAt, Client: s.clients[r.Client],
			RequestedScope: r.Scopes, RequestedAudience: r.Audience, Form: r.Form, Session: session,
		},
	}, nil
}

func (s *jsonStore) DeletePARSession(_ context.Context, uri string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.rows, uri)
	return nil
}

// A hook lets a test look at, or break, what a store does.
type hook struct {
	fosite.PARStorage
	calls            atomic.Int32
	onCreate         func(fosite.AuthorizeRequester) (fosite.AuthorizeRequester, error)
	onGet            func(fosite.AuthorizeRequester) (fosite.AuthorizeRequester, error)
	onDelete         error
	lastKey, deleted string
}

func (h *hook) CreatePARSession(ctx context.Context, uri string, ar fosite.AuthorizeRequester) (err error) {
	h.calls.Add(1)
	h.lastKey = uri
	if h.onCreate != nil {
		if ar, err = h.onCreate(ar); err != nil {
			return err
		}
	}
	return h.PARStorage.CreatePARSession(ctx, uri, ar)
}

func (h *hook) GetPARSession(ctx context.Context, uri string) (fosite.AuthorizeRequester, error) {
	h.calls.Add(1)
	ar, err := h.PARStorage.GetPARSession(ctx, uri)
	if err == nil && h.onGet != nil {
		return h.onGet(ar)
	}
	return ar, err
}

func (h *hook) DeletePARSession(ctx context.Context, uri string) error {
	h.calls.Add(1)
	h.deleted = uri
	if h.onDelete != nil {
		return h.onDelete
	}
	return h.PARStorage.DeletePARSession(ctx, uri)
}

// singleUse is the smallest correct implementation.
type singleUse struct {
	now    func() time.Time
	broken atomic.Pointer[string] // the namespace that fails

	mu   sync.Mutex
	used map[[2]string]time.Time
}

func (s *singleUse) UseOnce(_ context.Context, namespace, id string, expires time.Time) (bool, error) {
	if b := s.broken.Load(); b != nil && *b == namespace {
		return false, errBroken
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	k := [2]string{namespace, id}
	if s.used[k].After(s.now()) {
		return false, nil
	}
	s.used[k] = expires
	return true, nil
}

func (s *singleUse) Used(_ context.Context, namespace, id string) (bool, error) {
	if b := s.broken.Load(); b != nil && *b == namespace {
		return false, errBroken
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.used[[2]string{namespace, id}].After(s.now()), nil
}

func (s *singleUse) marks() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.used)
}

type clock struct{ t atomic.Int64 }

func (c *clock) now() time.Time          { return time.Unix(0, c.t.Load()) }
func (c *clock) advance(d time.Duration) { c.t.Add(int64(d)) }

// A world is a Requests with everything around it.
type world struct {
	*par.Requests
	clock     *clock
	singleUse *singleUse
	store     *hook
	client    fosite.Client
}

func newWorld(store fosite.PARStorage) *world {
	c := new(clock)
	c.t.Store(time.Date(2025, 1, 2, 3, 4, 5, 678_901_234, time.UTC).UnixNano())
	single := &singleUse{now: c.now, used: map[[2]string]time.Time{}}
	h := &hook{PARStorage: store}
	return &world{
		Requests: &par.Requests{Storage: h, SingleUse: single, Now: c.now},
		clock:    c, singleUse: single, store: h, client: client("client"),
	}
}

func client(id string) fosite.Client {
	return &fosite.DefaultClient{ID: id, RedirectURIs: []string{redirect}, ResponseTypes: []string{"code"}, Scopes: []string{"openid"}}
}

// onEveryStore runs a test on fosite's store, which keeps pointers, and on one that serialises.
func onEveryStore(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	t.Parallel()
	t.Run("memory", func(t *testing.T) {
		t.Parallel()
		test(t, newWorld(storage.NewMemoryStore()))
	})
	t.Run("json", func(t *testing.T) {
		t.Parallel()
		clients := map[string]fosite.Client{"client": client("client"), "other": client("other")}
		test(t, newWorld(&jsonStore{clients: clients, rows: map[string][]byte{}}))
	})
}

const redirect = "https://client.example.org/cb?keep=1"

func (w *world) request() *fosite.AuthorizeRequest {
	u, _ := url.Parse(redirect)
	ar := fosite.NewAuthorizeRequest()
	ar.Client = w.client
	ar.RedirectURI = u
	ar.ResponseTypes = fosite.Arguments{"code"}
	ar.State = "af0ifjsldkj"
	ar.ResponseMode, ar.DefaultResponseMode = fosite.ResponseModeQuery, fosite.ResponseModeQuery
	ar.RequestedScope = fosite.Arguments{"openid", "accounts"}
	ar.RequestedAudience = fosite.Arguments{"https://rs.example.com"}
	ar.Form = url.Values{"client_id": {w.client.GetID()}, "redirect_uri": {redirect}, "scope": {"openid accounts"}, "state": {"af0ifjsldkj"}}
	return ar
}

func (w *world) push(t testing.TB) string {
	t.Helper()
	uri, _, err := w.Push(context.Background(), w.request())
	require.NoError(t, err)
	return uri
}

func (w *world) load(uri string) error {
	_, err := w.Load(context.Background(), uri, "client")
	return err
}

func (w *world) spend(uri string) error { return w.Spend(context.Background(), uri) }
