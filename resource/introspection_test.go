package resource_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/cnf"
	"github.com/fosite-fapi/fosite-fapi/internal/leaftest"
	"github.com/fosite-fapi/fosite-fapi/internal/must"
	"github.com/fosite-fapi/fosite-fapi/resource"
)

// A transport is a server without a network.
type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func respond(status int, media, body string) transport {
	return func(*http.Request) (*http.Response, error) {
		return &http.Response{
			StatusCode: status, Header: http.Header{"Content-Type": {media}},
			Body: io.NopCloser(strings.NewReader(body)), ContentLength: -1,
		}, nil
	}
}

// INT-01, INT-02: the request, and how this server authenticates.
func TestIntrospectionRequest(t *testing.T) {
	t.Parallel()
	t.Run("INT-02, F2-AS-08 by private_key_jwt", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t).asOpaque()
		w.passes(w.call())
		require.Len(t, w.as.asked, 1)
		form, header := w.as.asked[0], w.as.headers[0]
		assert.Equal(t, url.Values{
			"token": {w.token()}, "token_type_hint": {"access_token"}, "client_id": {rsID},
			"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
			"client_assertion":      form["client_assertion"],
		}, form)
		assert.Equal(t, "application/json", header.Get("Accept"))
		assert.Empty(t, header.Get("Authorization"))
	})
	t.Run("CA-06 a new assertion for each", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t).asOpaque()
		w.passes(w.call())
		w.clock.Forward(31 * time.Second)
		w.passes(w.call())
		require.Len(t, w.as.asked, 2)
		assert.NotEqual(t, w.as.asked[0]["client_assertion"], w.as.asked[1]["client_assertion"])
	})
	t.Run("MTLS-17 by mutual TLS, at the alias", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t).asOpaque()
		w.as.client, w.config.Introspection.Keys = nil, nil
		w.as.oauth["mtls_endpoint_aliases"] = map[string]any{"introspection_endpoint": w.as.issuer + "/mtls" + askPath}
		w.passes(w.call())
		assert.Equal(t, 1, w.as.count("/mtls"+askPath))
		assert.Equal(t, url.Values{"token": {w.token()}, "token_type_hint": {"access_token"}, "client_id": {rsID}}, w.as.asked[0])
	})
	t.Run("MTLS-17 the alias is for mutual TLS", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t).asOpaque()
		w.as.oauth["mtls_endpoint_aliases"] = map[string]any{"introspection_endpoint": w.as.issuer + "/mtls" + askPath}
		w.passes(w.call())
		assert.Equal(t, 1, w.as.count(askPath))
	})
	t.Run("the endpoint is given", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t).asOpaque()
		w.config.Introspection.Endpoint = w.as.issuer + askPath
		w.as.oauth, w.as.openid = nil, nil
		w.passes(w.call())
	})
}

// What the issuer says, or fails to say.
func TestIntrospectionFailsClosed(t *testing.T) {
	t.Parallel()
	unusable := func(name string, change func(*world), cause error) refusedCase {
		return refusedCase{name, "F2-RS-03", change, 503, "temporarily_unavailable", cause}
	}
	raw := func(body string) func(*world) { return func(w *world) { w.as.raw = body } }
	for name, start := range starts {
		if !strings.HasPrefix(name, "opaque") && !strings.HasPrefix(name, "introspected") {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, c := range []refusedCase{
				unusable("INT-02 this server isn't known", func(w *world) { w.config.Introspection.ClientID = "other" }, resource.ErrUnavailable),
				unusable("the issuer is down", func(w *world) { w.as.down[askPath] = http.StatusBadGateway }, resource.ErrUnavailable),
				unusable("a redirect", func(w *world) { w.as.down[askPath] = http.StatusTemporaryRedirect }, resource.ErrUnavailable),
				unusable("no endpoint", func(w *world) { delete(w.as.oauth, "introspection_endpoint") }, resource.ErrMetadata),
				unusable("INT-22 an endpoint without TLS", func(w *world) { w.as.oauth["introspection_endpoint"] = "http" + w.as.issuer[5:] + askPath }, resource.ErrMetadata),
				unusable("another media type", func(w *world) { w.as.media = "text/html" }, resource.ErrIntrospection),
				unusable("no JSON", raw("<html>"), resource.ErrIntrospection),
				unusable("no object", raw("null"), resource.ErrIntrospection),
				unusable("INT-04 no active", raw(`{"sub":"user-1"}`), resource.ErrIntrospection),
				unusable("INT-04 active is a string", raw(`{"active":"true"}`), resource.ErrIntrospection),
				unusable("INT-04 another name for active", raw(`{"Active":true}`), resource.ErrIntrospection),
				unusable("active twice", raw(`{"active":false,"active":true}`), resource.ErrIntrospection),
				unusable("scope is an array", raw(`{"active":true,"scope":["accounts"]}`), resource.ErrIntrospection),
				unusable("too large", raw(`{"active":true}`+strings.Repeat(" ", 64<<10)), resource.ErrIntrospection),
			} {
				c.run(t, start)
			}
		})
	}
}

