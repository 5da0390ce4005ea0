package pkce_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/ory/fosite"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/pkce"
)

func TestDowngrade(t *testing.T) {
	t.Parallel()
	noChallenge := without("code_challenge", "code_challenge_method")

	t.Run("PKCE-12 neither challenge nor verifier, optional", func(t *testing.T) {
		t.Parallel()
		s := newServer(optional)
		code, err := s.authorize(t, noChallenge)
		require.NoError(t, err)
		_, err = s.token(t, code)
		require.NoError(t, err)
	})
	t.Run("PKCE-13 verifier without challenge, optional", func(t *testing.T) {
		t.Parallel()
		s := newServer(optional)
		code, err := s.authorize(t, noChallenge)
		require.NoError(t, err)
		_, err = s.token(t, code, verifier)
		requireError(t, err, fosite.ErrInvalidGrant, pkce.ErrVerifierUnexpected)
	})
	for name, verifiers := range map[string][]string{"without": nil, "with": {verifier}} {
		t.Run("PKCE-12 the challenge was lost, required, "+name+" verifier", func(t *testing.T) {
			t.Parallel()
			s := newServer(pkce.Factory)
			code := s.code(t)
			clear(s.store.PKCES)
			_, err := s.token(t, code, verifiers...)
			want := pkce.ErrChallengeMissing
			if verifiers != nil {
				want = pkce.ErrVerifierUnexpected
			}
			requireError(t, err, fosite.ErrInvalidGrant, want)
		})
		t.Run("PKCE-12 the store has dropped the form, optional, "+name+" verifier", func(t *testing.T) {
			t.Parallel()
			s := newServer(optional)
			code := s.code(t)
			for _, r := range s.store.PKCES {
				clear(r.GetRequestForm())
			}
			_, err := s.token(t, code, verifiers...)
			requireError(t, err, fosite.ErrInvalidGrant, pkce.ErrChallengeMissing)
		})
		t.Run("PKCE-11 a plain challenge from before, "+name+" verifier", func(t *testing.T) {
			t.Parallel()
			s := newServer(pkce.Factory)
			code := s.code(t)
			for _, r := range s.store.PKCES {
				r.GetRequestForm()["code_challenge_method"] = []string{"plain"}
			}
			_, err := s.token(t, code, verifiers...)
			requireError(t, err, fosite.ErrInvalidGrant, pkce.ErrMethod)
		})
	}
}

// While a request with the verifier is under way, one without it must not slip through.
func TestNoGapBetweenVerifierAndCode(t *testing.T) {
	t.Parallel()
	s := newServer(optional)
	code := s.code(t)
	form := url.Values{"client_id": {"client"}, "grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {callback}, "code_verifier": {verifier}}
	r := httptest.NewRequest(http.MethodPost, "https://as.example.com/token", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	underWay, err := s.NewAccessRequest(t.Context(), r, newSession())
	require.NoError(t, err)

	_, err = s.token(t, code)
	requireError(t, err, fosite.ErrInvalidGrant, pkce.ErrVerifierMissing)

	_, err = s.NewAccessResponse(t.Context(), underWay)
	require.NoError(t, err)
}
