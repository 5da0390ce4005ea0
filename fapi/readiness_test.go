package fapi_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
)

var (
	legPush    = fapi.Leg{Stage: fapi.AtPushedRequest}
	legPage    = fapi.Leg{Stage: fapi.AtAuthorization}
	legToken   = fapi.Leg{Stage: fapi.AtToken, GrantType: "authorization_code"}
	legRefresh = fapi.Leg{Stage: fapi.AtRefresh}
	codeLegs   = []fapi.Leg{legPush, legPage, legToken}

	wrongAudience = fapi.Unmet{ID: "F2-AS-08", Clause: "FAPI 2.0 SP 5.3.2.1-8", Reason: "aud of the client assertion must be the issuer identifier of this server."}
	noVerifier    = fapi.Unmet{ID: "PKCE-08", Reason: "Send code_verifier."}
)

// A watched client reports to a readiness whose clock stands where the test puts it.
type watched struct {
	*testing.T
	fapi.Readiness
	now time.Time
}

func watch(t *testing.T) *watched {
	t.Helper()
	w := &watched{T: t, now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	w.Readiness.Now = func() time.Time { return w.now }
	return w
}

// saw reports requests of "shop" that would have passed.
func (w *watched) saw(legs ...fapi.Leg) {
	for _, leg := range legs {
		w.report("shop", leg)
	}
}

func (w *watched) report(client string, leg fapi.Leg, unmet ...fapi.Unmet) {
	w.Report(w.Context(), &fapi.Report{Time: w.now, Client: client, Profile: "fapi2-security", Leg: leg, Unmet: unmet, Legs: codeLegs})
}

func (w *watched) unready(missing ...string) {
	w.Helper()
	s, _ := w.Client("shop")
	assert.False(w.T, s.Ready)
	assert.False(w.T, w.Ready("shop"))
	assert.Equal(w.T, missing, s.Missing)
}

func (w *watched) ready() {
	w.Helper()
	s, ok := w.Client("shop")
	require.True(w.T, ok)
	assert.True(w.T, s.Ready)
	assert.True(w.T, w.Ready("shop"))
	assert.Empty(w.T, s.Missing)
}

func TestReadinessWantsEveryLeg(t *testing.T) {
	t.Parallel()
	w := watch(t)
	w.unready("nothing was seen of it")
	w.saw(legPush)
	w.unready("not seen yet: authorization", "not seen yet: token authorization_code")
	w.saw(legToken, legPage)
	w.ready()
	w.saw(legRefresh) // not needed, but fine
	w.ready()
	s, _ := w.Client("shop")
	assert.Equal(t, []fapi.Sighting{{legPush, 1, w.now}, {legPage, 1, w.now}, {legToken, 1, w.now}, {legRefresh, 1, w.now}}, s.Seen)
}

const (
	audienceMissing = "F2-AS-08 (FAPI 2.0 SP 5.3.2.1-8): aud of the client assertion must be the issuer identifier of this server. " +
		"(pushed_authorization_request; 1 so far, last 2026-01-02T03:04:05Z)"
	quietMissing = "nothing more may be unmet until 2026-01-03T03:04:05Z"
)

func TestReadinessWantsEverythingMetAndADayOfQuiet(t *testing.T) {
	t.Parallel()
	w := watch(t)
	w.saw(codeLegs...)
	w.report("shop", legPush, wrongAudience)
	w.unready(audienceMissing, quietMissing)

	w.now = w.now.Add(time.Hour)
	w.saw(legPage, legToken)
	w.unready(audienceMissing, quietMissing)
	w.saw(legPush)
	w.unready(quietMissing)
	w.now = w.now.Add(23*time.Hour - time.Second)
	w.unready(quietMissing)
	w.now = w.now.Add(time.Second)
	w.ready()
	s, _ := w.Client("shop")
	require.Len(t, s.Findings, 1, "what was is kept")
	assert.Equal(t, []fapi.Leg{legPush}, s.Findings[0].Legs)
	assert.Empty(t, s.Findings[0].Open)

	w.report("shop", legRefresh, noVerifier) // a leg that it doesn't need, but uses
	w.unready("PKCE-08: Send code_verifier. (refresh; 1 so far, last 2026-01-03T03:04:05Z)", "nothing more may be unmet until 2026-01-04T03:04:05Z")
	w.Forget("shop")
	w.Forget("shop")
	w.unready("nothing was seen of it")
}

func TestReadinessWithoutQuiet(t *testing.T) {
	t.Parallel()
	w := watch(t)
	w.Quiet = -1
	w.report("shop", legPush, wrongAudience, noVerifier)
	w.saw(codeLegs...)
	w.ready()
	w.report("shop", legToken, noVerifier)
	s, _ := w.Client("shop")
	require.Len(t, s.Findings, 2)
	assert.Equal(t, 2, s.Findings[1].Count)
	assert.Equal(t, []fapi.Leg{legPush, legToken}, s.Findings[1].Legs)
	assert.Equal(t, []fapi.Leg{legToken}, s.Findings[1].Open)
}

func TestReadinessDefers(t *testing.T) {
	t.Parallel()
	w := watch(t)
	w.Deferred = func(leg fapi.Leg, id string) bool { return leg == legPush && id == "F2-AS-08" }
	w.saw(codeLegs...)
	w.report("shop", legPush, wrongAudience)
	w.ready()
	s, _ := w.Client("shop")
	assert.Len(t, s.Findings, 1)
	w.report("shop", legToken, wrongAudience)
	assert.False(t, w.Ready("shop"))
}

func TestReadinessWantsJudgement(t *testing.T) {
	t.Parallel()
	w := watch(t)
	unjudged := &fapi.Report{Time: w.now, Client: "shop", Profile: "fapi2-security", Leg: legPush, Unjudged: []string{"no keys"}, Legs: codeLegs}
	w.saw(legPage, legToken)
	w.Report(t.Context(), unjudged)
	w.unready("not judged yet: pushed_authorization_request: no keys")
	w.saw(legPush)
	w.ready()
	w.Report(t.Context(), unjudged)
	w.ready()
	w.report("shop", legPush, wrongAudience)
	w.Report(t.Context(), unjudged)
	s, _ := w.Client("shop")
	assert.Equal(t, []fapi.Leg{legPush}, s.Findings[0].Open, "what was not judged meets nothing")
}

func TestReadinessOfAClientWithoutGrants(t *testing.T) {
	t.Parallel()
	w := watch(t)
	w.Report(t.Context(), &fapi.Report{Time: w.now, Client: "shop", Profile: "fapi2-security", Leg: legPage})
	w.unready("none of its grants is one of the profile")
}

func TestReadinessBeginsAnewWithAnotherProfile(t *testing.T) {
	t.Parallel()
	w := watch(t)
	w.report("shop", legPush, wrongAudience)
	for _, leg := range codeLegs {
		w.Report(t.Context(), &fapi.Report{Time: w.now, Client: "shop", Profile: "another", Leg: leg, Legs: codeLegs})
	}
	w.ready()
	s, _ := w.Client("shop")
	assert.Equal(t, "another", s.Profile)
}

func TestReadinessIsBounded(t *testing.T) {
	t.Parallel()
	w := watch(t)
	w.MaxClients = 2
	w.report("a", legPush)
	w.report("b", legPush)
	w.report("a", legPush)
	w.report("c", legPush)
	var known []string
	for _, s := range w.Clients() {
		known = append(known, s.Client)
	}
	assert.Equal(t, []string{"a", "c"}, known)
	for i := range 1000 {
		w.report("a", fapi.Leg{Stage: fapi.AtToken, GrantType: fmt.Sprint(i)}, fapi.Unmet{ID: fmt.Sprint(i)})
	}
	s, _ := w.Client("a")
	assert.Less(t, len(s.Findings), 200)
	assert.Less(t, len(s.Seen), 200)
	assert.False(t, s.Ready)
}

func TestReadinessForPeople(t *testing.T) {
	t.Parallel()
	w := watch(t)
	w.report("a|<b>\n[c](x)", legPush, wrongAudience)
	w.saw(codeLegs...)
	assert.Equal(t, `a|<b> [c](x): not ready for fapi2-security
  `+audienceMissing+`
  not seen yet: authorization
  not seen yet: token authorization_code
  `+quietMissing+`
shop: ready for fapi2-security
`, w.Text())
	assert.Equal(t, `| Client | Profile | Verdict | Requests | Missing |
| --- | --- | --- | --- | --- |
| a\|&lt;b&gt; \[c\](x) | fapi2-security | not ready | pushed\_authorization\_request: 1 | F2-AS-08 (FAPI 2.0 SP 5.3.2.1-8): aud of the client assertion must be the issuer identifier of this server. (pushed\_authorization\_request; 1 so far, last 2026-01-02T03:04:05Z)<br>not seen yet: authorization<br>not seen yet: token authorization\_code<br>nothing more may be unmet until 2026-01-03T03:04:05Z |
| shop | fapi2-security | ready | pushed\_authorization\_request: 1<br>authorization: 1<br>token authorization\_code: 1 |  |
`, w.Markdown())
}

// TestReadinessOfAClientThatMigrates: what a legacy client lacks, what it changes, and the move itself.
func TestReadinessOfAClientThatMigrates(t *testing.T) {
	t.Parallel()
	readiness := &fapi.Readiness{Quiet: -1}
	b := toFAPI2.startWith(t, "json", readiness)
	verdict := func() fapi.Summary {
		require.NoError(t, b.provider.FlushReports(context.Background()))
		s, _ := readiness.Client("client-a")
		return s
	}
	code := b.response(unpushed(noParam("code_challenge"), noParam("code_challenge_method"))(b)).Get("code")
	b.got(b.a.Redeem(b.Context(), code, verifier, noParam("code_verifier")))
	s := verdict()
	require.False(t, s.Ready)
	var found []string
	for _, f := range s.Findings {
		found = append(found, f.ID)
	}
	assert.ElementsMatch(t, []string{"F2-AZ-03", "F2-AZ-05", "PKCE-08"}, found)

	refresh()(b)
	credentialsStep()(b)
	s = verdict()
	assert.True(t, s.Ready, s.Missing)
}
