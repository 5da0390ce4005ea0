package resource_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/internal/fetch"
	"github.com/fosite-fapi/fosite-fapi/resource"
)

func TestMetadata(t *testing.T) {
	t.Parallel()
	unavailable := func(name string, change func(*world), cause error) refusedCase {
		return refusedCase{name, "F2-RS-03", change, 503, "temporarily_unavailable", cause}
	}
	for _, c := range []refusedCase{
		unavailable("MD-06 another issuer", func(w *world) { w.as.oauth["issuer"] = "https://evil.example.com" }, resource.ErrMetadata),
		unavailable("MD-07 the same but for a slash", func(w *world) { w.as.oauth["issuer"] = w.as.issuer + "/" }, resource.ErrMetadata),
		unavailable("MD-07 the same but for case", func(w *world) { w.as.oauth["issuer"] = "HTTPS" + w.as.issuer[5:] }, resource.ErrMetadata),
		unavailable("MD-06 no issuer", func(w *world) { delete(w.as.oauth, "issuer") }, resource.ErrMetadata),
		unavailable("MD-06 another name for issuer", func(w *world) { delete(w.as.oauth, "issuer"); w.as.oauth["Issuer"] = w.as.issuer }, resource.ErrMetadata),
		unavailable("no jwks_uri", func(w *world) { delete(w.as.oauth, "jwks_uri") }, resource.ErrMetadata),
		unavailable("F2-CR-07 jwks_uri without TLS", func(w *world) { w.as.oauth["jwks_uri"] = "http" + w.as.issuer[5:] + jwksPath }, fetch.ErrScheme),
		unavailable("no document", func(w *world) { w.as.oauth, w.as.openid = nil, nil }, fetch.ErrStatus),
		unavailable("a redirect", func(w *world) { w.as.down[metadataPath] = http.StatusFound }, fetch.ErrRedirect),
		unavailable("MD-09 a certificate that nobody vouches for", func(w *world) { w.config.Transport = nil }, resource.ErrUnavailable),
		unavailable("the keys are out of reach", func(w *world) { w.as.down[jwksPath] = http.StatusInternalServerError }, fetch.ErrStatus),
		unavailable("a private key among the published", func(w *world) { w.as.keys.Keys = append(w.as.keys.Keys, jose.JSONWebKey{Key: p256b()}) }, fetch.ErrPrivateKey),
	} {
		c.run(t, newWorld)
	}
	for name, change := range map[string]func(*world){
		"MD-02 document of RFC 8414":  func(w *world) { w.as.openid = nil },
		"MD-03 document of OpenID":    func(w *world) { w.as.oauth = nil },
		"the keys are given":          func(w *world) { keys := w.as.keys; w.config.Keys = &keys; w.as.server.Close() },
		"only their place is given":   func(w *world) { w.config.JWKSURI = w.as.issuer + jwksPath; w.as.oauth, w.as.openid = nil, nil },
		"MD-02 an issuer with a path": func(w *world) { w.tenant() },
		"unknown members":             func(w *world) { w.as.oauth["unknown"] = []any{1, "x"} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			change(w)
			w.passes(w.call())
		})
	}
}

func (w *world) tenant() {
	w.as.issuer += "/tenant"
	w.config.Issuer, w.claims["iss"], w.as.oauth["issuer"] = w.as.issuer, w.as.issuer, w.as.issuer
}

func TestRotation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.passes(w.call())
	w.passes(w.call())
	require.Equal(t, 1, w.as.count(metadataPath), "the metadata are kept")
	require.Equal(t, 1, w.as.count(jwksPath), "the keys are kept")

	// The issuer publishes the next key and signs with it at once.
	old := w.token()
	w.as.set(func(*authority) { w.publish(p256b(), "k2") })
	w.header["kid"], w.key, w.made = "k2", p256b(), ""
	w.passes(w.call())
	require.Equal(t, 2, w.as.count(jwksPath))
	w.passes(w.send(w.request(old)))

	// Made-up kids don't make the server ask as often as they come.
	w.header["kid"], w.made = "k3", ""
	for range 20 {
		w.seen = nil
		w.assertRefused(w.call(), 401, "invalid_token", "F2-RS-03", resource.ErrKey)
	}
	require.Equal(t, 2, w.as.count(jwksPath), "a moment ago is soon enough")
	w.clock.Forward(11 * time.Second)
	w.assertRefused(w.call(), 401, "invalid_token", "F2-RS-03", resource.ErrKey)
	require.Equal(t, 3, w.as.count(jwksPath))

	// A key that is gone stops counting when what was fetched is old.
	w.as.set(func(a *authority) { a.keys.Keys = a.keys.Keys[1:] })
	w.claims["exp"] = w.at(3600)
	w.header["kid"], w.key, w.made = "k1", p256(), ""
	w.passes(w.call())
	w.clock.Forward(5*time.Minute + time.Second)
	w.seen = nil
	w.assertRefused(w.call(), 401, "invalid_token", "F2-RS-03", resource.ErrKey)
}

