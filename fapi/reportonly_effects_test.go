package fapi_test

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

// nothingOnce is a single-use store that must not be asked.
type nothingOnce struct{ calls atomic.Int64 }

func (n *nothingOnce) UseOnce(context.Context, string, string, time.Time) (bool, error) {
	n.calls.Add(1)
	return true, nil
}

func (n *nothingOnce) Used(context.Context, string, string) (bool, error) {
	n.calls.Add(1)
	return false, nil
}

func TestReportOnlySpendsNothing(t *testing.T) {
	t.Parallel()
	once := &nothingOnce{}
	b, got := toFAPI2.start(t, "memory", fapi.WithSingleUse(once))
	byProof(refresh())(b)
	byProof(revoke())(b)
	require.NotEmpty(t, got.of(b))
	assert.Zero(t, once.calls.Load())
}

// TestReportOnlyLeavesReplaysToTheProfile: the lane that serves the client still refuses what was used.
func TestReportOnlyLeavesReplaysToTheProfile(t *testing.T) {
	t.Parallel()
	b, got := toSigned.start(t, "memory")
	var form string
	a := b.got(b.a.Push(b.Context(), b.usualRequest(), fapitest.Sealed, func(m *fapitest.Message) { form = m.Form.Encode() }))
	require.Equal(t, http.StatusCreated, a.Status)
	a = b.send(&b.certA, &fapitest.Message{Method: http.MethodPost, URL: b.a.Server.PushedAuthorizationRequestEndpoint, Header: http.Header{}, Body: form})
	assert.Equal(t, "invalid_client", a.Text("error"), "the second time")
	assert.Len(t, got.of(b), 1, "what is refused is not judged")
}

func TestReportOnlyIgnoresWhatIsRefused(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]step{
		"a stranger's assertion": push(signedBy(newEC(), jose.ES256)),
		"no authentication":      push(unauthenticated),
		"another secret":         bySecret(push(fapitest.Basic("client-a", "wrong"))),
		"an unknown scope":       unpushed(param("scope", "unknown")),
		"an unknown client":      unpushed(param("client_id", "unknown")),
		"an unknown code":        func(b *bench) *fapitest.Answer { return b.got(b.a.Redeem(b.Context(), "ory_ac_a.b", verifier)) },
		"a bad introspector":     introspectUnknown,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, got := toFAPI2.start(t, "memory")
			s(b)
			assert.Empty(t, got.of(b))
		})
	}
}

func introspectUnknown(b *bench) *fapitest.Answer {
	return b.got(b.a.Introspect(b.Context(), "unknown", unauthenticated, fapitest.Basic("client-a", "wrong")))
}

// TestReportOnlyKnowsAPushedRequestAfterLogin: fosite forgets a pushed request when its page is loaded, and the host sends
// the user's browser back with what stood in it.
func TestReportOnlyKnowsAPushedRequestAfterLogin(t *testing.T) {
	t.Parallel()
	b, got := toFAPI2.start(t, "memory")
	var resumed url.Values
	h := &fapi.Handlers{Provider: b.provider, Interaction: fapi.InteractionFunc(func(rw http.ResponseWriter, _ *http.Request, ar fosite.AuthorizeRequester) (*fapi.Decision, error) {
		if resumed == nil {
			resumed = fapi.Resume(ar)
			rw.WriteHeader(http.StatusOK)
			return nil, nil
		}
		return &fapi.Decision{Session: userSession("peter"), Scopes: ar.GetRequestedScopes()}, nil
	})}
	uri := b.requestURI()
	b.handler = h.Authorize()
	require.Equal(t, http.StatusOK, b.browse(uri).Status)
	back := &fapitest.Message{Method: http.MethodGet, URL: b.a.Server.AuthorizationEndpoint, Header: http.Header{}, Form: resumed}
	require.Equal(t, http.StatusSeeOther, b.send(nil, back).Status)
	for _, r := range got.of(b) {
		assert.Empty(t, r.Unmet, r.Leg)
	}
	assert.Len(t, got.of(b), 3)

	resumed.Set("state", "another-state-of-some-length")
	require.Equal(t, http.StatusSeeOther, b.send(nil, back).Status)
	all := got.of(b)
	assert.Equal(t, []string{"F2-AZ-03"}, ids(all[len(all)-1]), "this one was never pushed")
}

