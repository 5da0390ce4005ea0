package fapi_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	metricnoop "go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/trace"
	tracenoop "go.opentelemetry.io/otel/trace/noop"

	"github.com/fosite-fapi/fosite-fapi/fapi"
)

// emissions are everything that a server tells beside its answers (to audit, log, spans and meters), and what errors
// say in these, with the secrets that passed meanwhile.
type emissions struct {
	off     bool // for tests of many thousand messages
	mu      sync.Mutex
	lines   []string
	spans   []*span
	points  []point
	secrets map[string]string // what it is, by the secret
	kinds   map[string]int    // how many of each
}

// observed are the options that make a server tell everything.
func (b *bench) observed() []fapi.Option {
	return []fapi.Option{
		fapi.WithAudit(b.events, fapi.AuditFunc(func(_ context.Context, e fapi.Event) error {
			b.events.emitted.tell("event", fmt.Sprintf("%+v", e))
			return nil
		})),
		fapi.WithLogger(slog.New(slog.NewJSONHandler(&b.events.emitted, &slog.HandlerOptions{Level: slog.LevelDebug}))),
		fapi.WithTracerProvider(tracers{e: &b.events.emitted}), fapi.WithMeterProvider(meters{e: &b.events.emitted}),
	}
}

// overseen judges, when the test is over, everything that the bench's servers told.
func (b *bench) overseen(t *testing.T) {
	t.Helper()
	for what, key := range map[string]crypto.Signer{
		"key of client A": b.a.Key, "key of client B": b.b.Key, "key of the server": testEC(), "RSA key of the server": testRSA(),
	} {
		b.events.emitted.keepKey(what, key)
	}
	b.events.emitted.keep("secret of the server", string(hostConfig().GlobalSecret))
	t.Cleanup(func() {
		b.events.judge(t)
		assert.Empty(t, b.events.emitted.leaks())
	})
}

func (e *emissions) tell(kind, text string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.lines = append(e.lines, kind+": "+text)
}

// Write is for a log.
func (e *emissions) Write(record []byte) (int, error) {
	e.tell("log", string(record))
	return len(record), nil
}

// leaks are the secrets that were told.
func (e *emissions) leaks() (found []string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	lines := slices.Clone(e.lines)
	for _, s := range e.spans {
		lines = append(lines, "span: "+s.String())
	}
	for _, p := range e.points {
		lines = append(lines, "point: "+p.String())
	}
	told := strings.Join(lines, "\n")
	for secret, what := range e.secrets {
		if strings.Contains(told, secret) {
			at := strings.Index(told, secret)
			line := told[strings.LastIndexByte(told[:at], '\n')+1:]
			line, _, _ = strings.Cut(line, "\n")
			found = append(found, what+" in "+line)
		}
	}
	return found
}

// keep notes a secret and its parts. Short ones are no secrets, but what a test sends for nonsense.
func (e *emissions) keep(what string, values ...string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.secrets == nil {
		e.secrets, e.kinds = map[string]string{}, map[string]int{}
	}
	for _, value := range values {
		parts := append(strings.FieldsFunc(value, func(r rune) bool { return r == '.' || r == ':' || r == '/' }), value)
		for _, part := range parts {
			if len(part) >= 16 {
				e.secrets[part] = what
				e.kinds[what]++
			}
		}
	}
}

func (e *emissions) keepKey(what string, key crypto.Signer) {
	var numbers []*big.Int
	switch key := key.(type) {
	case *ecdsa.PrivateKey:
		numbers = []*big.Int{key.D}
	case *rsa.PrivateKey:
		numbers = append([]*big.Int{key.D}, key.Primes...)
	}
	for _, n := range numbers {
		e.keep(what, n.String(), hex.EncodeToString(n.Bytes()), base64.RawURLEncoding.EncodeToString(n.Bytes()), base64.StdEncoding.EncodeToString(n.Bytes()))
	}
}

