package fapitest

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/dpop"
)

// Push sends a pushed authorization request.
func (s *Server) Push(m ...Mutation) *Answer {
	s.Helper()
	return s.Got(s.Acting.Push(s.Context(), s.request(), slices.Concat(s.pushing, m)...))
}

// ByValue opens the authorization endpoint in the user's browser with the whole request: as legacy clients do, and
// those of FAPI 1.0 with a request object.
func (s *Server) ByValue(m ...Mutation) *Answer {
	s.Helper()
	send := s.Acting.Authorize
	if s.Acting.RequestObjects {
		send = s.Acting.AuthorizeByValue
	}
	return s.Got(send(s.Context(), HTTP(s.Handler, nil), s.request(), slices.Concat(s.pushing, m)...))
}

// Visit opens the authorization endpoint in the user's browser with a request_uri.
func (s *Server) Visit(requestURI string, m ...Mutation) *Answer {
	s.Helper()
	params := url.Values{"client_id": {s.Acting.ID}, "request_uri": {requestURI}}
	return s.Got(s.Acting.Authorize(s.Context(), HTTP(s.Handler, nil), params, m...))
}

// Redeem exchanges a code.
func (s *Server) Redeem(code string, m ...Mutation) *Answer {
	s.Helper()
	return s.Got(s.Acting.Redeem(s.Context(), code, s.Verifier, m...))
}

// Refresh uses a refresh token.
func (s *Server) Refresh(token string, m ...Mutation) *Answer {
	s.Helper()
	return s.Got(s.Acting.Refresh(s.Context(), token, m...))
}

// ClientCredentials asks for an access token of the client's own, for the scope without what needs a user.
func (s *Server) ClientCredentials(m ...Mutation) *Answer {
	s.Helper()
	scope := slices.DeleteFunc(strings.Fields(s.Scope), func(name string) bool {
		return name == "openid" || name == "offline" || name == "offline_access"
	})
	return s.Got(s.Acting.Token(s.Context(), url.Values{"grant_type": {"client_credentials"}, "scope": {strings.Join(scope, " ")}}, m...))
}

// Introspect asks what a token is.
func (s *Server) Introspect(token string, m ...Mutation) *Answer {
	s.Helper()
	return s.Got(s.Acting.Introspect(s.Context(), token, m...))
}

// Revoke gives a token up.
func (s *Server) Revoke(token string, m ...Mutation) *Answer {
	s.Helper()
	return s.Got(s.Acting.Revoke(s.Context(), token, m...))
}

// Resource asks the resource with an access token.
func (s *Server) Resource(token string, m ...Mutation) *Answer {
	s.Helper()
	return s.Got(s.Acting.Get(s.Context(), s.origin()+resourcePath, token, m...))
}

// Fetch gets a public document below the origin of the issuer: /jwks, /.well-known/oauth-authorization-server.
func (s *Server) Fetch(path string) *Answer {
	s.Helper()
	req, err := http.NewRequestWithContext(s.Context(), http.MethodGet, s.origin()+path, nil)
	require.NoError(s, err)
	return s.Got(Do(HTTP(s.Handler, nil), req))
}

func (s *Server) origin() string {
	s.Helper()
	u, err := url.Parse(s.Metadata.Issuer)
	require.NoError(s, err)
	return u.Scheme + "://" + u.Host
}

// Got unwraps an answer of a [Client]; an error ends the test. DPoP nonces are kept for the next proof.
func (s *Server) Got(a *Answer, err error) *Answer {
	s.Helper()
	require.NoError(s, err)
	if nonce := a.Header.Get(dpop.NonceHeader); nonce != "" && a.Client != nil && a.Client.ProofKey != nil {
		a.Client.ProofNonce = nonce
	}
	return a
}

// RequestURI pushes a request as usual and returns its request_uri.
func (s *Server) RequestURI() string {
	s.Helper()
	return s.usually(http.StatusCreated, func() *Answer { return s.Push() }).Text("request_uri")
}

// Authorize runs a flow as usual up to the answer of the authorization endpoint.
func (s *Server) Authorize() *Answer {
	s.Helper()
	if s.legacy(s.Acting) {
		return s.ByValue()
	}
	return s.Visit(s.RequestURI())
}

// Code runs a flow as usual up to the code.
func (s *Server) Code() string {
	s.Helper()
	a := s.Authorize()
	code := s.Returned(a).Get("code")
	require.NotEmpty(s, code, "no code: %d %s %s", a.Status, a.Header.Get("Location"), a.Body)
	return code
}

// Tokens runs a whole flow as usual and returns the token response.
func (s *Server) Tokens() *Answer {
	s.Helper()
	code := s.Code()
	return s.usually(http.StatusOK, func() *Answer { return s.Redeem(code) })
}

// request are the parameters of the usual authorization request.
func (s *Server) request() url.Values {
	params := s.Acting.Request(s.Verifier, s.Scope)
	maps.Copy(params, s.Request)
	return params
}

// usually sends a message that must succeed, once more where the server wants a DPoP nonce.
func (s *Server) usually(status int, send func() *Answer) *Answer {
	s.Helper()
	a := send()
	if a.Text("error") == "use_dpop_nonce" {
		a = send()
	}
	require.Equal(s, status, a.Status, string(a.Body))
	return a
}
