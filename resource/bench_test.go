package resource_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/fosite-fapi/fosite-fapi/dpop"
	"github.com/fosite-fapi/fosite-fapi/internal/leaftest"
	"github.com/fosite-fapi/fosite-fapi/internal/must"
	"github.com/fosite-fapi/fosite-fapi/replay"
	"github.com/fosite-fapi/fosite-fapi/resource"
)

// What one request pays for being checked, by format and binding, beside the cryptography that nobody can avoid: the
// signature of a JWT, that of a proof, the hash of a certificate. known is how many other tokens and proofs were seen before.
func BenchmarkProtect(b *testing.B) {
	for _, known := range []int{0, 1_000_000} {
		for _, name := range []string{
			"JWT with certificate", "JWT with key", "introspected JWT with certificate", "introspected JWT with key",
			"opaque with certificate", "opaque with key", "local opaque with certificate", "local opaque with key",
		} {
			if known > 0 && (name == "JWT with certificate" || name == "local opaque with certificate") {
				continue // nothing is kept of those
			}
			b.Run(strings.ReplaceAll(name, " ", "-")+"/known="+strconv.Itoa(known), func(b *testing.B) { benchmark(b, name, known) })
		}
	}
}

func benchmark(b *testing.B, name string, known int) {
	start := starts[name]
	if start == nil {
		start = localStarts[name]
	}
	w := start(b)
	w.config.Logger, w.config.Refused = slog.New(slog.DiscardHandler), nil
	spent := newSpent(w, known)
	w.config.DPoP.Replay = spent
	caches := w.config.Introspection != nil && w.config.Introspection.Local == nil
	if caches {
		w.config.Introspection.MaxEntries = max(known, 1) + 1
	} else if w.config.Introspection != nil {
		answer := must.Get(json.Marshal(w.as.answers[w.token()]))
		w.config.Introspection.Local = func(context.Context, string) ([]byte, error) { return answer, nil }
	}
	rs := w.server()
	for i := range known {
		if !caches {
			break
		}
		rs.Known(sha256.Sum256([]byte(strconv.Itoa(i))), &resource.Token{}, w.clock.Now().Add(time.Minute))
	}
	handler := rs.Protect(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), resource.Scope("accounts"))
	r := w.request(w.token())
	floor := w.floor(r)
	out := &discard{header: make(http.Header)}
	leaftest.Versus(b, func() {
		clear(out.header)
		handler.ServeHTTP(out, r)
		if out.status != 0 {
			b.Fatal(out.status)
		}
	}, floor)
}

// floor is the standard library's part of a request.
func (w *world) floor(r *http.Request) func() {
	var steps []func()
	if !w.opaque {
		steps = append(steps, leaftest.Verification(w.token(), p256()))
	}
	if w.config.Introspection != nil {
		token := []byte(w.token())
		steps = append(steps, func() { _ = sha256.Sum256(token) })
	}
	if w.prover != nil {
		token := []byte(w.token())
		steps = append(steps, func() { _ = sha256.Sum256(token) }, leaftest.Verification(r.Header.Get(dpop.Header), clientKey()))
	} else {
		steps = append(steps, func() { _ = sha256.Sum256(certificate().Leaf.Raw) })
	}
	return func() {
		for _, step := range steps {
			step()
		}
	}
}

// A refusal costs what was done until then.
func BenchmarkRefuse(b *testing.B) {
	for name, change := range map[string]func(*world){
		"no-credentials": func(w *world) { w.change = func(r *http.Request) { r.Header.Del("Authorization") } },
		"expired":        func(w *world) { w.claims["exp"] = w.at(-1) },
	} {
		b.Run(name, func(b *testing.B) {
			w := newWorld(b)
			change(w)
			w.config.Logger, w.config.Refused = slog.New(slog.DiscardHandler), nil
			handler := w.server().Protect(http.NotFoundHandler())
			r, out := w.request(w.token()), &discard{header: make(http.Header)}
			b.ReportAllocs()
			for b.Loop() {
				clear(out.header)
				handler.ServeHTTP(out, r)
			}
		})
	}
}

// Reading what the issuer says of a token, once per TTL.
func BenchmarkIntrospectionResponse(b *testing.B) {
	w := newWorld(b).asOpaque()
	rs, body := w.server(), must.Get(json.Marshal(w.claims))
	b.ReportAllocs()
	for b.Loop() {
		must.Get(rs.ReadAnswer(body))
	}
}

type discard struct {
	header http.Header
	status int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }
func (d *discard) WriteHeader(status int)      { d.status = status }

// spent are the proofs seen before. The one that the benchmark sends again and again is a new one to it each time.
type spent struct {
	memory *replay.Memory
	count  int
}

func newSpent(w *world, known int) *spent {
	s := &spent{memory: replay.NewMemory(known + 1<<22)}
	s.memory.Now = w.clock.Now
	if w.prover == nil {
		return s
	}
	for range known {
		must.Get(s.UseOnce(context.Background(), "n", "", w.clock.Now().Add(time.Minute)))
	}
	return s
}

func (s *spent) UseOnce(ctx context.Context, namespace, _ string, expires time.Time) (bool, error) {
	s.count++
	return s.memory.UseOnce(ctx, namespace, strconv.Itoa(s.count), expires)
}
