package fapitest

import (
	"context"

	"github.com/ory/fosite"
)

type codeRow struct {
	request []byte
	used    bool
}

// CreateAuthorizeCodeSession stores the request under the code's signature.
func (s *JSONStore) CreateAuthorizeCodeSession(ctx context.Context, code string, request fosite.Requester) error {
	if err := s.enter(ctx, "CreateAuthorizeCodeSession"); err != nil {
		return err
	}
	raw, err := encode(request)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.codes.put(transactionOf(ctx), code, codeRow{request: raw})
	return nil
}

// GetAuthorizeCodeSession hydrates the request and the session. For a code that was invalidated the request comes
// with fosite.ErrInvalidatedAuthorizeCode; for an unknown one the error is fosite.ErrNotFound.
func (s *JSONStore) GetAuthorizeCodeSession(ctx context.Context, code string, session fosite.Session) (fosite.Requester, error) {
	if err := s.enter(ctx, "GetAuthorizeCodeSession"); err != nil {
		return nil, err
	}
	row, err := lookup(s, &s.codes, code)
	if err != nil {
		return nil, err
	}
	request, err := s.decode(row.request, session)
	if err != nil {
		return nil, err
	}
	if row.used {
		return request, fosite.ErrInvalidatedAuthorizeCode
	}
	return request, nil
}

// InvalidateAuthorizeCodeSession marks the code as used, whether it was or not. An unknown one is fosite.ErrNotFound.
func (s *JSONStore) InvalidateAuthorizeCodeSession(ctx context.Context, code string) error {
	if err := s.enter(ctx, "InvalidateAuthorizeCodeSession"); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	row, ok := s.codes.get(code)
	if !ok {
		return fosite.ErrNotFound
	}
	row.used = true
	s.codes.put(transactionOf(ctx), code, row)
	return nil
}

// CreatePKCERequestSession stores the request under the code's signature.
func (s *JSONStore) CreatePKCERequestSession(ctx context.Context, code string, request fosite.Requester) error {
	return s.create(ctx, "CreatePKCERequestSession", &s.pkces, code, request)
}

// GetPKCERequestSession hydrates the request and the session, else returns fosite.ErrNotFound.
func (s *JSONStore) GetPKCERequestSession(ctx context.Context, code string, session fosite.Session) (fosite.Requester, error) {
	return s.load(ctx, "GetPKCERequestSession", &s.pkces, code, session)
}

// DeletePKCERequestSession deletes the request, if it is there.
func (s *JSONStore) DeletePKCERequestSession(ctx context.Context, code string) error {
	return s.drop(ctx, "DeletePKCERequestSession", &s.pkces, code)
}

// CreateOpenIDConnectSession stores the request under the code.
func (s *JSONStore) CreateOpenIDConnectSession(ctx context.Context, code string, request fosite.Requester) error {
	return s.create(ctx, "CreateOpenIDConnectSession", &s.openids, code, request)
}

// GetOpenIDConnectSession hydrates the request, and its session into the requester's. It returns fosite.ErrNotFound
// when there is none. A nil requester counts as one without a session.
func (s *JSONStore) GetOpenIDConnectSession(ctx context.Context, code string, requester fosite.Requester) (fosite.Requester, error) {
	var session fosite.Session
	if requester != nil {
		session = requester.GetSession()
	}
	return s.load(ctx, "GetOpenIDConnectSession", &s.openids, code, session)
}

// DeleteOpenIDConnectSession deletes the request, if it is there.
func (s *JSONStore) DeleteOpenIDConnectSession(ctx context.Context, code string) error {
	return s.drop(ctx, "DeleteOpenIDConnectSession", &s.openids, code)
}

func (s *JSONStore) create(ctx context.Context, op string, t *table[[]byte], key string, request fosite.Requester) error {
	if err := s.enter(ctx, op); err != nil {
		return err
	}
	raw, err := encode(request)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	t.put(transactionOf(ctx), key, raw)
	return nil
}

func (s *JSONStore) load(ctx context.Context, op string, t *table[[]byte], key string, session fosite.Session) (fosite.Requester, error) {
	if err := s.enter(ctx, op); err != nil {
		return nil, err
	}
	raw, err := lookup(s, t, key)
	if err != nil {
		return nil, err
	}
	request, err := s.decode(raw, session)
	if err != nil {
		return nil, err // not the nil request: in the interface it would not be nil
	}
	return request, nil
}

func (s *JSONStore) drop(ctx context.Context, op string, t *table[[]byte], key string) error {
	if err := s.enter(ctx, op); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	t.remove(transactionOf(ctx), key)
	return nil
}

func lookup[Row any](s *JSONStore, t *table[Row], key string) (row Row, err error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	row, ok := t.get(key)
	if !ok {
		return row, fosite.ErrNotFound
	}
	return row, nil
}
