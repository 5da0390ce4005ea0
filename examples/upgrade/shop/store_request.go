package shop

import (
	"context"
	"net/url"

	"github.com/ory/fosite"
)

func (s *Store) create(t table, key string, r fosite.Requester) error {
	stored, err := rowOf(r)
	if err != nil {
		return err
	}
	return t.put(key, stored)
}

// load returns the request, together with spent where it can't be used any more.
func (s *Store) load(ctx context.Context, t table, key string, session fosite.Session, spent error) (fosite.Requester, error) {
	var r row
	if err := t.get(key, &r); err != nil {
		return nil, err
	}
	request, err := s.request(ctx, &r, session)
	if err != nil {
		return nil, err
	}
	if r.Spent {
		return request, spent
	}
	return request, nil
}

// CreateAuthorizeCodeSession implements oauth2.AuthorizeCodeStorage.
func (s *Store) CreateAuthorizeCodeSession(_ context.Context, code string, r fosite.Requester) error {
	return s.create(s.codes, code, r)
}

// GetAuthorizeCodeSession implements oauth2.AuthorizeCodeStorage.
func (s *Store) GetAuthorizeCodeSession(ctx context.Context, code string, session fosite.Session) (fosite.Requester, error) {
	return s.load(ctx, s.codes, code, session, fosite.ErrInvalidatedAuthorizeCode)
}

// InvalidateAuthorizeCodeSession implements oauth2.AuthorizeCodeStorage.
func (s *Store) InvalidateAuthorizeCodeSession(_ context.Context, code string) error {
	return s.spend(s.codes, code)
}

func (s *Store) spend(t table, key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var r row
	if err := t.get(key, &r); err != nil {
		return err
	}
	r.Spent = true
	return t.put(key, r)
}

// CreatePKCERequestSession implements pkce.PKCERequestStorage.
func (s *Store) CreatePKCERequestSession(_ context.Context, code string, r fosite.Requester) error {
	return s.create(s.pkce, code, r)
}

// GetPKCERequestSession implements pkce.PKCERequestStorage.
func (s *Store) GetPKCERequestSession(ctx context.Context, code string, session fosite.Session) (fosite.Requester, error) {
	return s.load(ctx, s.pkce, code, session, nil)
}

// DeletePKCERequestSession implements pkce.PKCERequestStorage.
func (s *Store) DeletePKCERequestSession(_ context.Context, code string) error {
	return s.pkce.remove(code)
}

// CreateOpenIDConnectSession implements openid.OpenIDConnectRequestStorage.
func (s *Store) CreateOpenIDConnectSession(_ context.Context, code string, r fosite.Requester) error {
	return s.create(s.openid, code, r)
}

// GetOpenIDConnectSession implements openid.OpenIDConnectRequestStorage.
func (s *Store) GetOpenIDConnectSession(ctx context.Context, code string, r fosite.Requester) (fosite.Requester, error) {
	return s.load(ctx, s.openid, code, r.GetSession(), nil)
}

// DeleteOpenIDConnectSession implements openid.OpenIDConnectRequestStorage.
func (s *Store) DeleteOpenIDConnectSession(_ context.Context, code string) error {
	return s.openid.remove(code)
}

// CreatePARSession implements fosite.PARStorage.
func (s *Store) CreatePARSession(_ context.Context, uri string, r fosite.AuthorizeRequester) error {
	stored, err := rowOf(r)
	if err != nil {
		return err
	}
	stored.Pushed = &pushed{
		ResponseTypes: r.GetResponseTypes(), State: r.GetState(), Mode: r.GetResponseMode(), DefaultMode: r.GetDefaultResponseMode(),
	}
	if redirect := r.GetRedirectURI(); redirect != nil {
		stored.Pushed.RedirectURI = redirect.String()
	}
	return s.pars.put(uri, stored)
}

// GetPARSession implements fosite.PARStorage.
func (s *Store) GetPARSession(ctx context.Context, uri string) (fosite.AuthorizeRequester, error) {
	var r row
	if err := s.pars.get(uri, &r); err != nil {
		return nil, err
	}
	request, err := s.request(ctx, &r, nil)
	if err != nil {
		return nil, err
	}
	ar := &fosite.AuthorizeRequest{
		Request: *request, ResponseTypes: r.Pushed.ResponseTypes, State: r.Pushed.State,
		ResponseMode: r.Pushed.Mode, DefaultResponseMode: r.Pushed.DefaultMode,
	}
	if r.Pushed.RedirectURI != "" {
		ar.RedirectURI, err = url.Parse(r.Pushed.RedirectURI)
	}
	return ar, err
}

// DeletePARSession implements fosite.PARStorage.
func (s *Store) DeletePARSession(_ context.Context, uri string) error { return s.pars.remove(uri) }
