package main

import (
	"bytes"
	"context"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestProgram(t *testing.T) {
	t.Parallel()
	always := []string{
		"page  “alice, do you allow budget-app this?”",
		"        accounts-api → AS mTLS  POST /introspect  with certificate CN=accounts-api",
		"checked  the access token is new, the refresh token is the same",
		"after     the tokens from the first time are revoked",
		"old-app → AS  POST /token",
		"Every answer was the expected one.",
	}
	for profile, landmarks := range map[string][]string{
		"": {
			"budget-app → AS mTLS  POST /par  with certificate CN=budget-app",
			"checked  state is that of this browser's request, iss is the server that it was pushed to",
			"cnf.x5t#S256  ",
			"F2-AZ-03 (FAPI 2.0 SP 5.3.2.2-3): Authorization requests that were not pushed are refused.",
			"fapi2-security",
		},
		"fapi2-message-signing": {
			"budget-app → AS mTLS  POST /par  with certificate CN=budget-app",
			"oauth-authz-req+jwt",
			"response  eyJ",
			"F2-MS-01 (FAPI 2.0 MS 5.3.1-1): Authorization requests are pushed as signed request objects.",
			"application/token-introspection+jwt",
		},
		"fapi1-advanced": {
			"browser → AS  GET /authorize",
			"browser → budget-app  POST /callback",
			"checked  signature, iss, aud, nonce; c_hash is that of the code, s_hash that of the state; state is that of this browser's request",
			"F1A-AS-01 (FAPI 1.0 P2 5.2.2-1): Authorization requests are signed request objects.",
		},
	} {
		t.Run(profile, func(t *testing.T) {
			t.Parallel()
			var args []string
			if profile != "" {
				args = []string{"-profile", profile}
			}
			var out bytes.Buffer
			require.Equal(t, 0, program(t.Context(), args, &out), out.String())
			for _, landmark := range append(landmarks, always...) {
				assert.Contains(t, out.String(), landmark)
			}
			assert.NotContains(t, out.String(), "correct horse")
			assert.NotContains(t, out.String(), "DIFFERS")
		})
	}
}

func TestProgramWantsAProfileThatThereIs(t *testing.T) {
	t.Parallel()
	for want, args := range map[string][]string{
		`-profile fapi3: want one of ["fapi2-security" "fapi2-message-signing" "fapi1-advanced"]`: {"-profile", "fapi3"},
		`unexpected arguments ["fapi1-advanced"]`:                                                 {"fapi1-advanced"},
		`flag provided but not defined: -color`:                                                   {"-color"},
	} {
		var out bytes.Buffer
		require.Equal(t, 2, program(t.Context(), args, &out))
		assert.Contains(t, out.String(), want)
	}
}

func TestProgramSaysWhatWentWrong(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out bytes.Buffer
	require.Equal(t, 1, program(ctx, nil, &out))
	assert.Contains(t, out.String(), "DIFFERENT FROM WHAT WAS EXPECTED")
	assert.Contains(t, out.String(), context.Canceled.Error())
}

// Each requirement that is cited must be one that can be explained.
func TestEveryAttackNamesAKnownRequirement(t *testing.T) {
	t.Parallel()
	for _, p := range plans() {
		w := quietWorld(t, p)
		for _, a := range append(p.attacks(p), p.legacyAttacks()...) {
			if a.want.id != "" {
				assert.NotEmpty(t, w.story.clauses[a.want.id].where, "%s: %s", a.title, a.want.id)
			}
		}
	}
}

// A story that goes otherwise must not end as if it hadn't.
func TestADifferenceIsReported(t *testing.T) {
	t.Parallel()
	w := quietWorld(t, plans()[0])
	good := w.forgeries()[1]
	require.NoError(t, w.defend(t.Context(), []attack{good}))
	for name, mutate := range map[string]func(*attack){
		"status":      func(a *attack) { a.want.status = 201 },
		"code":        func(a *attack) { a.want.code = "invalid_request" },
		"requirement": func(a *attack) { a.want.id = "F2-AS-08" },
		"granted":     func(a *attack) { a.try = harmless },
		"aftermath":   func(a *attack) { a.try = withAftermath(a.try, context.Canceled) },
	} {
		bad := good
		mutate(&bad)
		require.ErrorContains(t, w.defend(t.Context(), []attack{bad, good}), good.title, name)
	}
}

// harmless is a good request, which is granted.
func harmless(ctx context.Context, w *world) (attempt, error) {
	answer, err := w.app.Push(ctx, w.app.Request("", "openid"))
	return attempt{answer: answer}, err
}

func withAftermath(try func(context.Context, *world) (attempt, error), err error) func(context.Context, *world) (attempt, error) {
	return func(ctx context.Context, w *world) (attempt, error) {
		tried, failed := try(ctx, w)
		tried.after = func() error { return err }
		return tried, failed
	}
}

func quietWorld(t *testing.T, p *plan) *world {
	t.Helper()
	w, err := newWorld(t.Context(), p, io.Discard)
	require.NoError(t, err)
	t.Cleanup(w.close)
	w.app.Server = w.rival.Server
	return w
}
