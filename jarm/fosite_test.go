package jarm_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite"
	"github.com/ory/fosite/compose"
	"github.com/ory/fosite/storage"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/internal/must"
	"github.com/fosite-fapi/fosite-fapi/jarm"
)

// A server is one built by fosite's compose, with JARM as its extension.
type server struct {
	provider fosite.OAuth2Provider
	handler  *jarm.Handler
	config   *fosite.Config
	client   jarm.Client // what it has registered
	failing  error
}

const callback = "https://client.example.com/cb?dummy1=lorem&dummy2=ipsum"

func newServer() *server {
	s := &server{config: &fosite.Config{GlobalSecret: []byte("0123456789abcdef0123456789abcdef")}}
	s.handler = &jarm.Handler{
		Encoder: encoder(),
		Client:  func(context.Context, fosite.Client) (jarm.Client, error) { return s.client, s.failing },
	}
	s.config.ResponseModeHandlerExtension = s.handler
	store := storage.NewMemoryStore()
	store.Clients[clientID] = &fosite.DefaultResponseModeClient{
		DefaultClient: &fosite.DefaultClient{
			ID: clientID, RedirectURIs: []string{callback}, Scopes: []string{"photos"},
			ResponseTypes: []string{"code", "token", "code token"}, GrantTypes: []string{"authorization_code", "implicit"},
		},
		ResponseModes: []fosite.ResponseModeType{"query", "fragment", "form_post", "jwt", "query.jwt", "fragment.jwt", "form_post.jwt", "host"},
	}
	s.provider = compose.Compose(s.config, store, compose.NewOAuth2HMACStrategy(s.config),
		func(fosite.Configurator, any, any) any { return s.handler },
		compose.OAuth2AuthorizeExplicitFactory, compose.OAuth2AuthorizeImplicitFactory, compose.PushedAuthorizeHandlerFactory)
	return s
}

// authorize makes a request, with parameters changed or, by "", left out, and answers it: by denial, if that is not nil.
func (s *server) authorize(t *testing.T, change map[string]string, denial error) *httptest.ResponseRecorder {
	t.Helper()
	form := url.Values{
		"client_id": {clientID}, "redirect_uri": {callback}, "response_type": {"code"}, "response_mode": {"jwt"},
		"scope": {"photos"}, "state": {"0123456789"},
	}
	for name, value := range change {
		form.Set(name, value)
		if value == "" {
			form.Del(name)
		}
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "https://as.example.com/authorize?"+form.Encode(), nil)
	rw := httptest.NewRecorder()
	ar, err := s.provider.NewAuthorizeRequest(t.Context(), r)
	if err != nil {
		s.provider.WriteAuthorizeError(t.Context(), rw, ar, err)
		return rw
	}
	ar.GrantScope("photos")
	if denial == nil {
		var resp fosite.AuthorizeResponder
		if resp, err = s.provider.NewAuthorizeResponse(t.Context(), ar, new(fosite.DefaultSession)); err == nil {
			s.provider.WriteAuthorizeResponse(t.Context(), rw, ar, resp)
			return rw
		}
		denial = err
	}
	s.provider.WriteAuthorizeError(t.Context(), rw, ar, denial)
	return rw
}

// received is what the client makes of a redirect.
func received(t *testing.T, rw *httptest.ResponseRecorder, separator string) url.Values {
	t.Helper()
	require.Equal(t, http.StatusSeeOther, rw.Code, rw.Body.String())
	response, ok := strings.CutPrefix(rw.Header().Get("Location"), callback+separator+"response=")
	require.True(t, ok, "%q", rw.Header().Get("Location"))
	require.NotContains(t, response, "&", "JARM-05 nothing beside it")
	got, err := verifier().Verify(t.Context(), response)
	require.NoError(t, err)
	return got.Parameters
}

// told is what the user is shown, and nothing sent anywhere.
func told(t *testing.T, rw *httptest.ResponseRecorder, status int, code string) {
	t.Helper()
	assert.Equal(t, status, rw.Code)
	assert.Empty(t, rw.Header().Get("Location"))
	assertProtected(t, rw.Header())
	var body map[string]string
	require.NoError(t, json.Unmarshal(rw.Body.Bytes(), &body))
	assert.Equal(t, code, body["error"])
	assert.NotContains(t, body, "response")
}

