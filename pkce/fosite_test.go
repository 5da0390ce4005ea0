package pkce_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/ory/fosite"
	"github.com/ory/fosite/compose"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/pkce"
)

func TestFlow(t *testing.T) {
	t.Parallel()
	s := newServer(pkce.Factory)
	code := s.code(t)
	token, err := s.token(t, code, verifier)
	require.NoError(t, err)
	use, requester, err := s.IntrospectToken(t.Context(), token, fosite.AccessToken, newSession())
	require.NoError(t, err)
	assert.Equal(t, fosite.AccessToken, use)
	assert.Equal(t, "peter", requester.GetSession().GetSubject())
	assert.Empty(t, s.store.PKCES, "the challenge goes with the code")

	_, err = s.token(t, code, verifier)
	require.ErrorIs(t, err, fosite.ErrInvalidGrant, "a code is good for one token")
	_, _, err = s.IntrospectToken(t.Context(), token, fosite.AccessToken, newSession())
	require.Error(t, err, "and a second use takes the first token back")
}

func TestAuthorize(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name               string
		mutate             func(url.Values)
		required, optional error
	}{
		{"PKCE-16 S256", nil, nil, nil},
		{"PKCE-06 no challenge", without("code_challenge", "code_challenge_method"), pkce.ErrChallengeMissing, nil},
		{"PKCE-06 method alone", without("code_challenge"), pkce.ErrChallengeMissing, pkce.ErrChallengeMissing},
		{"PKCE-07 plain", with("code_challenge_method", "plain"), pkce.ErrMethod, pkce.ErrMethod},
		{"PKCE-04 no method", without("code_challenge_method"), pkce.ErrMethod, pkce.ErrMethod},
		{"PKCE-03 challenge of another size", with("code_challenge", "abc"), pkce.ErrChallengeSyntax, pkce.ErrChallengeSyntax},
	} {
		for kind, f := range map[string]struct {
			factory compose.Factory
			want    error
		}{"required": {pkce.Factory, c.required}, "optional": {optional, c.optional}} {
			t.Run(c.name+", "+kind, func(t *testing.T) {
				t.Parallel()
				s := newServer(f.factory)
				code, err := s.authorize(t, c.mutate)
				if f.want == nil {
					require.NoError(t, err)
					require.NotEmpty(t, code)
					return
				}
				requireError(t, err, fosite.ErrInvalidRequest, f.want)
				assert.Empty(t, s.store.PKCES)
			})
		}
	}

	t.Run("another response type is left alone", func(t *testing.T) {
		t.Parallel()
		s := newServer(pkce.Factory, compose.OAuth2AuthorizeImplicitFactory)
		_, err := s.authorize(t, func(form url.Values) { form.Set("response_type", "token"); without("code_challenge")(form) })
		require.NoError(t, err)
	})
	t.Run("the store fails", func(t *testing.T) {
		t.Parallel()
		s := newServer(pkce.Factory)
		s.store.createErr = errors.New("broken")
		_, err := s.authorize(t, nil)
		requireError(t, err, fosite.ErrServerError, s.store.createErr)
	})
	t.Run("composed before the code handler", func(t *testing.T) {
		t.Parallel()
		config := &fosite.Config{GlobalSecret: []byte("some-cool-secret-that-is-32bytes")}
		right := newServer(pkce.Factory)
		wrong := &server{compose.Compose(config, right.store, compose.NewOAuth2HMACStrategy(config), pkce.Factory, compose.OAuth2AuthorizeExplicitFactory), right.store}
		_, err := wrong.authorize(t, nil)
		requireError(t, err, fosite.ErrServerError, fosite.ErrServerError)
	})
}

func TestToken(t *testing.T) {
	t.Parallel()
	another := strings.Repeat("a", 43)
	for _, c := range []struct {
		name      string
		verifiers []string
		want      error
	}{
		{"PKCE-09 match", []string{verifier}, nil},
		{"PKCE-08 no verifier", nil, pkce.ErrVerifierMissing},
		{"PKCE-08 empty verifier", []string{""}, pkce.ErrVerifierMissing},
		{"PKCE-09 wrong verifier", []string{another}, pkce.ErrVerifierMismatch},
		{"PKCE-01 malformed verifier", []string{verifier + "+"}, pkce.ErrVerifierSyntax},
		{"PKCE-01 two verifiers", []string{verifier, another}, pkce.ErrVerifierSyntax},
	} {
		for kind, factory := range map[string]compose.Factory{"required": pkce.Factory, "optional": optional} {
			t.Run(c.name+", "+kind, func(t *testing.T) {
				t.Parallel()
				s := newServer(factory)
				code := s.code(t)
				_, err := s.token(t, code, c.verifiers...)
				if c.want == nil {
					require.NoError(t, err)
					return
				}
				requireError(t, err, fosite.ErrInvalidGrant, c.want)

				_, err = s.token(t, code)
				requireError(t, err, fosite.ErrInvalidGrant, pkce.ErrVerifierMissing)
				_, err = s.token(t, code, verifier)
				require.NoError(t, err, "a failed attempt takes nothing from who has the verifier")
			})
		}
	}
}

