package fapi_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/ory/fosite"
	"github.com/ory/fosite/compose"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
)

// A legacyBench measures authorize -> token -> refresh of a legacy client on the server's side alone.
type legacyBench struct {
	handler http.Handler
	page    *http.Request
	access  *reused
	out     response
}

func newLegacyBench(tb testing.TB, hasher fosite.Hasher, provider func(config *fosite.Config, store fosite.Storage) fosite.OAuth2Provider) *legacyBench {
	tb.Helper()
	config := legacyConfig()
	config.ClientSecretsHasher = hasher
	b := &legacyBench{handler: hostHandler(provider(config, stores["memory"](legacyClients()...))), access: newReused("/token", nil)}
	b.access.SetBasicAuth("web", webSecret)
	b.page = newReused("/authorize", nil).Request
	b.page.Method, b.page.Header, b.page.Body = http.MethodGet, http.Header{}, http.NoBody
	b.page.URL.RawQuery = authorization("web", "code", "offline photos").Encode()
	return b
}

func (b *legacyBench) send(r *http.Request) {
	b.out.reset()
	if r != b.page {
		r.Body = io.NopCloser(&b.access.reader) // what was put in its place counts what is read
	}
	b.handler.ServeHTTP(&b.out, r)
}

func (b *legacyBench) flow(tb testing.TB) {
	b.page.Form, b.page.PostForm = nil, nil
	b.send(b.page)
	code := between(b.out.header.Get("Location"), "code=", "&")
	b.send(b.access.with("grant_type=authorization_code&redirect_uri=https%3A%2F%2Fweb.example.com%2Fcallback&code=", code))
	token := between(b.out.body.String(), `"refresh_token":"`, `"`)
	b.send(b.access.with("grant_type=refresh_token&refresh_token=", token))
	if b.out.status != http.StatusOK {
		tb.Fatalf("%d %s", b.out.status, b.out.body.String())
	}
}

var plainFosite = func(config *fosite.Config, store fosite.Storage) fosite.OAuth2Provider {
	return compose.Compose(config, store, legacyStrategy(config), everyFactory...)
}

// beside is the provider of a host that changed the call, for a benchmark.
func beside(tb testing.TB, options ...fapi.Option) func(config *fosite.Config, store fosite.Storage) fosite.OAuth2Provider {
	return func(config *fosite.Config, store fosite.Storage) fosite.OAuth2Provider {
		p, err := fapi.Compose(config, store, legacyStrategy(config), append([]fapi.Option{
			fapi.WithFactories(everyFactory...), fapi.WithProfiles(byRegistration, fapi.FAPI2Security()), fapi.WithLogger(slog.New(slog.DiscardHandler)),
		}, options...)...)
		require.NoError(tb, err)
		return p
	}
}

func judgingAll(context.Context, fosite.Client) (string, error) {
	return fapi.FAPI2Security().Name, nil
}

// BenchmarkLegacyFlow is what a legacy client's flow costs: with plain fosite, with profiled clients beside, and judged in
// report-only mode.
func BenchmarkLegacyFlow(b *testing.B) {
	for _, v := range []struct {
		name     string
		provider func(config *fosite.Config, store fosite.Storage) fosite.OAuth2Provider
	}{
		{"fosite", plainFosite},
		{"beside", beside(b)},
		{"report-only", beside(b, fapi.WithReportOnly(judgingAll, &fapi.Readiness{}))},
	} {
		b.Run(v.name, func(b *testing.B) {
			f := newLegacyBench(b, oneSecret{}, v.provider)
			b.ReportAllocs()
			for b.Loop() {
				f.flow(b)
			}
		})
	}
}

// BenchmarkLegacyRatio runs both in turns, so that they see the same machine, and reports the ratio of their medians: with
// fosite's own hasher, at the lowest cost that bcrypt has, and without any, which shows what is hidden behind it.
func BenchmarkLegacyRatio(b *testing.B) {
	for name, hasher := range map[string]fosite.Hasher{"bcrypt": nil, "no-hash": oneSecret{}} {
		b.Run(name, func(b *testing.B) { legacyRatio(b, hasher) })
	}
}

func legacyRatio(b *testing.B, hasher fosite.Hasher) {
	b.Helper()
	plain, ours := newLegacyBench(b, hasher, plainFosite), newLegacyBench(b, hasher, beside(b))
	theirs, own := make([]time.Duration, b.N), make([]time.Duration, b.N)
	for i := range b.N {
		start := time.Now()
		plain.flow(b)
		middle := time.Now()
		ours.flow(b)
		theirs[i], own[i] = middle.Sub(start), time.Since(middle)
	}
	slices.Sort(theirs)
	slices.Sort(own)
	b.ReportMetric(float64(own[b.N/2])/float64(theirs[b.N/2]), "x-fosite")
}

// TestLegacyFlowCostsWhatFositeDoes: within 2% of its allocations, not counting those of the race detector.
func TestLegacyFlowCostsWhatFositeDoes(t *testing.T) { // not parallel: it counts allocations
	plain, ours := newLegacyBench(t, oneSecret{}, plainFosite), newLegacyBench(t, oneSecret{}, beside(t))
	want := testing.AllocsPerRun(100, func() { plain.flow(t) })
	got := testing.AllocsPerRun(100, func() { ours.flow(t) })
	t.Logf("fosite %.0f, beside profiled clients %.0f", want, got)
	limit := 1.02
	if raceDetector {
		limit = 1.05
	}
	require.LessOrEqual(t, got, want*limit)
}