func TestFositeResponses(t *testing.T) {
	t.Parallel()

	for _, tt := range []struct {
		name      string
		change    map[string]string
		denial    error
		separator string
		want      []string // parameters
	}{
		{"JARM-13 jwt with code", nil, nil, "&", []string{"code", "scope", "state"}},
		{"JARM-13 jwt with token", map[string]string{"response_type": "token"}, nil, "#", []string{"access_token", "expires_in", "scope", "state", "token_type"}},
		{"JARM-09 query.jwt", map[string]string{"response_mode": "query.jwt"}, nil, "&", []string{"code", "scope", "state"}},
		{"JARM-11 fragment.jwt", map[string]string{"response_mode": "fragment.jwt"}, nil, "#", []string{"code", "scope", "state"}},
		{"JARM-03 kept the user denies", nil, fosite.ErrAccessDenied, "&", []string{"error", "error_description", "state"}},
		{"JARM-03 kept the user denies, fragment.jwt", map[string]string{"response_mode": "fragment.jwt"}, fosite.ErrAccessDenied, "#", []string{"error", "error_description", "state"}},
		{"JARM-03 an error of the request", map[string]string{"scope": "photos admin"}, nil, "&", []string{"error", "error_description", "state"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := received(t, newServer().authorize(t, tt.change, tt.denial), tt.separator)
			var names []string
			for name := range got {
				names = append(names, name)
			}
			assert.ElementsMatch(t, tt.want, names)
			assert.Equal(t, "0123456789", got.Get("state"))
		})
	}

	t.Run("JARM-12 form_post.jwt", func(t *testing.T) {
		t.Parallel()
		rw := newServer().authorize(t, map[string]string{"response_mode": "form_post.jwt"}, nil)
		assert.Equal(t, http.StatusOK, rw.Code)
		f := read(t, rw.Body.String())
		assert.Equal(t, callback, f.action)
		require.Len(t, f.fields, 1)
		got, err := verifier().Verify(t.Context(), f.fields.Get("response"))
		require.NoError(t, err)
		assert.NotEmpty(t, got.Parameters.Get("code"))
	})
	t.Run("JARM-04 expires_in", func(t *testing.T) {
		t.Parallel()
		rw := newServer().authorize(t, map[string]string{"response_type": "token"}, nil)
		_, response, _ := strings.Cut(rw.Header().Get("Location"), "response=")
		assert.InDelta(t, 3600, claimsOf(t, response)["expires_in"], 1)
	})
	t.Run("JARM-07 no state", func(t *testing.T) {
		t.Parallel()
		got := received(t, newServer().authorize(t, map[string]string{"state": ""}, nil), "&") // fosite wants one
		assert.Equal(t, "invalid_state", got.Get("error"))
		assert.NotContains(t, got, "state")
	})
	t.Run("JARM-20 encrypted", func(t *testing.T) {
		t.Parallel()
		s := newServer()
		s.client = jarm.Client{EncryptionAlgorithm: jose.ECDH_ES, Keys: jarm.StaticKeys(publicKeys("enc", clientEC()))}
		rw := s.authorize(t, map[string]string{"response_mode": "query.jwt", "response_type": "token"}, nil) // JARM-10
		_, response, _ := strings.Cut(rw.Header().Get("Location"), "response=")
		v := verifier()
		v.DecryptionKeys = []jarm.DecryptionKey{{Private: clientEC(), ID: "k"}}
		got, err := v.Verify(t.Context(), response)
		require.NoError(t, err)
		assert.NotEmpty(t, got.Parameters.Get("access_token"))
	})
	t.Run("a description in RFC 6749's characters", func(t *testing.T) {
		t.Parallel()
		got := received(t, newServer().authorize(t, nil, fosite.ErrAccessDenied.WithHint("\"No\\\" she said:\n\u00e9")), "&")
		assert.Contains(t, got.Get("error_description"), "'No'' she said:  ")
	})
	t.Run("a mode that the client may not use", func(t *testing.T) {
		t.Parallel()
		got := received(t, newServer().authorize(t, nil, fosite.ErrUnsupportedResponseMode), "&")
		assert.Equal(t, "invalid_request", got.Get("error"), "a code that is registered")
	})
}

