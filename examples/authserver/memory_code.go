package main

import (
	"context"
	"net/url"

	"github.com/ory/fosite"
)

// CreateAuthorizeCodeSession implements oauth2.AuthorizeCodeStorage.
func (m *memory) CreateAuthorizeCodeSession(_ context.Context, code string, r fosite.Requester) error {
	m.codes.put(code, "", stored{request: snapshot(r)}, m.now().Add(codeRetention))
	return nil
}

// GetAuthorizeCodeSession implements oauth2.AuthorizeCodeStorage.
func (m *memory) GetAuthorizeCodeSession(_ context.Context, code string, _ fosite.Session) (fosite.Requester, error) {
	return m.take(m.codes, code, fosite.ErrInvalidatedAuthorizeCode)
}

// InvalidateAuthorizeCodeSession implements oauth2.AuthorizeCodeStorage.
func (m *memory) InvalidateAuthorizeCodeSession(_ context.Context, code string) error {
	if !m.codes.change(code, use) {
		return fosite.ErrNotFound
	}
	return nil
}

// take reads a row; one that is used up comes with the error that says so.
func (m *memory) take(t *table[stored], key string, used error) (fosite.Requester, error) {
	s, ok := t.get(key)
	switch {
	case !ok:
		return nil, fosite.ErrNotFound
	case s.used:
		return snapshot(s.request), used
	}
	return snapshot(s.request), nil
}

// CreatePKCERequestSession implements pkce.PKCERequestStorage.
func (m *memory) CreatePKCERequestSession(_ context.Context, signature string, r fosite.Requester) error {
	m.pkce.put(signature, "", snapshot(r), m.now().Add(codeRetention))
	return nil
}

// GetPKCERequestSession implements pkce.PKCERequestStorage.
func (m *memory) GetPKCERequestSession(_ context.Context, signature string, _ fosite.Session) (fosite.Requester, error) {
	return read(m.pkce, signature)
}

// DeletePKCERequestSession implements pkce.PKCERequestStorage.
func (m *memory) DeletePKCERequestSession(_ context.Context, signature string) error {
	m.pkce.remove(signature)
	return nil
}

// CreateOpenIDConnectSession implements openid.OpenIDConnectRequestStorage.
func (m *memory) CreateOpenIDConnectSession(_ context.Context, code string, r fosite.Requester) error {
	m.openid.put(code, "", snapshot(r), m.now().Add(codeRetention))
	return nil
}

// GetOpenIDConnectSession implements openid.OpenIDConnectRequestStorage.
func (m *memory) GetOpenIDConnectSession(_ context.Context, code string, _ fosite.Requester) (fosite.Requester, error) {
	return read(m.openid, code)
}

// DeleteOpenIDConnectSession implements openid.OpenIDConnectRequestStorage.
func (m *memory) DeleteOpenIDConnectSession(_ context.Context, code string) error {
	m.openid.remove(code)
	return nil
}

func read(t *table[*fosite.Request], key string) (fosite.Requester, error) {
	r, ok := t.get(key)
	if !ok {
		return nil, fosite.ErrNotFound
	}
	return snapshot(r), nil
}

// CreatePARSession implements fosite.PARStorage.
func (m *memory) CreatePARSession(_ context.Context, requestURI string, r fosite.AuthorizeRequester) error {
	m.pushed.put(requestURI, "", snapshotAuthorize(r), m.expiry(r, fosite.PushedAuthorizeRequestContext, m.lifetimes.pushed))
	return nil
}

// GetPARSession implements fosite.PARStorage.
func (m *memory) GetPARSession(_ context.Context, requestURI string) (fosite.AuthorizeRequester, error) {
	r, ok := m.pushed.get(requestURI)
	if !ok {
		return nil, fosite.ErrNotFound
	}
	return snapshotAuthorize(r), nil
}

// DeletePARSession implements fosite.PARStorage.
func (m *memory) DeletePARSession(_ context.Context, requestURI string) error {
	m.pushed.remove(requestURI)
	return nil
}

func snapshotAuthorize(r fosite.AuthorizeRequester) *fosite.AuthorizeRequest {
	var redirect *url.URL
	if u := r.GetRedirectURI(); u != nil {
		own := *u
		redirect = &own
	}
	return &fosite.AuthorizeRequest{
		Request: *snapshot(r), ResponseTypes: append(fosite.Arguments{}, r.GetResponseTypes()...), RedirectURI: redirect, State: r.GetState(),
		HandledResponseTypes: fosite.Arguments{}, ResponseMode: r.GetResponseMode(), DefaultResponseMode: r.GetDefaultResponseMode(),
	}
}
