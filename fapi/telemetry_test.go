package fapi_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

// spanned are the spans since the last call, each ended.
func (b *bench) spanned() (all []*span) {
	b.Helper()
	e := &b.events.emitted
	e.mu.Lock()
	defer e.mu.Unlock()
	all, e.spans = e.spans, nil
	for _, s := range all {
		assert.Equal(b, 1, s.ended, s.name)
		assert.Equal(b, "github.com/fosite-fapi/fosite-fapi/fapi", s.scope)
	}
	return all
}

func spanNames(spans []*span) (names []string) {
	for _, s := range spans {
		names = append(names, s.name)
	}
	return names
}

func TestSpans(t *testing.T) {
	t.Parallel()
	b := newBench(t, "memory")
	granted := func(stage string, names ...string) {
		t.Helper()
		spans, e := b.spanned(), b.decision()
		require.Equal(t, names, spanNames(spans))
		for _, s := range spans[:len(spans)-1] {
			assert.Empty(t, s.attributes, "the decision is the last's to tell")
		}
		s := spans[len(spans)-1]
		assert.Equal(t, codes.Unset, s.code)
		for key, want := range map[string]string{
			"fapi.stage": stage, "fapi.outcome": "granted", "fapi.profile": "fapi2-security", "fapi.client_id": "client-a", "fapi.requirement": "",
			"fapi.error": "", "fapi.request_id": e.RequestID, "fapi.interaction_id": e.InteractionID,
		} {
			assert.Equal(t, want, s.attribute(key), key)
		}
	}
	uri := push()(b).Text("request_uri")
	granted("pushed_authorization_request", "FAPI.NewPushedAuthorizeRequest", "FAPI.NewPushedAuthorizeResponse")
	code := b.response(b.browse(uri)).Get("code")
	granted("authorization", "FAPI.NewAuthorizeRequest", "FAPI.NewAuthorizeResponse")
	tokens := b.got(b.a.Redeem(t.Context(), code, verifier))
	granted("token", "FAPI.NewAccessRequest", "FAPI.NewAccessResponse")
	access := tokens.Text("access_token")
	b.got(b.a.Introspect(t.Context(), access))
	granted("introspection", "FAPI.NewIntrospectionRequest")
	visiting(func(*bench) string { return access }, certificateA)(b)
	granted("resource", "FAPI.Authorize")
	b.mount()
	b.got(b.a.Revoke(t.Context(), access))
	granted("revocation", "FAPI.NewRevocationRequest")

	push(param("scope", "everything"))(b)
	s, e := b.spanned(), b.decision()
	require.Equal(t, []string{"FAPI.NewPushedAuthorizeRequest"}, spanNames(s))
	assert.Equal(t, codes.Error, s[0].code)
	assert.Equal(t, "PAR-08 invalid_scope", s[0].description)
	assert.Equal(t, []string{"refused", "PAR-08", "invalid_scope", e.InteractionID},
		[]string{s[0].attribute("fapi.outcome"), s[0].attribute("fapi.requirement"), s[0].attribute("fapi.error"), s[0].attribute("fapi.interaction_id")})
	b.got(b.a.Revoke(t.Context(), access, method(http.MethodPut)))
	require.Equal(t, []string{"FAPI.Refuse"}, spanNames(b.spanned()))
}

// Whatever runs inside a method of the provider is traced below it, and it below what the host began.
func TestSpansNest(t *testing.T) {
	t.Parallel()
	b := newBench(t, "memory")
	var inside trace.Span
	profile := fapi.FAPI2Security().With(rule("ACME-1", fapi.AtPushedRequest, func(*fapi.Request) error { return nil }), fapi.Rule{
		Requirement: fapi.Requirement{ID: "ACME-2", Stage: fapi.AtPushedRequest},
		Check:       func(ctx context.Context, _ *fapi.Request) error { inside = trace.SpanFromContext(ctx); return nil },
	})
	b.reopen(fapi.WithProfile(profile))
	ctx, outer := tracers{e: &b.events.emitted}.Tracer("host").Start(t.Context(), "POST /par")
	_, err := b.a.Push(ctx, b.usualRequest())
	outer.End()
	require.NoError(t, err)
	own, ok := inside.(*span)
	require.True(t, ok)
	assert.Equal(t, "FAPI.NewPushedAuthorizeRequest", own.name)
	assert.Same(t, outer, own.parent)

	// Without a provider of its own it goes where the span of the context goes, as fosite does, and nowhere without one.
	inside = nil
	b.provider, err = composed(hostConfig(), b.store, fapi.WithProfile(profile))
	require.NoError(t, err)
	b.mount()
	b.connect(b.a, &b.certA)
	ctx, outer = tracers{e: &b.events.emitted}.Tracer("host").Start(t.Context(), "POST /par")
	_, err = b.a.Push(ctx, b.usualRequest())
	outer.End()
	require.NoError(t, err)
	own, ok = inside.(*span)
	require.True(t, ok)
	assert.Same(t, outer, own.parent)
	created := push()(b)
	require.Equal(t, http.StatusCreated, created.Status)
	assert.Equal(t, trace.SpanFromContext(context.Background()), inside, "the placeholder of the global provider makes no span")
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	profile := fapi.FAPI2Security().With(rule("ACME-1", fapi.AtPushedRequest, func(*fapi.Request) error { pass(20 * time.Millisecond); return nil }))
	clauses{{"the clock is the bubble's", deliberating(time.Minute, request()), func(b *bench, _ *fapitest.Answer) {
		push(param("scope", "everything"))(b)
		push(param("scope", "everything"))(b)
		decisions, durations := map[attribute.Set]float64{}, map[string][]float64{}
		for _, p := range b.events.emitted.points {
			switch p.name {
			case "fapi.decisions":
				decisions[p.attributes] += p.value
			case "fapi.decision.duration":
				stage, _ := p.attributes.Value("fapi.stage")
				durations[stage.AsString()] = append(durations[stage.AsString()], p.value)
			}
		}
		set := func(stage, outcome, id string) attribute.Set {
			return attribute.NewSet(attribute.String("fapi.stage", stage), attribute.String("fapi.outcome", outcome),
				attribute.String("fapi.profile", "fapi2-security"), attribute.String("fapi.requirement", id))
		}
		assert.Equal(b, map[attribute.Set]float64{
			set("pushed_authorization_request", "granted", ""): 1, set("authorization", "granted", ""): 1, set("token", "granted", ""): 1,
			set("pushed_authorization_request", "refused", "PAR-08"): 2,
		}, decisions)
		assert.Equal(b, []float64{0.02, 0, 0}, durations["pushed_authorization_request"], "the work of both methods")
		assert.Equal(b, []float64{0}, durations["authorization"], "without the host's minute")
		assert.Len(b, durations["token"], 1)
	}}}.under(t, profile)

	b := newBench(t, "memory", fapi.WithAudit(failing["error"]))
	push()(b)
	assert.True(t, slices.ContainsFunc(b.events.emitted.points, func(p point) bool { return p.name == "fapi.audit.failures" && p.value == 1 }))
}