// TestReportOnlyJudgesByKeysAtHand: what stands at a jwks_uri is fetched for the next request.
func TestReportOnlyJudgesByKeysAtHand(t *testing.T) {
	t.Parallel()
	var set atomic.Pointer[jose.JSONWebKeySet]
	asked, release := make(chan struct{}, 8), make(chan struct{})
	server := httptest.NewTLSServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		asked <- struct{}{}
		<-release
		rw.Header().Set("Content-Type", "application/jwk-set+json")
		_ = json.NewEncoder(rw).Encode(set.Load())
	}))
	t.Cleanup(server.Close)
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	b, got := toFAPI2.start(t, "memory",
		fapi.WithOutbound(fapi.Outbound{RootCAs: roots, AllowPrivate: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}),
		fapi.WithClientMetadata(func(_ context.Context, c fosite.Client) (*registration.Metadata, error) {
			m := *c.(*registration.Client).RegistrationMetadata()
			m.JWKS, m.JWKSURI = nil, server.URL // the host's own lane has them elsewhere
			return &m, nil
		}))
	set.Store(b.registration("client-a").JWKS)

	require.Equal(t, http.StatusCreated, push()(b).Status, "answered while the client's endpoint hangs")
	all := got.of(b)
	require.Len(t, all, 1)
	assert.Empty(t, all[0].Unmet)
	assert.Equal(t, []string{"the keys at the client's jwks_uri are not at hand yet"}, all[0].Unjudged)
	<-asked
	close(release)
	require.Eventually(t, func() bool {
		push()(b)
		all = got.of(b)
		return len(all[len(all)-1].Unjudged) == 0
	}, 10*time.Second, time.Millisecond)
	assert.Empty(t, all[len(all)-1].Unmet)
	assert.Empty(t, asked, "fetched once")
}

// TestReportOnlyDoesNotWaitForTheReporter: a reporter that hangs costs reports, not answers.
func TestReportOnlyDoesNotWaitForTheReporter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		hang, got := make(chan struct{}), &reports{}
		b := toFAPI2.startWith(t, "memory", fapi.ReportFunc(func(ctx context.Context, r *fapi.Report) {
			<-hang
			got.Report(ctx, r)
		}))
		for range 1100 {
			require.Equal(t, http.StatusSeeOther, unpushed()(b).Status)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		require.ErrorIs(t, b.provider.FlushReports(ctx), context.DeadlineExceeded)
		lost := b.provider.LostReports()
		assert.Positive(t, lost)
		close(hang)
		assert.EqualValues(t, 1100, uint64(len(got.of(b)))+lost)
	})
}

// TestFlushReportsWaitsForWhatWasThere: reports that come while it waits are not its own, or it might never end on a server
// in use. One that the reporter panics about is done with too.
func TestFlushReportsWaitsForWhatWasThere(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		next, delivered := make(chan bool), 0
		b := toFAPI2.startWith(t, "memory", fapi.ReportFunc(func(context.Context, *fapi.Report) {
			passes := <-next
			delivered++
			if !passes {
				panic("no room")
			}
		}))
		flush := func() *atomic.Bool {
			returned := new(atomic.Bool)
			go func() {
				assert.NoError(t, b.provider.FlushReports(context.Background()))
				returned.Store(true)
			}()
			synctest.Wait()
			return returned
		}
		assert.True(t, flush().Load(), "there is nothing to wait for")
		unpushed()(b)
		unpushed()(b)
		first := flush()
		unpushed()(b)
		second, third := flush(), flush()
		cancelled, cancel := context.WithCancel(t.Context())
		cancel()
		require.ErrorIs(t, b.provider.FlushReports(cancelled), context.Canceled)
		for i, passes := range []bool{true, false, true} {
			assert.Equal(t, i, delivered)
			assert.Equal(t, i >= 2, first.Load(), "after %d of 3", i)
			assert.False(t, second.Load() || third.Load())
			next <- passes
			synctest.Wait()
		}
		assert.True(t, second.Load() && third.Load())
		assert.EqualValues(t, 1, b.provider.LostReports())
		assert.True(t, flush().Load())
	})
}