// INT-03: what is inactive isn't looked at any further.
func TestInactive(t *testing.T) {
	t.Parallel()
	refusedCase{"INT-03 with further members", "F2-RS-03", func(w *world) { w.claims["active"] = false }, 401, "invalid_token", resource.ErrInactive}.
		run(t, starts["opaque with certificate"])
}

func TestIntrospectionAccepted(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*world){
		"INT-04 no exp":                     func(w *world) { delete(w.claims, "exp") },
		"INT-04 only what is needed":        func(w *world) { w.claims = map[string]any{"active": true, "cnf": w.claims["cnf"], "scope": "accounts"} },
		"INT-10 the audience is the client": func(w *world) { w.claims["aud"] = []string{rsID} },
		"no audience is configured":         func(w *world) { w.config.Audience = nil; w.claims["aud"] = "https://other.example.com" },
		"a token that looks like a JWT":     func(w *world) { w.tamper = func(string) string { return "a.b.c" } },
		"charset":                           func(w *world) { w.as.media = "application/json; charset=UTF-8" },
		"token_type":                        func(w *world) { w.claims["token_type"] = "Bearer" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t).asOpaque()
			change(w)
			w.passes(w.call())
			assert.Equal(t, w.as.issuer, resource.TokenFrom(w.seen.Context()).Issuer)
		})
	}
}

// Both formats at one server.
func TestBothFormats(t *testing.T) {
	t.Parallel()
	start := func(tb testing.TB, opaque bool) *world {
		w := newWorld(tb).introspected()
		w.config.Formats = []resource.Format{resource.JWT, resource.Opaque}
		w.opaque = opaque
		return w
	}
	for _, opaque := range []bool{false, true} {
		w := start(t, opaque)
		w.passes(w.call())
		require.Equal(t, 1, w.as.count(askPath))
	}

	w := start(t, false)
	w.config.Introspection.OpaqueOnly = true
	w.passes(w.call())
	require.Zero(t, w.as.count(askPath))

	w = start(t, true)
	w.tamper = func(string) string { return "a.b.c" }
	w.assertRefused(w.call(), 401, "invalid_token", "F2-RS-03", resource.ErrMalformed)
	require.Zero(t, w.as.count(askPath), "what looks like a JWT must be one")
}

// A JWT that is introspected as well.
func TestContradiction(t *testing.T) {
	t.Parallel()
	says := func(name string, value any) func(*world) {
		return func(w *world) {
			token := w.token()
			w.as.set(func(a *authority) { a.answers[token][name] = value })
		}
	}
	for _, c := range []refusedCase{
		{"F2-RS-03 another client", "F2-RS-03", says("client_id", "client-2"), 401, "invalid_token", resource.ErrContradiction},
		{"F2-RS-03 another token", "F2-RS-03", says("jti", "token-2"), 401, "invalid_token", resource.ErrContradiction},
		{"F2-RS-05 another binding", "F2-RS-03", says("cnf", cnf.Confirmation{X5TS256: cnf.Thumbprint(otherCertificate().Leaf)}), 401, "invalid_token", resource.ErrContradiction},
		{"F2-RS-03 expired by now", "F2-RS-03", func(w *world) { says("exp", w.at(0))(w) }, 401, "invalid_token", resource.ErrExpired},
		{"F2-RS-04 less scope by now", "F2-RS-04", says("scope", "payments"), 403, "insufficient_scope", resource.ErrScope},
	} {
		c.run(t, starts["introspected JWT with certificate"])
	}
	w := newWorld(t).introspected()
	says("scope", "admin accounts")(w)
	w.passes(w.call())
	assert.Equal(t, []string{"accounts"}, resource.TokenFrom(w.seen.Context()).Scopes, "both say so")

	w = newWorld(t).introspected()
	says("exp", w.at(60))(w)
	w.passes(w.call())
	assert.Equal(t, w.at(60), resource.TokenFrom(w.seen.Context()).Expires.Unix(), "the sooner")

	w = newWorld(t).introspected()
	token := w.token()
	w.as.set(func(a *authority) { a.answers[token] = map[string]any{"active": true} })
	w.passes(w.call())
	assert.Equal(t, []string{"accounts", "payments"}, resource.TokenFrom(w.seen.Context()).Scopes)
}

