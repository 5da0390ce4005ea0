package resource_test

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/resource"
)

// The answers to the letter: RFC 6750 3, RFC 9449 7.1.
func TestChallenges(t *testing.T) {
	t.Parallel()
	const (
		bearer = `Bearer realm="https://api.example.com"`
		plain  = `DPoP algs="PS256 ES256 EdDSA"`
	)
	for name, c := range map[string]struct {
		start  func(testing.TB) *world
		change func(*world)
		want   []string
		body   string
	}{
		"BT-03 no credentials": {newWorld, func(w *world) {
			w.change = func(r *http.Request) { r.Header.Del("Authorization") }
		}, []string{bearer, plain}, `{}`},
		"BT-03 no credentials, no DPoP": {newWorld, func(w *world) {
			w.config.DPoP, w.config.BaseURLs = nil, nil
			w.change = func(r *http.Request) { r.Header.Del("Authorization") }
		}, []string{bearer}, `{}`},
		"BT-04 invalid_token": {newWorld, func(w *world) { w.claims["exp"] = w.at(-1) }, []string{
			bearer + `, error="invalid_token", error_description="The access token has expired. (F2-RS-03)"`, plain,
		}, `{"error":"invalid_token","error_description":"The access token has expired. (F2-RS-03)"}`},
		"BT-04 invalid_request": {newWorld, func(w *world) { w.url += "?access_token=x" }, []string{
			bearer + `, error="invalid_request", error_description="Send the access token once, in the Authorization header. (F2-RS-02)"`, plain,
		}, `{"error":"invalid_request","error_description":"Send the access token once, in the Authorization header. (F2-RS-02)"}`},
		"BT-04 insufficient_scope": {newWorld, func(w *world) {
			w.requirements = []resource.Requirement{resource.Scope("accounts admin")}
		}, []string{
			bearer + `, error="insufficient_scope", error_description="The access token is not good for this. (F2-RS-04)", scope="accounts admin"`, plain,
		}, `{"error":"insufficient_scope","error_description":"The access token is not good for this. (F2-RS-04)","scope":"accounts admin"}`},
		"DPOP-41 invalid_dpop_proof": {starts["JWT with key"], func(w *world) {
			w.prover, w.config.DPoP.Algorithms = nil, []jose.SignatureAlgorithm{jose.ES256}
		}, []string{
			`DPoP algs="ES256", error="invalid_dpop_proof", error_description="Send a proof in the DPoP header. (DPOP-40)"`, bearer,
		}, `{"error":"invalid_dpop_proof","error_description":"Send a proof in the DPoP header. (DPOP-40)"}`},
		"DPOP-42 as a bearer token": {starts["JWT with key"], func(w *world) { w.scheme = "Bearer" }, []string{
			bearer + `, error="invalid_token", error_description="The access token must be sent by the scheme of its token_type. (DPOP-42)"`, plain,
		}, `{"error":"invalid_token","error_description":"The access token must be sent by the scheme of its token_type. (DPOP-42)"}`},
		"the host's words stay with the host": {newWorld, func(w *world) {
			w.requirements = append(w.requirements, func(*http.Request, *resource.Token) error { return errElse })
		}, []string{
			bearer + `, error="insufficient_scope", error_description="The access token is not good for this. (F2-RS-04)"`, plain,
		}, `{"error":"insufficient_scope","error_description":"The access token is not good for this. (F2-RS-04)"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := c.start(t)
			w.config.Realm = "https://api.example.com"
			c.change(w)
			rec := w.call()
			assert.Equal(t, c.want, rec.Header().Values("WWW-Authenticate"))
			assert.JSONEq(t, c.body, rec.Body.String())
		})
	}
}

// error_uri is the base with the requirement and the interaction, where there is an error code (RFC 6750 3).
func TestErrorURI(t *testing.T) {
	t.Parallel()
	const interaction = "c770aef3-6784-41f7-8e0e-ff5f97bddb3a"
	for name, c := range map[string]struct {
		base   string
		change func(*http.Request)
		want   string
	}{
		"invalid_request": {"https://docs.example.com/errors/", func(r *http.Request) { r.URL.RawQuery = "access_token=x" },
			"https://docs.example.com/errors/F2-RS-02?interaction_id=" + interaction},
		"a base with a query": {"https://docs.example.com/errors?lang=en", func(r *http.Request) { r.URL.RawQuery = "access_token=x" },
			"https://docs.example.com/errors/F2-RS-02?interaction_id=" + interaction + "&lang=en"},
		"no base":             {"", func(r *http.Request) { r.URL.RawQuery = "access_token=x" }, ""},
		"BT-03 no error code": {"https://docs.example.com/errors/", func(r *http.Request) { r.Header.Del("Authorization") }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.config.ErrorURI = c.base
			w.change = func(r *http.Request) {
				r.Header.Set("X-Fapi-Interaction-Id", interaction)
				c.change(r)
			}
			rec := w.call()
			_, rest, found := strings.Cut(rec.Header().Get("WWW-Authenticate"), `, error_uri="`)
			assert.Equal(t, c.want != "", found)
			uri, _, _ := strings.Cut(rest, `"`)
			assert.Equal(t, c.want, uri)
			var body struct {
				URI string `json:"error_uri"`
			}
			require.NoError(t, json.Unmarshal(rec.Body.Bytes(), &body))
			assert.Equal(t, c.want, body.URI)
		})
	}
}