// The global providers count where none is given, also when they are installed later.
func TestGlobalProviders(t *testing.T) {
	t.Parallel()
	if os.Getenv("FAPI_TEST_GLOBAL_PROVIDERS") == "" {
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestGlobalProviders$", "-test.v")
		child.Env = append(os.Environ(), "FAPI_TEST_GLOBAL_PROVIDERS=1")
		out, err := child.CombinedOutput()
		require.NoError(t, err, string(out))
		assert.Contains(t, string(out), "--- PASS: TestGlobalProviders")
		return
	}
	provider, err := composed(hostConfig(), stores["memory"](), fapi.WithProfile(fapi.FAPI2Security()))
	require.NoError(t, err)
	var e emissions
	visit := func() {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, issuer+"/authorize", nil)
		_, err := provider.NewAuthorizeRequest(t.Context(), r)
		require.Error(t, err)
	}
	visit()
	assert.Empty(t, e.spans)
	otel.SetTracerProvider(tracers{e: &e})
	otel.SetMeterProvider(meters{e: &e})
	visit()
	assert.Equal(t, []string{"FAPI.NewAuthorizeRequest"}, spanNames(e.spans))
	assert.Len(t, e.points, 2)
}

func TestTelemetryOptions(t *testing.T) {
	t.Parallel()
	for _, option := range []fapi.Option{fapi.WithTracerProvider(nil), fapi.WithMeterProvider(nil)} {
		_, err := composed(hostConfig(), stores["memory"](), fapi.WithProfile(fapi.FAPI2Security()), option)
		require.ErrorContains(t, err, "needs a provider")
	}
}

// The search for secrets finds them wherever they are told.
func TestLeaksAreFound(t *testing.T) {
	t.Parallel()
	const secret = "s3cr3t-s3cr3t-s3cr3t"
	for name, leak := range map[string]func(e *emissions){
		"event":     func(e *emissions) { e.tell("event", "x"+secret) },
		"log":       func(e *emissions) { slog.New(slog.NewJSONHandler(e, nil)).Info("x", "token", secret) },
		"span":      func(e *emissions) { tracers{e: e}.Tracer("").Start(context.Background(), secret) },
		"status":    func(e *emissions) { begun(e).SetStatus(codes.Error, secret) },
		"attribute": func(e *emissions) { begun(e).SetAttributes(attribute.String("x", secret)) },
		"exception": func(e *emissions) { begun(e).RecordError(http.ErrAbortHandler); begun(e).AddEvent(secret) },
		"point":     func(e *emissions) { e.measure("x", 1, attribute.NewSet(attribute.String("x", secret))) },
	} {
		var e emissions
		e.keep("token", "prefix."+secret)
		leak(&e)
		assert.Len(t, e.leaks(), 1, name)
	}
	// In a real run: a host whose rule tells what it should not.
	b := &bench{T: t, events: &events{}, subject: "alice"}
	full := newBench(t, "memory")
	b.a, b.certA, b.b, b.certB, b.store, b.pki = full.a, full.certA, full.b, full.certB, full.store, full.pki
	b.reopen(fapi.WithProfile(fapi.FAPI2Security().With(rule("ACME-1", fapi.AtPushedRequest, func(r *fapi.Request) error {
		return errors.New(r.Parameters.Get("nonce"))
	}))))
	push()(b)
	leaks := strings.Join(b.events.emitted.leaks(), "\n")
	assert.Contains(t, leaks, "nonce in ")
}

func begun(e *emissions) trace.Span {
	_, s := tracers{e: e}.Tracer("").Start(context.Background(), "x")
	return s
}