// signed makes the issuer sign its introspection responses.
func (w *world) signed() *world {
	w.config.Introspection.Signed = true
	w.as.media = "application/token-introspection+jwt"
	w.as.sign = func(answer map[string]any) string { return w.sign(answer, func(map[string]any, map[string]any) {}) }
	return w
}

func (w *world) sign(answer map[string]any, change func(header, claims map[string]any)) string {
	header := map[string]any{"alg": "ES256", "kid": "k1", "typ": "token-introspection+jwt"}
	claims := map[string]any{"iss": w.as.issuer, "aud": rsID, "iat": w.at(0), "token_introspection": answer}
	change(header, claims)
	return leaftest.Sign(header, string(must.Get(json.Marshal(claims))), p256())
}

// F2-MS-12, INT-25.
func TestSignedIntrospection(t *testing.T) {
	t.Parallel()
	start := func(tb testing.TB) *world { return newWorld(tb).asOpaque().signed() }
	different := func(change func(w *world, header, claims map[string]any)) func(*world) {
		return func(w *world) {
			w.as.sign = func(answer map[string]any) string {
				return w.sign(answer, func(header, claims map[string]any) { change(w, header, claims) })
			}
		}
	}
	claim := func(name string, value any) func(*world) {
		return different(func(_ *world, _, claims map[string]any) {
			if claims[name] = value; value == nil {
				delete(claims, name)
			}
		})
	}
	header := func(name string, value any) func(*world) {
		return different(func(_ *world, header, _ map[string]any) { header[name] = value })
	}
	const down = "temporarily_unavailable"
	for _, c := range []refusedCase{
		{"F2-MS-12 plain JSON", "F2-RS-03", func(w *world) { w.as.sign, w.as.media = nil, "" }, 503, down, resource.ErrIntrospection},
		{"INT-13 another media type", "F2-RS-03", func(w *world) { w.as.media = "application/jwt" }, 503, down, resource.ErrIntrospection},
		{"INT-13 another typ", "F2-RS-03", header("typ", "JWT"), 503, down, resource.ErrType},
		{"INT-13 an access token", "F2-RS-03", header("typ", "at+jwt"), 503, down, resource.ErrType},
		{"INT-23 none", "F2-RS-03", header("alg", "none"), 503, down, resource.ErrAlgorithm},
		{"INT-23 RS256, as by default", "F2-RS-03", func(w *world) { w.as.raw = rfc9701 }, 503, down, resource.ErrAlgorithm},
		{"INT-18 five parts", "F2-RS-03", func(w *world) { w.as.raw = "a.b.c.d.e" }, 503, down, resource.ErrIntrospection},
		{"INT-14 another issuer", "F2-RS-03", claim("iss", "https://evil.example.com"), 503, down, resource.ErrIssuer},
		{"INT-14 another audience", "F2-RS-03", claim("aud", "payments-api"), 503, down, resource.ErrAudience},
		{"INT-14 no audience", "F2-RS-03", claim("aud", nil), 503, down, resource.ErrAudience},
		{"INT-14 no iat", "F2-RS-03", claim("iat", nil), 503, down, resource.ErrClaim},
		{"INT-25 iat of before", "F2-RS-03", different(func(w *world, _, c map[string]any) { c["iat"] = w.at(-61) }), 503, down, resource.ErrIntrospection},
		{"INT-25 iat of later", "F2-RS-03", different(func(w *world, _, c map[string]any) { c["iat"] = w.at(61) }), 503, down, resource.ErrIntrospection},
		{"INT-14 no token_introspection", "F2-RS-03", claim("token_introspection", nil), 503, down, resource.ErrIntrospection},
		{"INT-27 the members outside", "F2-RS-03", different(func(w *world, _, c map[string]any) {
			for name, value := range c["token_introspection"].(map[string]any) {
				if c[name] == nil {
					c[name] = value
				}
			}
			delete(c, "token_introspection")
		}), 503, down, resource.ErrIntrospection},
		{"INT-25 changed", "F2-RS-03", func(w *world) {
			w.as.sign = func(answer map[string]any) string {
				parts := strings.Split(w.sign(answer, func(_, _ map[string]any) {}), ".")
				answer["scope"] = "everything"
				parts[1] = strings.Split(w.sign(answer, func(_, _ map[string]any) {}), ".")[1]
				return strings.Join(parts, ".")
			}
		}, 503, down, resource.ErrSignature},
		{"INT-25 unknown key", "F2-RS-03", header("kid", "k2"), 503, down, resource.ErrKey},
		{"INT-25 the keys are out of reach", "F2-RS-03", func(w *world) { w.as.down[jwksPath] = 500 }, 503, down, resource.ErrUnavailable},
		{"INT-15 inactive", "F2-RS-03", func(w *world) { w.revoke(w.token()) }, 401, "invalid_token", resource.ErrInactive},
	} {
		c.run(t, start)
	}
	for name, change := range map[string]func(*world){
		"INT-14 aud is this server's name": claim("aud", []string{audience}),
		"INT-17 top-level sub and exp":     different(func(w *world, _, c map[string]any) { c["sub"], c["exp"] = "x", w.at(-5) }),
		"INT-11 it is asked for":           func(*world) {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := start(t)
			change(w)
			w.passes(w.call())
			assert.Equal(t, "application/token-introspection+jwt", w.as.headers[0].Get("Accept"))
		})
	}
}