func TestTokenStore(t *testing.T) {
	t.Parallel()
	t.Run("reading fails", func(t *testing.T) {
		t.Parallel()
		s := newServer(pkce.Factory)
		code := s.code(t)
		s.store.getErr = errors.New("broken")
		_, err := s.token(t, code, verifier)
		requireError(t, err, fosite.ErrServerError, s.store.getErr)
	})
	t.Run("deleting fails, which is no reason to lose the token", func(t *testing.T) {
		t.Parallel()
		s := newServer(pkce.Factory)
		code := s.code(t)
		s.store.deleteErr = errors.New("broken")
		token, err := s.token(t, code, verifier)
		require.NoError(t, err)
		assert.NotEmpty(t, token)
	})
	t.Run("hydrating leaves the session of the code alone", func(t *testing.T) {
		t.Parallel()
		s := newServer(pkce.Factory)
		code := s.code(t)
		s.store.subject = "stale"
		token, err := s.token(t, code, verifier)
		require.NoError(t, err)
		_, requester, err := s.IntrospectToken(t.Context(), token, fosite.AccessToken, newSession())
		require.NoError(t, err)
		assert.Equal(t, "peter", requester.GetSession().GetSubject())
	})
}

func TestPushedRequest(t *testing.T) {
	t.Parallel()
	push := func(t *testing.T, mutate func(url.Values)) (*server, error) {
		s := newServer(pkce.Factory, compose.PushedAuthorizeHandlerFactory)
		r := httptest.NewRequest(http.MethodPost, "https://as.example.com/par", strings.NewReader(authorizeForm(mutate).Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		ar, err := s.NewPushedAuthorizeRequest(t.Context(), r)
		require.NoError(t, err)
		_, err = s.NewPushedAuthorizeResponse(t.Context(), ar, newSession())
		return s, err
	}
	for _, c := range []struct {
		name   string
		mutate func(url.Values)
		want   error
	}{
		{"PKCE-16 S256", nil, nil},
		{"PKCE-06 no challenge", without("code_challenge", "code_challenge_method"), pkce.ErrChallengeMissing},
		{"PKCE-07 plain", with("code_challenge_method", "plain"), pkce.ErrMethod},
		{"PKCE-04 no method", without("code_challenge_method"), pkce.ErrMethod},
		{"PKCE-03 challenge of another size", with("code_challenge", "abc"), pkce.ErrChallengeSyntax},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, err := push(t, c.mutate)
			if c.want == nil {
				require.NoError(t, err)
				require.Len(t, s.store.PARSessions, 1)
				return
			}
			requireError(t, err, fosite.ErrInvalidRequest, c.want)
			assert.Empty(t, s.store.PARSessions, "it isn't stored")
		})
	}
	t.Run("another response type is left alone", func(t *testing.T) {
		t.Parallel()
		_, err := push(t, func(form url.Values) { form.Set("response_type", "token"); without("code_challenge")(form) })
		require.NoError(t, err)
	})
}

func TestOtherGrantsAreLeftAlone(t *testing.T) {
	t.Parallel()
	h := pkce.Factory(nil, newServer(pkce.Factory).store, compose.NewOAuth2HMACStrategy(new(fosite.Config))).(*pkce.Handler)
	ar := fosite.NewAccessRequest(newSession())
	ar.GrantTypes = fosite.Arguments{"client_credentials"}
	assert.False(t, h.CanHandleTokenEndpointRequest(t.Context(), ar))
	assert.False(t, h.CanSkipClientAuth(t.Context(), ar))
	require.ErrorIs(t, h.HandleTokenEndpointRequest(t.Context(), ar), fosite.ErrUnknownRequest)
	require.ErrorIs(t, h.PopulateTokenEndpointResponse(t.Context(), ar, nil), fosite.ErrUnknownRequest)
}

// The hints go into error_description, where RFC 6749 5.2 allows neither quotes nor backslashes.
func TestErrorDescription(t *testing.T) {
	t.Parallel()
	s := newServer(pkce.Factory)
	_, authorize := s.authorize(t, without("code_challenge"))
	_, token := s.token(t, s.code(t), strings.Repeat("a", 43))
	for _, err := range []error{authorize, token} {
		for _, r := range fosite.ErrorToRFC6749Error(err).WithExposeDebug(true).GetDescription() {
			assert.True(t, r >= 0x20 && r <= 0x7e && r != '"' && r != '\\', "%q", r)
		}
	}
}

func TestSanitised(t *testing.T) {
	t.Parallel()
	s := newServer(pkce.Factory)
	s.code(t)
	require.Len(t, s.store.PKCES, 1)
	for _, r := range s.store.PKCES {
		assert.Equal(t, challenge, r.GetRequestForm().Get("code_challenge"))
		assert.NotContains(t, r.GetRequestForm(), "state", "PKCE-05: the challenge and what belongs to it, no more")
	}
}
