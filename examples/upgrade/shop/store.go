package shop

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/ory/fosite"
)

// A Store keeps clients, grants and tokens in the files of a folder, for one process. What has expired stays there until
// somebody sweeps it away.
type Store struct {
	root                                                        *os.Root
	clients, codes, pkce, openid, access, refresh, pars, nonces table
	mu                                                          sync.Mutex // of what is read and written in one step
}

// OpenStore makes the folder where it is missing.
func OpenStore(dir string) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	s := &Store{root: root}
	for name, t := range map[string]*table{
		"clients": &s.clients, "codes": &s.codes, "pkce": &s.pkce, "openid": &s.openid,
		"access": &s.access, "refresh": &s.refresh, "pars": &s.pars, "nonces": &s.nonces, "grants": {},
	} {
		*t = table{root, name}
		if err := root.MkdirAll(name, 0o700); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// Close ends the use of the folder.
func (s *Store) Close() error { return s.root.Close() }

// PutClient registers a client, in place of an earlier one of its ID.
func (s *Store) PutClient(c *Client) error {
	if err := c.Validate(); err != nil {
		return err
	}
	return s.clients.put(c.ID, c)
}

// PutClients registers those of a JSON array.
func (s *Store) PutClients(raw []byte) error {
	var all []*Client
	if err := json.Unmarshal(raw, &all); err != nil {
		return fmt.Errorf("shop: the clients: %w", err)
	}
	for _, c := range all {
		if err := s.PutClient(c); err != nil {
			return err
		}
	}
	return nil
}

// GetClient implements fosite.ClientManager.
func (s *Store) GetClient(_ context.Context, id string) (fosite.Client, error) {
	c := &Client{}
	if err := s.clients.get(id, c); err != nil {
		return nil, err
	}
	return c, nil
}

// ClientAssertionJWTValid implements fosite.ClientManager.
func (s *Store) ClientAssertionJWTValid(_ context.Context, jti string) error {
	var until time.Time
	switch err := s.nonces.get(jti, &until); {
	case err == fosite.ErrNotFound: //nolint:errorlint // what get returns
		return nil
	case err != nil:
		return err
	case time.Now().Before(until):
		return fosite.ErrJTIKnown
	}
	return nil
}

// SetClientAssertionJWT implements fosite.ClientManager. Of several calls at once one succeeds.
func (s *Store) SetClientAssertionJWT(ctx context.Context, jti string, until time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.ClientAssertionJWTValid(ctx, jti); err != nil {
		return err
	}
	return s.nonces.put(jti, until)
}
