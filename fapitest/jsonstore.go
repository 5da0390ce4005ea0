package fapitest

import (
	"context"
	"sync"
	"time"

	"github.com/ory/fosite"
	"github.com/ory/fosite/handler/oauth2"
	"github.com/ory/fosite/handler/openid"
	"github.com/ory/fosite/handler/rfc7523"
)

var (
	_ Store                                               = (*JSONStore)(nil)
	_ oauth2.ResourceOwnerPasswordCredentialsGrantStorage = (*JSONStore)(nil)
	_ rfc7523.RFC7523KeyStorage                           = (*JSONStore)(nil)
)

// A JSONStore is a storage for fosite that behaves as a database does: it serialises a request and its session on
// every write, hydrates them anew on every read, and loads the client by its ID. Code that works on it does not
// depend on shared pointers, which fosite's own MemoryStore hands out.
//
// It is deliberately naive where fosite's contract allows it. Invalidating a code is no compare-and-swap, for
// instance, so two redemptions at once both succeed. Only [JSONStore.SetClientAssertionJWT] is atomic.
//
// The zero value is an empty store. Set the fields before its first use. Methods may be called concurrently; each
// costs the same however much is stored.
type JSONStore struct {
	// NewSession makes the session to hydrate where fosite gives none: in GetPARSession always, elsewhere when the
	// session is nil. Nil means openid.NewDefaultSession.
	NewSession func() fosite.Session

	// Fail is called before each operation with the name of its method ("GetClient", "BeginTX"). Its error is the
	// operation's, which then does nothing; a Fail that waits delays it. No lock is held meanwhile, and calls may be
	// concurrent. Nil means never.
	Fail func(op string) error

	// Now tells when a jti has expired. Nil means time.Now.
	Now func() time.Time

	mu      sync.RWMutex
	clients map[string]fosite.Client
	users   map[string]string
	issued  map[issuerKeyID]issuerKey

	registered map[string][]byte // registration.Record, by client_id

	codes   table[codeRow]
	pkces   table[[]byte]
	openids table[[]byte]
	pushed  table[[]byte]

	access            table[tokenRow]
	refresh           table[tokenRow]
	accessOfRequest   index
	refreshOfRequest  index
	assertions        table[time.Time]
	assertionsSweepAt int
}

// NewJSONStore returns a store that knows these clients.
func NewJSONStore(clients ...fosite.Client) *JSONStore {
	s := &JSONStore{}
	for _, client := range clients {
		s.PutClient(client)
	}
	return s
}

// PutClient registers the client, in place of an earlier one with its ID. The store keeps the value it is given, and
// returns it: a change to it is seen by the next reader.
func (s *JSONStore) PutClient(client fosite.Client) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.clients == nil {
		s.clients = make(map[string]fosite.Client)
	}
	s.clients[client.GetID()] = client
}

// DeleteClient forgets the client. Requests stored for it are not found any more.
func (s *JSONStore) DeleteClient(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.clients, id)
}

// GetClient returns the client with this ID, else fosite.ErrNotFound.
func (s *JSONStore) GetClient(ctx context.Context, id string) (fosite.Client, error) {
	if err := s.enter(ctx, "GetClient"); err != nil {
		return nil, err
	}
	return s.client(id)
}

func (s *JSONStore) client(id string) (fosite.Client, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if client, ok := s.clients[id]; ok {
		return client, nil
	}
	if r, err := s.registration(id); err == nil {
		return r, nil
	}
	return nil, fosite.ErrNotFound
}

// enter refuses an operation as a database would: when its caller has gone, or when a test says so.
func (s *JSONStore) enter(ctx context.Context, op string) error {
	if s.Fail != nil {
		if err := s.Fail(op); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func (s *JSONStore) newSession() fosite.Session {
	if s.NewSession == nil {
		return openid.NewDefaultSession()
	}
	return s.NewSession()
}

func (s *JSONStore) now() time.Time {
	if s.Now == nil {
		return time.Now()
	}
	return s.Now()
}