func TestFositeRefuses(t *testing.T) {
	t.Parallel()

	for _, tt := range []struct {
		name   string
		change map[string]string
		by     func(*server)
		status int
		code   string
	}{
		{"JARM-10 query.jwt with a token", map[string]string{"response_mode": "query.jwt", "response_type": "token"}, nil, http.StatusBadRequest, "invalid_request"},
		{"a redirect URI that isn't registered", map[string]string{"redirect_uri": "https://evil.example.com/cb"}, nil, http.StatusBadRequest, "invalid_request"},
		{"a redirect URI with a fragment", map[string]string{"redirect_uri": callback + "#a"}, nil, http.StatusBadRequest, "invalid_request"},
		{"the client's registration can't be had", nil, func(s *server) { s.failing = errDown }, http.StatusInternalServerError, "server_error"},
		{"the signer is down", nil, func(s *server) { s.handler.Encoder.Signer = downSigner{} }, http.StatusInternalServerError, "server_error"},
		{"an algorithm that isn't allowed", nil, func(s *server) { s.client.Algorithm = "RS256" }, http.StatusInternalServerError, "server_error"},
		{"the client has no key to encrypt to", nil, func(s *server) { s.client.EncryptionAlgorithm = "ECDH-ES" }, http.StatusBadRequest, "invalid_request"},
		{"the client's keys can't be had", nil, func(s *server) { s.client.EncryptionAlgorithm, s.client.Keys = "ECDH-ES", downKeys{} }, http.StatusBadRequest, "invalid_request"},
		{"a state that can't be written", map[string]string{"state": "012345678\xff"}, nil, http.StatusBadRequest, "invalid_request"},
		{"no Encoder", nil, func(s *server) { s.handler.Encoder = nil }, http.StatusInternalServerError, "server_error"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newServer()
			if tt.by != nil {
				tt.by(s)
			}
			told(t, s.authorize(t, tt.change, nil), tt.status, tt.code)
		})
	}

	// fosite asks for errors to be written before it has looked at the redirect URI.
	t.Run("no open redirect", func(t *testing.T) {
		t.Parallel()
		s := newServer()
		client := &fosite.DefaultClient{ID: clientID, RedirectURIs: []string{callback}}
		for _, mode := range s.handler.ResponseModes() {
			for _, uri := range []string{"https://evil.example.com/", callback + "&a", ""} {
				u := must.Get(url.Parse(uri))
				ar := &fosite.AuthorizeRequest{RedirectURI: u, ResponseMode: mode, ResponseTypes: fosite.Arguments{"code"}, Request: fosite.Request{Client: client}}
				if uri == "" {
					ar.RedirectURI = nil
				}
				rw := httptest.NewRecorder()
				s.handler.WriteAuthorizeError(t.Context(), rw, ar, fosite.ErrInvalidScope)
				told(t, rw, http.StatusBadRequest, "invalid_scope")
				rw = httptest.NewRecorder()
				resp := fosite.NewAuthorizeResponse()
				resp.AddParameter("code", "abc")
				s.handler.WriteAuthorizeResponse(t.Context(), rw, ar, resp)
				told(t, rw, http.StatusBadRequest, "invalid_request")
				assert.NotContains(t, rw.Body.String(), "abc")
			}
		}
	})
	t.Run("JARM-10 nothing is issued", func(t *testing.T) {
		t.Parallel()
		h := newServer().handler
		client := &fosite.DefaultClient{ID: clientID}
		ar := &fosite.AuthorizeRequest{ResponseMode: "query.jwt", ResponseTypes: fosite.Arguments{"code", "id_token"}, Request: fosite.Request{Client: client}}
		require.ErrorIs(t, h.HandleAuthorizeEndpointRequest(t.Context(), ar, nil), fosite.ErrInvalidRequest)
		require.ErrorIs(t, h.HandlePushedAuthorizeEndpointRequest(t.Context(), ar, nil), fosite.ErrInvalidRequest)
		ar.ResponseMode = "fragment.jwt"
		require.NoError(t, h.HandleAuthorizeEndpointRequest(t.Context(), ar, nil))
		ar.ResponseMode = "query"
		require.NoError(t, h.HandlePushedAuthorizeEndpointRequest(t.Context(), ar, nil))
	})
}

// host is the extension that a host had before.
type host struct{ modes fosite.ResponseModeTypes }

func (h host) ResponseModes() fosite.ResponseModeTypes { return h.modes }

func (h host) WriteAuthorizeResponse(_ context.Context, rw http.ResponseWriter, _ fosite.AuthorizeRequester, _ fosite.AuthorizeResponder) {
	rw.WriteHeader(http.StatusTeapot)
}

func (h host) WriteAuthorizeError(_ context.Context, rw http.ResponseWriter, _ fosite.AuthorizeRequester, _ error) {
	rw.WriteHeader(http.StatusTeapot)
}

func TestFositeNext(t *testing.T) {
	t.Parallel()
	s := newServer()
	s.handler.Next = host{fosite.ResponseModeTypes{"host", "jwt"}}
	assert.Equal(t, fosite.ResponseModeTypes{"jwt", "query.jwt", "fragment.jwt", "form_post.jwt", "host"}, s.handler.ResponseModes())

	own := map[string]string{"response_mode": "host"}
	assert.Equal(t, http.StatusTeapot, s.authorize(t, own, nil).Code, "the host's mode")
	assert.Equal(t, http.StatusTeapot, s.authorize(t, own, fosite.ErrAccessDenied).Code, "its errors")
	received(t, s.authorize(t, nil, nil), "&")
	assert.Contains(t, s.authorize(t, map[string]string{"response_mode": "query"}, nil).Header().Get("Location"), "code=", "fosite's own modes are left to it")
	assert.Contains(t, s.authorize(t, map[string]string{"response_mode": ""}, fosite.ErrAccessDenied).Header().Get("Location"), "error=access_denied", "their errors too")

	s.handler.Next = nil
	rw := httptest.NewRecorder()
	s.handler.WriteAuthorizeResponse(t.Context(), rw, &fosite.AuthorizeRequest{ResponseMode: "host"}, fosite.NewAuthorizeResponse())
	s.handler.WriteAuthorizeError(t.Context(), rw, &fosite.AuthorizeRequest{ResponseMode: "host"}, fosite.ErrAccessDenied)
	assert.Empty(t, rw.Header(), "somebody else's mode")
}
