package pkce_test

import (
	"encoding/base64"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/pkce"
)

func TestChallenge(t *testing.T) {
	t.Parallel()
	const c, m = "code_challenge", "code_challenge_method"
	for _, test := range []struct {
		name string
		form url.Values
		err  error // whether required or not
	}{
		{"PKCE-04 PKCE-07 PKCE-16 S256", url.Values{c: {challenge}, m: {"S256"}}, nil},
		{"PKCE-04 absent method is plain", url.Values{c: {challenge}}, pkce.ErrMethod},
		{"PKCE-04 empty method is an absent one", url.Values{c: {challenge}, m: {""}}, pkce.ErrMethod},
		{"PKCE-07 plain", url.Values{c: {challenge}, m: {"plain"}}, pkce.ErrMethod},
		{"PKCE-07 S512", url.Values{c: {challenge}, m: {"S512"}}, pkce.ErrMethod},
		{"PKCE-07 method in other letters", url.Values{c: {challenge}, m: {"s256"}}, pkce.ErrMethod},
		{"PKCE-07 two methods", url.Values{c: {challenge}, m: {"S256", "plain"}}, pkce.ErrMethod},
		{"PKCE-06 method alone", url.Values{m: {"S256"}}, pkce.ErrChallengeMissing},
		{"PKCE-06 method and empty challenge", url.Values{c: {""}, m: {"S256"}}, pkce.ErrChallengeMissing},
		{"PKCE-03 two challenges", url.Values{c: {challenge, challenge}, m: {"S256"}}, pkce.ErrChallengeSyntax},
		{"PKCE-03 too short", url.Values{c: {challenge[1:]}, m: {"S256"}}, pkce.ErrChallengeSyntax},
		{"PKCE-03 too long", url.Values{c: {challenge + "A"}, m: {"S256"}}, pkce.ErrChallengeSyntax},
		{"PKCE-03 padded", url.Values{c: {challenge + "="}, m: {"S256"}}, pkce.ErrChallengeSyntax},
		{"PKCE-03 padded within its length", url.Values{c: {challenge[:42] + "="}, m: {"S256"}}, pkce.ErrChallengeSyntax},
		{"PKCE-03 standard base64", url.Values{c: {strings.Replace(challenge, "-", "+", 1)}, m: {"S256"}}, pkce.ErrChallengeSyntax},
		{"PKCE-03 not canonical", url.Values{c: {challenge[:42] + "N"}, m: {"S256"}}, pkce.ErrChallengeSyntax},
		{"PKCE-03 line break", url.Values{c: {challenge[:42] + "\n"}, m: {"S256"}}, pkce.ErrChallengeSyntax},
		{"PKCE-03 leading line break", url.Values{c: {"\n" + challenge[1:]}, m: {"S256"}}, pkce.ErrChallengeSyntax},
		{"PKCE-03 oversized", url.Values{c: {strings.Repeat("A", 1<<20)}, m: {"S256"}}, pkce.ErrChallengeSyntax},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			for _, required := range []bool{true, false} {
				got, err := pkce.Challenge(test.form, required)
				require.ErrorIs(t, err, test.err)
				if test.err != nil {
					assert.Empty(t, got, "an error comes with no challenge")
					assert.NotContains(t, err.Error(), challenge[1:42])
				} else {
					assert.Equal(t, challenge, got)
				}
			}
		})
	}

	for name, form := range map[string]url.Values{
		"nil": nil, "empty": {}, "without value": {c: {""}, m: {""}},
	} {
		t.Run("PKCE-06 no challenge, not required: "+name, func(t *testing.T) {
			t.Parallel()
			got, err := pkce.Challenge(form, false)
			require.NoError(t, err)
			assert.Empty(t, got)
		})
		t.Run("PKCE-06 no challenge, required: "+name, func(t *testing.T) {
			t.Parallel()
			got, err := pkce.Challenge(form, true)
			require.ErrorIs(t, err, pkce.ErrChallengeMissing)
			assert.Empty(t, got)
		})
	}
}

// What Challenge accepts is the base64url form of 32 octets, and there is one such form only.
func FuzzChallenge(f *testing.F) {
	f.Add(challenge, "S256", true)
	f.Add(challenge, "plain", true)
	f.Add("", "", false)
	f.Add(strings.Repeat("\r\n", 21)+"A", "S256", true)
	f.Fuzz(func(t *testing.T, c, m string, required bool) {
		got, err := pkce.Challenge(url.Values{"code_challenge": {c}, "code_challenge_method": {m}}, required)
		if err != nil {
			require.Empty(t, got, "an error comes with no challenge")
			return
		}
		require.Equal(t, c, got)
		if c == "" {
			require.False(t, required)
			require.Empty(t, m)
			return
		}
		require.Equal(t, "S256", m)
		sum, err := base64.RawURLEncoding.DecodeString(c)
		require.NoError(t, err)
		require.Len(t, sum, 32)
		require.Equal(t, c, base64.RawURLEncoding.EncodeToString(sum))
	})
}
