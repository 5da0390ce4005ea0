package main

import (
	"context"
	"net/url"

	"github.com/ory/fosite"
)

// CreateAuthorizeCodeSession implements oauth2.AuthorizeCodeStorage.
func (m *memory) CreateAuthorizeCodeSession(_ context.Context, code string, r fosite.Requester) error {
	m.codes.put(code, "", stored{packed: pack(r)}, m.now().Add(codeRetention))
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
		return s.unpack(), used
	}
	return s.unpack(), nil
}

// CreatePKCERequestSession implements pkce.PKCERequestStorage.
func (m *memory) CreatePKCERequestSession(_ context.Context, signature string, r fosite.Requester) error {
	m.pkce.put(signature, "", pack(r), m.now().Add(codeRetention))
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
	m.openid.put(code, "", pack(r), m.now().Add(codeRetention))
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

func read(t *table[packed], key string) (fosite.Requester, error) {
	r, ok := t.get(key)
	if !ok {
		return nil, fosite.ErrNotFound
	}
	return r.unpack(), nil
}

// CreatePARSession implements fosite.PARStorage.
func (m *memory) CreatePARSession(_ context.Context, requestURI string, r fosite.AuthorizeRequester) error {
	m.pushed.put(requestURI, "", packAuthorize(r), m.expiry(r, fosite.PushedAuthorizeRequestContext, m.lifetimes.pushed))
	return nil
}

// GetPARSession implements fosite.PARStorage.
func (m *memory) GetPARSession(_ context.Context, requestURI string) (fosite.AuthorizeRequester, error) {
	r, ok := m.pushed.get(requestURI)
	if !ok {
		return nil, fosite.ErrNotFound
	}
	return r.unpack(), nil
}

// DeletePARSession implements fosite.PARStorage.
func (m *memory) DeletePARSession(_ context.Context, requestURI string) error {
	m.pushed.remove(requestURI)
	return nil
}

// A pushed request is packed but for its redirect URI, which not every string gives back.
type pushed struct {
	packed
	redirect *url.URL // nil where none was sent; never changes
	more     string   // what an authorization request has beside a request
}

func packAuthorize(r fosite.AuthorizeRequester) pushed {
	p := pushed{packed: pack(r)}
	if u := r.GetRedirectURI(); u != nil {
		own := *u
		p.redirect = &own
	}
	var array [256]byte
	p.more = string(writer(array[:0]).texts(r.GetResponseTypes()).text(r.GetState()).
		text(string(r.GetResponseMode())).text(string(r.GetDefaultResponseMode())))
	return p
}

func (p pushed) unpack() *fosite.AuthorizeRequest {
	r := reader(p.more)
	out := &fosite.AuthorizeRequest{
		Request: *p.packed.unpack(), ResponseTypes: r.texts(), State: r.text(), HandledResponseTypes: fosite.Arguments{},
		ResponseMode: fosite.ResponseModeType(r.text()), DefaultResponseMode: fosite.ResponseModeType(r.text()),
	}
	if p.redirect != nil {
		own := *p.redirect
		out.RedirectURI = &own
	}
	return out
}