// What is secret in messages.
var (
	secretParameters = []string{
		"client_assertion", "client_secret", "request", "request_uri", "code", "code_verifier", "refresh_token", "token", "access_token",
		"id_token", "id_token_hint", "password", "response", "state", "nonce", "registration_access_token", "software_statement",
	}
	secretInputs = regexp.MustCompile(`name="(code|id_token|access_token|response|state)" value="([^"]+)"`)
)

// harvest notes the secrets of what passes a handler.
func (e *emissions) harvest(inner http.Handler) http.Handler {
	if e.off {
		return inner
	}
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil { // some tests break off
			r.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body), failingReader{err}))
		} else {
			r.Body = io.NopCloser(bytes.NewReader(body))
		}
		for _, raw := range []string{string(body), r.URL.RawQuery} {
			e.keepForm(raw)
		}
		e.keepObject(string(body))
		for _, header := range r.Header["Authorization"] {
			_, credentials, _ := strings.Cut(header, " ")
			e.keep("Authorization", credentials)
			_, password, _ := r.BasicAuth()
			e.keep("password", password)
		}
		e.keep("DPoP proof", r.Header["Dpop"]...)
		tee := &teeWriter{ResponseWriter: rw}
		inner.ServeHTTP(tee, r)
		e.keep("DPoP nonce", rw.Header().Values("DPoP-Nonce")...)
		e.keepAnswer(rw.Header(), tee)
	})
}

func (e *emissions) keepForm(raw string) {
	values, _ := url.ParseQuery(raw) // what can be read
	for _, name := range secretParameters {
		e.keep(name, values[name]...)
	}
}

func (e *emissions) keepAnswer(h http.Header, answer *teeWriter) {
	if location, err := url.Parse(h.Get("Location")); err == nil {
		e.keepForm(location.RawQuery)
		e.keepForm(location.EscapedFragment())
		for _, raw := range []string{location.RawQuery, location.EscapedFragment()} {
			params, _ := url.ParseQuery(raw)
			e.tell("redirect", params.Get("error_description")+" "+params.Get("error_uri"))
		}
	}
	for _, challenge := range h.Values("WWW-Authenticate") {
		e.tell("challenge", challenge)
	}
	body := answer.body.String()
	for _, input := range secretInputs.FindAllStringSubmatch(body, -1) {
		e.keep(input[1], input[2])
	}
	object, isObject := e.keepObject(body)
	switch {
	case isObject:
		e.tell("error", fmt.Sprint(object["error"], object["error_description"], object["error_uri"]))
	case strings.HasPrefix(h.Get("Content-Type"), "application/token-introspection+jwt"):
		e.keep("introspection response", body)
	case answer.status >= http.StatusBadRequest:
		e.tell("page", body)
	}
}

// keepObject is keepForm for JSON.
func (e *emissions) keepObject(raw string) (object map[string]any, ok bool) {
	if json.Unmarshal([]byte(raw), &object) != nil {
		return nil, false
	}
	for _, name := range secretParameters {
		if text, ok := object[name].(string); ok {
			e.keep(name, text)
		}
	}
	return object, true
}

type failingReader struct{ err error }

func (r failingReader) Read([]byte) (int, error) { return 0, r.err }

// teeWriter keeps what was answered.
type teeWriter struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (t *teeWriter) WriteHeader(status int) { t.status = status; t.ResponseWriter.WriteHeader(status) }

func (t *teeWriter) Write(p []byte) (int, error) {
	t.body.Write(p)
	return t.ResponseWriter.Write(p)
}

// tracers and meters record for an emissions by the API alone.
type tracers struct {
	tracenoop.TracerProvider
	e *emissions
}

func (t tracers) Tracer(scope string, _ ...trace.TracerOption) trace.Tracer {
	return tracer{e: t.e, scope: scope}
}

type tracer struct {
	tracenoop.Tracer
	e     *emissions
	scope string
}