func TestInteractionID(t *testing.T) {
	t.Parallel()
	const sent = "C770aef3-6784-41f7-8e0e-FF5f97BDDB3a"
	for name, c := range map[string]struct {
		values []string
		echoed bool
	}{
		"F1B-RS-09 a UUID":              {[]string{sent}, true},
		"F1B-RS-09 the nil UUID":        {[]string{"00000000-0000-0000-0000-000000000000"}, true},
		"F1B-RS-09 none":                {nil, false},
		"F1B-RS-09 empty":               {[]string{""}, false},
		"F1B-RS-09 two":                 {[]string{sent, sent}, false},
		"F1B-RS-09 a UUID and more":     {[]string{sent + " level=ERROR"}, false},
		"F1B-RS-09 a UUID in braces":    {[]string{"{" + sent + "}"}, false},
		"F1B-RS-09 no hexadecimal":      {[]string{"g770aef3-6784-41f7-8e0e-ff5f97bddb3a"}, false},
		"F1B-RS-09 dashes out of place": {[]string{"c770aef36-784-41f7-8e0e-ff5f97bddb3a"}, false},
		"F1B-RS-09 no dashes":           {[]string{"c770aef3678441f78e0eff5f97bddb3a0000"}, false},
	} {
		for _, passes := range []bool{true, false} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				if !passes {
					w.certificate = nil
				}
				w.change = func(r *http.Request) { r.Header["X-Fapi-Interaction-Id"] = c.values }
				rec := w.call()
				got := rec.Header().Values("X-Fapi-Interaction-Id")
				require.Len(t, got, 1)
				require.Regexp(t, uuid, got[0])
				if c.echoed {
					assert.Equal(t, c.values, got)
				} else {
					assert.Regexp(t, `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`, got[0])
					assert.NotEqual(t, got, w.call().Header().Values("X-Fapi-Interaction-Id"), "each is new")
				}
				assert.Equal(t, got[0], w.book.records[0].attrs["interaction"], "F1B-RS-10")
				if passes {
					assert.Equal(t, http.StatusOK, rec.Code)
				} else {
					assert.Equal(t, got[0], w.book.refusals[0].Interaction)
				}
			})
		}
	}
}

func TestLog(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	interaction := w.call().Header().Get("X-Fapi-Interaction-Id")
	assert.Equal(t, interaction, resource.InteractionID(w.seen.Context()))
	w.certificate = nil
	w.call()
	require.Len(t, w.book.records, 2)

	assert.Equal(t, record{slog.LevelInfo, "accepted", map[string]string{
		"stage": "resource", "client": "client-1", "jti": "token-1", "route": "/accounts", "interaction": interaction,
	}}, w.book.records[0])
	refused := w.book.records[1]
	delete(refused.attrs, "interaction")
	assert.Equal(t, record{slog.LevelInfo, "refused", map[string]string{
		"stage": "resource", "client": "client-1", "jti": "token-1", "route": "/accounts",
		"id": "MTLS-10", "code": "invalid_token", "reason": "resource: token bound to another certificate: cnf: no client certificate",
	}}, refused)
	assert.EqualError(t, w.book.refusals[0], "MTLS-10: invalid_token: resource: token bound to another certificate: cnf: no client certificate")

	down := newWorld(t)
	down.as.down[jwksPath] = 500
	down.call()
	assert.Equal(t, slog.LevelError, down.book.records[0].level)
	assert.Empty(t, down.book.records[0].attrs["client"], "what isn't verified isn't known")
}

// The handler gets the body that was sent, however long.
func TestBodyStays(t *testing.T) {
	t.Parallel()
	for name, form := range map[string]string{
		"short": "a=b&c=d", "empty": "", "long": "a=" + strings.Repeat("b", 200<<10),
		"a token far behind": "a=" + strings.Repeat("b", 64<<10) + "&access_token=x",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.post(form)
			var got string
			w.handler = func(rw http.ResponseWriter, r *http.Request) {
				body, err := io.ReadAll(r.Body)
				got = string(body)
				_, _ = io.WriteString(rw, "secret")
				assert.NoError(t, err)
				assert.NoError(t, r.Body.Close())
			}
			w.passes(w.call())
			assert.Equal(t, form, got)
		})
	}
	t.Run("BT-01 parsed before", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.post("access_token=x")
		before := w.change
		w.change = func(r *http.Request) { before(r); assert.NoError(t, r.ParseForm()) }
		w.assertRefused(w.call(), 400, "invalid_request", "BT-01", resource.ErrBody)
	})
}

// What a handler does to its token stays with it.
func TestTokenIsTheRequestsOwn(t *testing.T) {
	t.Parallel()
	for name, start := range starts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := start(t)
			w.handler = func(rw http.ResponseWriter, r *http.Request) {
				token := resource.TokenFrom(r.Context())
				token.Scopes[0], token.Audience[0], token.Subject = "x", "x", "x"
				token.Scopes = append(token.Scopes[:1], "x")
				_, _ = io.WriteString(rw, "secret")
			}
			w.passes(w.call())
			w.passes(w.call())
		})
	}
}

func TestContextOfOthers(t *testing.T) {
	t.Parallel()
	assert.Nil(t, resource.TokenFrom(t.Context()))
	assert.Empty(t, resource.InteractionID(t.Context()))
}

// Behind a prefix that is taken away, the base URL has it.
func TestPrefix(t *testing.T) {
	t.Parallel()
	w := newWorld(t).byKey()
	w.config.BaseURLs = []string{base + "/open-banking/"}
	w.proof.URL = base + "/open-banking/accounts"
	w.url = "/open-banking/accounts"
	inner := w.protected()
	outer := http.StripPrefix("/open-banking", inner)
	w.handler = nil
	rec := newRecorder()
	outer.ServeHTTP(rec, w.request(w.token()))
	w.passes(rec)
}

func TestProtectPanics(t *testing.T) {
	t.Parallel()
	rs := newWorld(t).server()
	assert.Panics(t, func() { rs.Protect(nil) })
	assert.Panics(t, func() { rs.Protect(http.NotFoundHandler(), nil) })
}
