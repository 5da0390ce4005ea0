package fapi

import (
	"context"
	"errors"
	"reflect"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"
)

// scope names this library in spans and metrics.
const scope = "github.com/fosite-fapi/fosite-fapi/fapi"

// What spans and measurements say of a decision. Nothing that a client sent is among it.
const (
	stageAttribute       = attribute.Key("fapi.stage")
	outcomeAttribute     = attribute.Key("fapi.outcome") // "granted" or "refused"
	profileAttribute     = attribute.Key("fapi.profile")
	requirementAttribute = attribute.Key("fapi.requirement")
	clientAttribute      = attribute.Key("fapi.client_id")
	codeAttribute        = attribute.Key("fapi.error")
	requestAttribute     = attribute.Key("fapi.request_id")
	interactionAttribute = attribute.Key("fapi.interaction_id")
)

// WithTracerProvider sets where spans go: one for each method of the provider that a profiled client's request passes,
// named "FAPI." and the method. Unset, it is that of the span in the context, else the global one; without an SDK there
// are none, and they cost nothing.
func WithTracerProvider(t trace.TracerProvider) Option {
	return func(s *settings) error {
		if t == nil {
			return errors.New("WithTracerProvider needs a provider")
		}
		s.tracers = t
		return nil
	}
}

// WithMeterProvider sets where measurements go: the counters fapi.decisions, by stage, profile, requirement and
// outcome, and fapi.audit.failures, and the histogram fapi.decision.duration, in seconds by stage and outcome. Unset, it
// is the global one.
func WithMeterProvider(m metric.MeterProvider) Option {
	return func(s *settings) error {
		if m == nil {
			return errors.New("WithMeterProvider needs a provider")
		}
		s.meters = m
		return nil
	}
}

// telemetry is the border to OpenTelemetry.
type telemetry struct {
	own       trace.Tracer // of WithTracerProvider; nil: the surroundings'
	decisions metric.Int64Counter
	durations metric.Float64Histogram
	failures  metric.Int64Counter
}

func newTelemetry(s *settings, found *problems) *telemetry {
	t := &telemetry{}
	if s.tracers != nil {
		t.own = s.tracers.Tracer(scope)
	}
	meters := s.meters
	if meters == nil {
		meters = otel.GetMeterProvider()
	}
	meter := meters.Meter(scope)
	var errs [3]error
	t.decisions, errs[0] = meter.Int64Counter("fapi.decisions", metric.WithUnit("{decision}"),
		metric.WithDescription("Decisions about requests of profiled clients."))
	t.durations, errs[1] = meter.Float64Histogram("fapi.decision.duration", metric.WithUnit("s"),
		metric.WithDescription("Time that the provider worked on a request until it was decided, without the host's."),
		metric.WithExplicitBucketBoundaries(.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5))
	t.failures, errs[2] = meter.Int64Counter("fapi.audit.failures", metric.WithUnit("{event}"),
		metric.WithDescription("Events that an auditor failed to record."))
	if err := errors.Join(errs[:]...); err != nil {
		found.add("", "the meter provider: %s", err)
	}
	return t
}

// tracer is nil where nobody traces.
func (t *telemetry) tracer(ctx context.Context) trace.Tracer {
	if t.own != nil {
		return t.own
	}
	if parent := trace.SpanFromContext(ctx); parent.IsRecording() {
		return parent.TracerProvider().Tracer(scope) // as fosite does
	}
	provider := otel.GetTracerProvider()
	if placeholder(provider) {
		return nil
	}
	return provider.Tracer(scope)
}

// placeholder recognises the global provider as long as no SDK was installed. Its spans would do nothing but allocate.
func placeholder(provider trace.TracerProvider) bool {
	t := reflect.TypeOf(provider)
	return t.Kind() == reflect.Pointer && t.Elem().PkgPath() == "go.opentelemetry.io/otel/internal/global"
}

// observed says whether anybody would see a decision.
func (t *telemetry) observed(w *watch) bool {
	return w.span != nil || t.decisions.Enabled(w) || t.durations.Enabled(w)
}

// decided tells a decision to the span and to the meters.
func (t *telemetry) decided(w *watch, e *Event, took time.Duration) {
	outcome := outcomeAttribute.String(e.outcome())
	if t.decisions.Enabled(w) {
		t.decisions.Add(w, 1, metric.WithAttributes(stageAttribute.String(string(e.Stage)), outcome,
			profileAttribute.String(e.Profile), requirementAttribute.String(e.ID)))
	}
	if t.durations.Enabled(w) {
		t.durations.Record(w, took.Seconds(), metric.WithAttributes(stageAttribute.String(string(e.Stage)), outcome))
	}
	if w.span == nil {
		return
	}
	attributes := []attribute.KeyValue{stageAttribute.String(string(e.Stage)), outcome}
	for _, a := range []attribute.KeyValue{
		profileAttribute.String(e.Profile), clientAttribute.String(e.Client), requirementAttribute.String(e.ID), codeAttribute.String(e.Code),
		requestAttribute.String(e.RequestID), interactionAttribute.String(e.InteractionID),
	} {
		if a.Value.AsString() != "" {
			attributes = append(attributes, a)
		}
	}
	w.span.SetAttributes(attributes...)
	if !e.Granted {
		w.span.SetStatus(codes.Error, e.ID+" "+e.Code)
	}
}

func (t *telemetry) failed(ctx context.Context, stage Stage) {
	if t.failures.Enabled(ctx) {
		t.failures.Add(ctx, 1, metric.WithAttributes(stageAttribute.String(string(stage))))
	}
}
