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
	var out bytes.Buffer
	require.Equal(t, 0, program(t.Context(), &out), out.String())
	for _, landmark := range []string{
		"budget-app → AS mTLS  POST /par  with certificate CN=budget-app",
		"page  “alice, do you allow budget-app this?”",
		"checked  state is that of this browser's request, iss is the server that it was pushed to",
		"        accounts-api → AS mTLS  POST /introspect  with certificate CN=accounts-api",
		"cnf.x5t#S256  ",
		"checked  the access token is new, the refresh token is the same",
		"F2-AZ-03 (FAPI 2.0 SP 5.3.2.2-3): Authorization requests that were not pushed are refused.",
		"after     the tokens from the first time are revoked",
		"old-app → AS  POST /token",
		"Every answer was the expected one.",
	} {
		assert.Contains(t, out.String(), landmark)
	}
	assert.NotContains(t, out.String(), "correct horse")
	assert.NotContains(t, out.String(), "DIFFERS")
}

func TestProgramSaysWhatWentWrong(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out bytes.Buffer
	require.Equal(t, 1, program(ctx, &out))
	assert.Contains(t, out.String(), "DIFFERENT FROM WHAT WAS EXPECTED")
	assert.Contains(t, out.String(), context.Canceled.Error())
}

// Each requirement that is cited must be one that can be explained.
func TestEveryAttackNamesAKnownRequirement(t *testing.T) {
	t.Parallel()
	w := quietWorld(t)
	for _, a := range append(attacks(), legacyAttacks()...) {
		if a.want.id != "" {
			assert.NotEmpty(t, w.story.clauses[a.want.id].where, "%s: %s", a.title, a.want.id)
		}
	}
}

// A story that goes otherwise must not end as if it hadn't.
func TestADifferenceIsReported(t *testing.T) {
	t.Parallel()
	w := quietWorld(t)
	good := forgeries()[2]
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

func quietWorld(t *testing.T) *world {
	t.Helper()
	w, err := newWorld(t.Context(), io.Discard)
	require.NoError(t, err)
	t.Cleanup(w.close)
	w.app.Server = w.rival.Server
	return w
}
