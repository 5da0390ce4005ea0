package pkce_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/ory/fosite"
	"github.com/ory/fosite/compose"
	"github.com/ory/fosite/handler/oauth2"
	"github.com/ory/fosite/storage"
	"github.com/ory/fosite/token/jwt"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/pkce"
)

// store breaks, or scribbles on a session as one does that hydrates, when it is told to.
type store struct {
	*storage.MemoryStore
	createErr, getErr, deleteErr error
	subject                      string
}

func (s *store) CreatePKCERequestSession(ctx context.Context, signature string, r fosite.Requester) error {
	if s.createErr != nil {
		return s.createErr
	}
	return s.MemoryStore.CreatePKCERequestSession(ctx, signature, r)
}

func (s *store) GetPKCERequestSession(ctx context.Context, signature string, session fosite.Session) (fosite.Requester, error) {
	if s.getErr != nil {
		return nil, s.getErr
	}
	if s.subject != "" {
		session.(*oauth2.JWTSession).Subject = s.subject
	}
	return s.MemoryStore.GetPKCERequestSession(ctx, signature, session)
}

func (s *store) DeletePKCERequestSession(ctx context.Context, signature string) error {
	if s.deleteErr != nil {
		return s.deleteErr
	}
	return s.MemoryStore.DeletePKCERequestSession(ctx, signature)
}

// A server is plain fosite with the handler of this package; nothing about PKCE is configured.
type server struct {
	fosite.OAuth2Provider
	store *store
}

const callback = "https://client.example.org/cb"

func newServer(factory compose.Factory, more ...compose.Factory) *server {
	s := &store{MemoryStore: storage.NewMemoryStore()}
	s.Clients["client"] = &fosite.DefaultClient{
		ID: "client", Public: true, RedirectURIs: []string{callback},
		ResponseTypes: []string{"code", "token"}, GrantTypes: []string{"authorization_code", "implicit", "client_credentials"},
	}
	config := &fosite.Config{GlobalSecret: []byte("some-cool-secret-that-is-32bytes")}
	factories := append([]compose.Factory{compose.OAuth2AuthorizeExplicitFactory, compose.OAuth2TokenIntrospectionFactory, factory}, more...)
	return &server{compose.Compose(config, s, compose.NewOAuth2HMACStrategy(config), factories...), s}
}

func newSession() *oauth2.JWTSession {
	return &oauth2.JWTSession{JWTClaims: &jwt.JWTClaims{}, JWTHeader: &jwt.Headers{}, Subject: "peter"}
}

func authorizeForm(mutate func(url.Values)) url.Values {
	form := url.Values{
		"client_id": {"client"}, "response_type": {"code"}, "redirect_uri": {callback}, "state": {"af0ifjsldkj"},
		"code_challenge": {challenge}, "code_challenge_method": {"S256"},
	}
	if mutate != nil {
		mutate(form)
	}
	return form
}

func (s *server) authorize(t *testing.T, mutate func(url.Values)) (code string, err error) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "https://as.example.com/auth?"+authorizeForm(mutate).Encode(), nil)
	ar, err := s.NewAuthorizeRequest(t.Context(), r)
	require.NoError(t, err)
	resp, err := s.NewAuthorizeResponse(t.Context(), ar, newSession())
	if err != nil {
		require.Nil(t, resp)
		return "", err
	}
	return resp.GetCode(), nil
}

func (s *server) code(t *testing.T) string {
	t.Helper()
	code, err := s.authorize(t, nil)
	require.NoError(t, err)
	require.NotEmpty(t, code)
	return code
}

func (s *server) token(t *testing.T, code string, verifiers ...string) (token string, err error) {
	t.Helper()
	form := url.Values{"client_id": {"client"}, "grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {callback}}
	if len(verifiers) > 0 {
		form["code_verifier"] = verifiers
	}
	r := httptest.NewRequest(http.MethodPost, "https://as.example.com/token", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	ar, err := s.NewAccessRequest(t.Context(), r, newSession())
	if err != nil {
		return "", err
	}
	resp, err := s.NewAccessResponse(t.Context(), ar)
	if err != nil {
		return "", err
	}
	return resp.GetAccessToken(), nil
}

// optional makes the handler that requires a challenge of no client.
func optional(config fosite.Configurator, storage, strategy any) any {
	h := pkce.Factory(config, storage, strategy).(*pkce.Handler)
	h.Required = func(context.Context, fosite.Client) bool { return false }
	return h
}

func without(names ...string) func(url.Values) {
	return func(form url.Values) {
		for _, name := range names {
			form.Del(name)
		}
	}
}

func with(name, value string) func(url.Values) {
	return func(form url.Values) { form.Set(name, value) }
}

// requireError asserts what the client gets to see, and the sentinel behind it.
func requireError(t *testing.T, err error, wire *fosite.RFC6749Error, sentinel error) {
	t.Helper()
	require.Error(t, err)
	assert.Equal(t, wire.ErrorField, fosite.ErrorToRFC6749Error(err).ErrorField)
	require.ErrorIs(t, err, sentinel)
}