// TestReportOnlySelector: what it says of a client can't alter an answer either.
func TestReportOnlySelector(t *testing.T) {
	t.Parallel()
	for name, selector := range map[string]fapi.Selector{
		"none":     func(context.Context, fosite.Client) (string, error) { return "", nil },
		"legacy":   func(context.Context, fosite.Client) (string, error) { return fapi.Legacy, nil },
		"unknown":  func(context.Context, fosite.Client) (string, error) { return "unknown", nil },
		"an error": func(context.Context, fosite.Client) (string, error) { return "", errors.New("down") },
		"a panic":  func(context.Context, fosite.Client) (string, error) { panic("down") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, got := toFAPI2.by(t, selector)
			require.Equal(t, http.StatusOK, redeem()(b).Status)
			assert.Empty(t, got.of(b))
		})
	}
}

// TestReportOnlyOfTheServingProfile: there is nothing to report of a client that is judged by it anyway.
func TestReportOnlyOfTheServingProfile(t *testing.T) {
	t.Parallel()
	got := &reports{}
	b := newBench(t, "memory", fapi.WithReportOnly(func(context.Context, fosite.Client) (string, error) { return fapi.FAPI2Security().Name, nil }, got))
	b.tokens(b.a, "accounts")
	assert.Empty(t, got.of(b))
}

func TestReportOnlyRules(t *testing.T) {
	t.Parallel()
	for stage, s := range map[fapi.Stage]step{
		fapi.AtClientAuthentication: push(), fapi.AtPushedRequest: push(), fapi.AtAuthorization: visit(), fapi.AtToken: redeem(), fapi.AtRefresh: refresh(),
		fapi.AtRevocation: revoke(), fapi.AtRegistration: push(),
	} {
		t.Run(string(stage), func(t *testing.T) {
			t.Parallel()
			var seen *fapi.Request
			rule := fapi.Rule{
				Requirement: fapi.Requirement{ID: "ACME-7", Clause: "Acme 7", Stage: stage},
				Check: func(_ context.Context, r *fapi.Request) error {
					seen = r
					return fosite.ErrAccessDenied.WithHint("Not on Sundays.")
				},
			}
			b, got := trial{fapi.Legacy, fapi.FAPI2Security().With(rule)}.start(t, "memory")
			require.Less(t, s(b).Status, http.StatusBadRequest)
			all := got.of(b)
			last := all[len(all)-1]
			require.Len(t, last.Unmet, 1)
			assert.Equal(t, "ACME-7", last.Unmet[0].ID)
			assert.Equal(t, "Acme 7", last.Unmet[0].Clause)
			assert.Contains(t, last.Unmet[0].Reason, "Not on Sundays.")
			require.NotNil(t, seen)
			assert.Equal(t, "client-a", seen.Client.GetID())
			assert.False(t, seen.Parameters.Has("client_assertion"))
			if stage == fapi.AtToken || stage == fapi.AtRefresh {
				assert.Equal(t, "peter", seen.Subject)
				assert.NotEmpty(t, seen.Confirmation.X5TS256)
				assert.Equal(t, "private_key_jwt", seen.AuthMethod)
			}
		})
	}
}

// TestReportsTellNothingSecret: a full run, in which every station lacks something.
func TestReportsTellNothingSecret(t *testing.T) {
	t.Parallel()
	var b *bench
	told := func(_ context.Context, r *fapi.Report) {
		b.events.emitted.tell("report", fmt.Sprintf("%+v", *r))
	}
	judged := func(context.Context, fosite.Client) (string, error) { return "fapi1-advanced", nil }
	b = newBench(t, "memory", fapi.WithReportOnly(judged, fapi.ReportFunc(told), fapi.FAPI1Advanced()))
	b.hosted()
	for name, s := range stations {
		a := s.do()(b)
		assert.Less(t, a.Status, http.StatusBadRequest, name)
		for _, m := range s.refused {
			s.do(m)(b)
		}
	}
	require.NoError(t, b.provider.FlushReports(t.Context()))
	e := &b.events.emitted
	assert.Greater(t, strings.Count(strings.Join(e.lines, "\n"), "report: "), 50)
	assert.Contains(t, strings.Join(e.lines, "\n"), "F1A-AS-01")
	assert.Empty(t, e.leaks())
}

func TestReportOnlyIsConcurrent(t *testing.T) {
	t.Parallel()
	b, got := toFAPI2.start(t, "memory")
	readiness := &fapi.Readiness{}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 5 {
				a, err := b.a.Push(b.Context(), b.usualRequest())
				assert.NoError(t, err)
				assert.Equal(t, http.StatusCreated, a.Status)
				readiness.Report(b.Context(), &fapi.Report{Client: "a", Profile: "p"})
				readiness.Text()
			}
		})
	}
	wg.Wait()
	all := got.of(b)
	assert.Len(t, all, 40)
	for _, r := range all {
		assert.Empty(t, r.Unmet)
	}
}