// The issuer moves its keys.
func TestMetadataChange(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.claims["exp"] = w.at(3600)
	w.passes(w.call())
	w.as.set(func(a *authority) { a.oauth["jwks_uri"] = a.issuer + "/gone" })
	w.clock.Forward(15*time.Minute - time.Nanosecond)
	w.passes(w.call())
	w.clock.Forward(time.Nanosecond)
	w.seen = nil
	w.assertRefused(w.call(), 503, "temporarily_unavailable", "F2-RS-03", fetch.ErrStatus)
}

func TestRotationWithoutKid(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.as.keys.Keys[0].KeyID = ""
	delete(w.header, "kid")
	w.passes(w.call())
	w.as.set(func(a *authority) { a.keys.Keys = []jose.JSONWebKey{{Key: p256b().Public()}} })
	w.key, w.made = p256b(), ""
	w.passes(w.call())
}

// The issuer is down: what is known serves for a while, then nothing passes.
func TestIssuerDown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.claims["exp"] = w.at(7200)
	w.passes(w.call())
	w.as.set(func(a *authority) { a.down = map[string]int{metadataPath: 500, openidPath: 500, jwksPath: 500} })
	w.clock.Forward(20 * time.Minute) // the metadata are old as well
	w.passes(w.call())
	w.clock.Forward(40 * time.Minute)
	w.passes(w.call())
	w.clock.Forward(5*time.Minute + time.Second)
	w.seen = nil
	w.assertRefused(w.call(), 503, "temporarily_unavailable", "F2-RS-03", resource.ErrUnavailable)

	w.as.set(func(a *authority) { a.down = map[string]int{} })
	w.clock.Forward(6 * time.Minute) // the longest pause after failures
	w.passes(w.call())
}

func TestIssuerDownFromTheStart(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.as.down[metadataPath] = http.StatusServiceUnavailable
	w.as.down[openidPath] = http.StatusServiceUnavailable
	require.ErrorIs(t, w.server().Ready(t.Context()), resource.ErrUnavailable)
	for range 5 {
		w.assertRefused(w.call(), 503, "temporarily_unavailable", "F2-RS-03", resource.ErrUnavailable)
	}
	require.Equal(t, 1, w.as.count(metadataPath), "a moment ago is soon enough")
	w.as.set(func(a *authority) { a.down = map[string]int{} })
	w.clock.Forward(6 * time.Second)
	require.NoError(t, w.server().Ready(t.Context()))
	w.passes(w.call())
}

func TestReady(t *testing.T) {
	t.Parallel()
	for name, start := range starts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := start(t)
			require.NoError(t, w.server().Ready(t.Context()))
			require.Equal(t, 1, w.as.count(metadataPath))
			w.passes(w.call())
			require.Equal(t, 1, w.as.count(metadataPath))
		})
	}
	w := newWorld(t)
	w.as.oauth["issuer"] = "https://other.example.com"
	require.ErrorIs(t, w.server().Ready(t.Context()), resource.ErrMetadata)
	w = newWorld(t).asOpaque()
	delete(w.as.oauth, "introspection_endpoint")
	require.ErrorIs(t, w.server().Ready(t.Context()), resource.ErrMetadata)
}

// together sends so many requests at once, and returns the statuses. Each has what request makes.
func together(w *world, n int, request func() *http.Request) map[int]int {
	handler := w.protectedQuietly()
	requests := make([]*http.Request, n)
	for i := range requests {
		requests[i] = request()
	}
	var mu sync.Mutex
	statuses := make(map[int]int)
	var all sync.WaitGroup
	for _, r := range requests {
		all.Go(func() {
			rec := httptest.NewRecorder()
			handler.ServeHTTP(rec, r)
			mu.Lock()
			defer mu.Unlock()
			statuses[rec.Code]++
		})
	}
	all.Wait()
	return statuses
}

// protectedQuietly has a handler that goroutines may share.
func (w *world) protectedQuietly() http.Handler {
	w.handler = func(http.ResponseWriter, *http.Request) {}
	return w.protected()
}

func TestKeysSingleFlight(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const callers = 32
	token := w.token()
	assert.Equal(t, map[int]int{http.StatusOK: callers}, together(w, callers, func() *http.Request { return w.request(token) }))
	assert.Equal(t, 1, w.as.count(metadataPath))
	assert.Equal(t, 1, w.as.count(jwksPath))
}

// The metadata document may have whatever members it likes, and only the names count that are exact.
func FuzzMetadata(f *testing.F) {
	f.Add(`{"issuer":"https://as.example.com","jwks_uri":"https://as.example.com/jwks"}`)
	f.Add(`{"issuer":"https://as.example.com","issuer":"https://evil.example.com"}`)
	f.Add(`[]`)
	f.Fuzz(func(t *testing.T, text string) {
		rs, err := resource.New(resource.Config{
			Issuer: "https://as.example.com", Audience: []string{audience}, Transport: respond(http.StatusOK, "application/json", text),
		})
		require.NoError(t, err)
		if rs.Ready(t.Context()) != nil {
			return
		}
		var document map[string]any
		require.NoError(t, json.Unmarshal([]byte(text), &document))
		require.Equal(t, "https://as.example.com", document["issuer"])
	})
}