// RFC 9701 5, the example: signed by RS256.
const rfc9701 = "eyJraWQiOiJ3RzZEIiwidHlwIjoidG9rZW4taW50cm9zcGVjdGlvbitqd3QiLCJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL2FzLmV4YW1wbGUuY29tLyIsImF1ZCI6Imh0dHBzOi8vcnMuZXhhbXBsZS5jb20vcmVzb3VyY2UiLCJpYXQiOjE1MTQ3OTc4OTIsInRva2VuX2ludHJvc3BlY3Rpb24iOnsiYWN0aXZlIjp0cnVlLCJpc3MiOiJodHRwczovL2FzLmV4YW1wbGUuY29tLyIsImF1ZCI6Imh0dHBzOi8vcnMuZXhhbXBsZS5jb20vcmVzb3VyY2UiLCJpYXQiOjE1MTQ3OTc4MjIsImV4cCI6MTUxNDc5Nzk0MiwiY2xpZW50X2lkIjoicGFpQjJnb28wYSIsInNjb3BlIjoicmVhZCB3cml0ZSBkb2xwaGluIiwic3ViIjoiWjVPM3VwUEM4OFFyQWp4MDBkaXMiLCJiaXJ0aGRhdGUiOiIxOTgyLTAyLTAxIiwiZ2l2ZW5fbmFtZSI6IkpvaG4iLCJmYW1pbHlfbmFtZSI6IkRvZSIsImp0aSI6InQxRm9DQ2FaZDRYdjRPUkpVV1ZVZVRaZnNLaFczMENRQ3JXRERqd1h5NncifX0.przJMU5GhmNzvwtt1Sr-xa9xTkpiAg5IshbQsRiRVP_7eGR1GHYrNwQh84kxOkHCyje2g5WSRcYosGEVIiC-eoPJJ-qBwqwSlgx9JEeCDw2W5DjrblOI_N0Jvsq_dUeOyoWVMqlOydOBhKNY0smBrI4NZvEExucOm9WUJXMuJtvq1gBes-0go5j4TEv9sOP9uu81gqWTr_LOo6pgT0tFFyZfWC4kbXPXiQ2YT6mxCiQRRNM-l9cBdF6Jx6IOrsfFhBuYdYQ_mlL19HgDDOFaleyqmru6lKlASOsaE8dmLSeKcX91FbG79FKN8un24iwIDCbKT9xlUFl54xWVShNDFA"

// A request that is over doesn't wait, and doesn't end what others wait for.
func TestRequestEnds(t *testing.T) {
	t.Parallel()
	for _, path := range []string{metadataPath, jwksPath, askPath} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			testRequestEnds(t, path)
		})
	}
}

func testRequestEnds(t *testing.T, during string) {
	t.Helper()
	w := newWorld(t).introspected()
	release, arrived := make(chan struct{}), make(chan struct{})
	w.as.set(func(a *authority) {
		a.hold[during] = release
		a.arrived = func(path string) {
			if path == during {
				close(arrived)
			}
		}
	})
	ctx, cancel := context.WithCancel(t.Context())
	r, handler, rec := w.request(w.token()).WithContext(ctx), w.protected(), httptest.NewRecorder()
	done := make(chan struct{})
	go func() {
		defer close(done)
		handler.ServeHTTP(rec, r)
	}()
	<-arrived
	cancel()
	<-done
	close(release)
	w.assertRefused(rec, 503, "temporarily_unavailable", "F2-RS-03", context.Canceled)
	assert.Equal(t, slog.LevelInfo, w.book.records[0].level, "nothing is wrong with the issuer")
	w.passes(w.call())
	assert.Equal(t, 1, w.as.count(during), "what the first has asked, the second was told")
}