func TestReportOnlyProblems(t *testing.T) {
	t.Parallel()
	judged := func(context.Context, fosite.Client) (string, error) { return "", nil }
	broken := fapi.FAPI2MessageSigning()
	broken.AuthorizationCodeLifetime = time.Hour
	for want, options := range map[string][]fapi.Option{
		"needs a selector and a reporter":         {fapi.WithReportOnly(nil, &fapi.Readiness{}), fapi.WithProfile(fapi.FAPI2Security())},
		"a selector and a reporter, once":         {fapi.WithReportOnly(judged, &fapi.Readiness{}), fapi.WithReportOnly(judged, &fapi.Readiness{}), fapi.WithProfile(fapi.FAPI2Security())},
		"without a profile to judge by":           {fapi.WithFactories(everyFactory...), fapi.WithReportOnly(judged, &fapi.Readiness{})},
		"add WithFactories":                       {fapi.WithReportOnly(judged, &fapi.Readiness{}, fapi.FAPI2Security())},
		"AuthorizationCodeLifetime is 1h0m0s":     {fapi.WithProfile(fapi.FAPI2Security()), fapi.WithReportOnly(judged, &fapi.Readiness{}, broken)},
		`two profiles are named "fapi2-security"`: {fapi.WithProfile(fapi.FAPI2Security()), fapi.WithReportOnly(judged, &fapi.Readiness{}, fapi.FAPI2Security())},
	} {
		_, err := composed(legacyConfig(), stores["memory"](), options...)
		require.ErrorContains(t, err, want)
	}
}

// FuzzReportOnly sends nonsense to a server and to its twin that judges too: both answer alike.
func FuzzReportOnly(f *testing.F) {
	for _, seed := range []struct{ method, path, body string }{
		{"POST", "/par", authorization("web", "code", "photos").Encode()},
		{"GET", "/authorize?" + authorization("web", "code", "photos").Encode(), ""},
		{"GET", "/authorize?client_id=web&request=a.b.c&request_uri=urn:ietf:params:oauth:request_uri:x&urn:fosite-fapi:route=object", ""},
		{"POST", "/token", "grant_type=client_credentials&scope=photos&scope=openid"},
		{"POST", "/token", "grant_type=password&username=peter&password=password&%zz"},
		{"POST", "/introspect", "token=x"},
		{"POST", "/revoke", "token=x&client_id=other"},
	} {
		f.Add(seed.method, seed.path, seed.body, urlencoded, "x")
	}
	build := func(options ...fapi.Option) http.Handler {
		store := stores["memory"](legacyClients()...)
		config := legacyConfig()
		config.ClientSecretsHasher = oneSecret{}
		p, err := fapi.Compose(config, store, legacyStrategy(config), append(options, fapi.WithFactories(everyFactory...), fapi.WithLogger(slog.New(slog.DiscardHandler)))...)
		if err != nil {
			f.Fatal(err)
		}
		return hostHandler(p)
	}
	var readiness fapi.Readiness
	nobody := func(context.Context, fosite.Client) (string, error) { return fapi.Legacy, nil }
	plain := build(fapi.WithProfiles(nobody, fapi.FAPI2Security()))
	judged := build(fapi.WithReportOnly(toSigning, &readiness, fapi.FAPI2MessageSigning()))
	f.Fuzz(func(t *testing.T, method, path, body, contentType, proof string) {
		if _, err := url.ParseRequestURI(issuer + path); err != nil || !strings.HasPrefix(path, "/") || strings.ContainsAny(method+contentType+proof, "\r\n") {
			return
		}
		send := func(h http.Handler) []string {
			v := &visitor{T: t, handler: h}
			req, err := http.NewRequestWithContext(t.Context(), method, issuer+path, strings.NewReader(body))
			if err != nil {
				return nil
			}
			req.RequestURI = ""
			asWeb(req)
			req.Header.Set("Content-Type", contentType)
			req.Header.Set("DPoP", proof)
			rec := httptest.NewRecorder()
			h.ServeHTTP(rec, req)
			v.write(method, &fapitest.Answer{Status: rec.Code, Header: rec.Header(), Body: rec.Body.Bytes()})
			return v.transcript
		}
		require.Equal(t, send(plain), send(judged))
	})
}