func (t tracer) Start(ctx context.Context, name string, options ...trace.SpanStartOption) (context.Context, trace.Span) {
	config := trace.NewSpanStartConfig(options...)
	parent, _ := trace.SpanFromContext(ctx).(*span)
	s := &span{e: t.e, scope: t.scope, name: name, parent: parent, attributes: config.Attributes()}
	t.e.mu.Lock()
	t.e.spans = append(t.e.spans, s)
	t.e.mu.Unlock()
	return trace.ContextWithSpan(ctx, s), s
}

type span struct {
	tracenoop.Span
	e           *emissions
	scope, name string
	parent      *span
	attributes  []attribute.KeyValue
	told        []string
	code        codes.Code
	description string
	ended       int
}

func (s *span) locked(f func()) { s.e.mu.Lock(); defer s.e.mu.Unlock(); f() }

func (s *span) IsRecording() bool                    { return s.ended == 0 }
func (s *span) TracerProvider() trace.TracerProvider { return tracers{e: s.e} }
func (s *span) End(...trace.SpanEndOption)           { s.locked(func() { s.ended++ }) }
func (s *span) SetName(name string)                  { s.locked(func() { s.name = name }) }
func (s *span) RecordError(err error, o ...trace.EventOption) {
	s.AddEvent("error "+err.Error(), o...)
}
func (s *span) SetAttributes(kv ...attribute.KeyValue) {
	s.locked(func() { s.attributes = append(s.attributes, kv...) })
}
func (s *span) SetStatus(code codes.Code, description string) {
	s.locked(func() { s.code, s.description = code, description })
}
func (s *span) AddEvent(name string, options ...trace.EventOption) {
	config := trace.NewEventConfig(options...)
	s.locked(func() { s.told = append(s.told, fmt.Sprint(name, config.Attributes())) })
}
func (s *span) AddLink(link trace.Link) {
	s.locked(func() { s.told = append(s.told, fmt.Sprint(link.Attributes)) })
}

func (s *span) String() string {
	return fmt.Sprint(s.scope, " ", s.name, " ", rendered(s.attributes), " ", s.told, " ", s.code, " ", s.description)
}

// attribute is a value of a span; "" for none.
func (s *span) attribute(key string) string {
	for _, a := range s.attributes {
		if string(a.Key) == key {
			return a.Value.String()
		}
	}
	return ""
}

func rendered(attributes []attribute.KeyValue) string {
	var b strings.Builder
	for _, a := range attributes {
		b.WriteString(string(a.Key) + "=" + a.Value.String() + " ")
	}
	return b.String()
}

type point struct {
	name       string
	value      float64
	attributes attribute.Set
}

func (p point) String() string {
	return fmt.Sprint(p.name, " ", p.value, " ", rendered(p.attributes.ToSlice()))
}

type meters struct {
	metricnoop.MeterProvider
	e *emissions
}

func (m meters) Meter(string, ...metric.MeterOption) metric.Meter { return meter{e: m.e} }

type meter struct {
	metricnoop.Meter
	e *emissions
}

func (m meter) Int64Counter(name string, _ ...metric.Int64CounterOption) (metric.Int64Counter, error) {
	return counter{e: m.e, name: name}, nil
}

func (m meter) Float64Histogram(name string, _ ...metric.Float64HistogramOption) (metric.Float64Histogram, error) {
	return histogram{e: m.e, name: name}, nil
}

type counter struct {
	metricnoop.Int64Counter
	e    *emissions
	name string
}

func (c counter) Enabled(context.Context) bool { return true }

func (c counter) Add(_ context.Context, n int64, options ...metric.AddOption) {
	c.e.measure(c.name, float64(n), metric.NewAddConfig(options).Attributes())
}

type histogram struct {
	metricnoop.Float64Histogram
	e    *emissions
	name string
}

func (h histogram) Enabled(context.Context) bool { return true }

func (h histogram) Record(_ context.Context, n float64, options ...metric.RecordOption) {
	h.e.measure(h.name, n, metric.NewRecordConfig(options).Attributes())
}

func (e *emissions) measure(name string, value float64, attributes attribute.Set) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.points = append(e.points, point{name, value, attributes})
}
