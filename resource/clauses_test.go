package resource_test

import (
	"encoding/json"
	"iter"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/resource"
)

// A refusedCase differs by one change from a request that passes.
type refusedCase struct {
	name   string // starts with the requirement's ID
	id     string // that the refusal names
	change func(*world)
	status int
	code   string
	cause  error
}

// run refuses a request that passes without the change.
func (c refusedCase) run(t *testing.T, start func(testing.TB) *world) {
	t.Helper()
	t.Run(c.name, func(t *testing.T) {
		t.Parallel()
		good := start(t)
		good.passes(good.call())

		w := start(t)
		c.change(w)
		token := w.token()
		rec := w.send(w.request(token))
		w.assertRefused(rec, c.status, c.code, c.id, c.cause)
		assertQuiet(t, w, rec, token)
	})
}

func (w *world) assertRefused(rec *httptest.ResponseRecorder, status int, code, id string, cause error) {
	w.tb.Helper()
	require.Equal(w.tb, status, rec.Code, rec.Body.String())
	assert.Nil(w.tb, w.seen, "the handler was called")
	refusal := w.book.last(w.tb)
	require.ErrorIs(w.tb, refusal, cause)
	assert.Equal(w.tb, id, refusal.ID)
	assert.Equal(w.tb, status, refusal.Status)
	assert.Equal(w.tb, code, refusal.Code)

	h := rec.Result().Header
	assert.Equal(w.tb, "no-store", h.Get("Cache-Control"))
	assert.Equal(w.tb, "application/json", h.Get("Content-Type"))
	assert.Regexp(w.tb, uuid, h.Get("X-Fapi-Interaction-Id"), "F1B-RS-09")
	var body struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}
	require.NoError(w.tb, json.Unmarshal(rec.Body.Bytes(), &body))
	assert.Equal(w.tb, code, body.Error)
	assert.Regexp(w.tb, `^[\x20-\x21\x23-\x5B\x5D-\x7E]*$`, body.Description, "OA-14")
	if status >= 500 {
		assert.Equal(w.tb, "5", h.Get("Retry-After"))
		assert.Empty(w.tb, h.Values("WWW-Authenticate"))
		return
	}
	challenges := h.Values("WWW-Authenticate")
	require.NotEmpty(w.tb, challenges, "BT-03")
	if code == "" {
		assert.NotContains(w.tb, strings.Join(challenges, ", "), "error", "BT-03: no error code without credentials")
		return
	}
	assert.Contains(w.tb, challenges[0], `error="`+code+`"`)
	assert.NotContains(w.tb, strings.Join(challenges[1:], ", "), "error", "the error is that of one scheme")
	assert.Contains(w.tb, body.Description, id)
}

const uuid = `^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$`

// assertQuiet: nothing of the token or the proof is in the answer or in the log.
func assertQuiet(tb testing.TB, w *world, rec *httptest.ResponseRecorder, token string) {
	tb.Helper()
	var text strings.Builder
	text.WriteString(rec.Body.String())
	require.NoError(tb, rec.Result().Header.Write(&text))
	w.book.mu.Lock()
	defer w.book.mu.Unlock()
	for _, r := range w.book.records {
		for _, value := range r.attrs {
			text.WriteString(value + "\n")
		}
	}
	for _, secret := range append(strings.Split(token, "."), token) {
		if len(secret) > 8 {
			require.NotContains(tb, text.String(), secret)
		}
	}
}

// Every format with every binding: where the refused cases start from.
var starts = map[string]func(testing.TB) *world{
	"JWT with certificate":              newWorld,
	"JWT with key":                      func(tb testing.TB) *world { return newWorld(tb).byKey() },
	"introspected JWT with certificate": func(tb testing.TB) *world { return newWorld(tb).introspected() },
	"introspected JWT with key":         func(tb testing.TB) *world { return newWorld(tb).byKey().introspected() },
	"opaque with certificate":           func(tb testing.TB) *world { return newWorld(tb).asOpaque() },
	"opaque with key":                   func(tb testing.TB) *world { return newWorld(tb).byKey().asOpaque() },
}

// The same beside an issuer in the same process.
var localStarts = map[string]func(testing.TB) *world{
	"local JWT with certificate":    func(tb testing.TB) *world { return newWorld(tb).local() },
	"local JWT with key":            func(tb testing.TB) *world { return newWorld(tb).byKey().local() },
	"local opaque with certificate": func(tb testing.TB) *world { return newWorld(tb).asOpaque().local() },
	"local opaque with key":         func(tb testing.TB) *world { return newWorld(tb).byKey().asOpaque().local() },
}

func everyStart() iter.Seq2[string, func(testing.TB) *world] {
	return func(yield func(string, func(testing.TB) *world) bool) {
		for _, starts := range []map[string]func(testing.TB) *world{starts, localStarts} {
			for name, start := range starts {
				if !yield(name, start) {
					return
				}
			}
		}
	}
}

func TestPasses(t *testing.T) {
	t.Parallel()
	for name, start := range everyStart() {
		t.Run("F2-RS-01 F2-RS-02 F2-RS-05 BT-01 BT-02 F1B-RS-01 F1B-RS-02 F1B-RS-03 F1B-RS-04 F1B-RS-05 F1A-RS-02 "+name, func(t *testing.T) {
			t.Parallel()
			w := start(t)
			w.passes(w.call())
			got := resource.TokenFrom(w.seen.Context())
			require.NotNil(t, got)
			assert.Equal(t, w.as.issuer, got.Issuer)
			assert.Equal(t, "user-1", got.Subject)
			assert.Equal(t, "client-1", got.ClientID)
			assert.Equal(t, "token-1", got.ID)
			assert.Equal(t, []string{"accounts", "payments"}, got.Scopes)
			assert.Equal(t, []string{audience}, got.Audience)
			assert.Equal(t, w.at(300), got.Expires.Unix())
			assert.Equal(t, w.at(0), got.IssuedAt.Unix())
			assert.False(t, got.Confirmation.IsZero())
			var claims struct {
				Scope string `json:"scope"`
			}
			require.NoError(t, got.Claims(&claims))
			assert.Equal(t, "accounts payments", claims.Scope)
		})
	}
}

// What holds for every token, whatever it looks like and is bound to.
func TestRefusedWhateverTheToken(t *testing.T) {
	t.Parallel()
	for name, start := range everyStart() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, c := range []refusedCase{
				{"BT-03 no credentials", "BT-03", func(w *world) {
					w.change = func(r *http.Request) { r.Header.Del("Authorization") }
				}, 401, "", resource.ErrNoToken},
				{"BT-03 another scheme", "BT-03", func(w *world) { w.scheme = "Basic" }, 401, "", resource.ErrNoToken},
				{"BT-03 empty header", "BT-03", func(w *world) {
					w.change = func(r *http.Request) { r.Header.Set("Authorization", "") }
				}, 401, "", resource.ErrNoToken},
				{"BT-01 two headers", "BT-01", func(w *world) {
					w.change = func(r *http.Request) { r.Header.Add("Authorization", "Bearer other") }
				}, 400, "invalid_request", resource.ErrMultiple},
				{"DPOP-43 two methods in one header", "F2-RS-01", func(w *world) {
					w.change = func(r *http.Request) {
						r.Header.Set("Authorization", r.Header.Get("Authorization")+", Bearer other")
					}
				}, 400, "invalid_request", resource.ErrCredentials},
				{"F2-RS-01 F1B-RS-02 no token behind the scheme", "F2-RS-01", func(w *world) {
					w.change = func(r *http.Request) { r.Header.Set("Authorization", w.scheme) }
				}, 400, "invalid_request", resource.ErrCredentials},
				{"F2-RS-01 token too long", "F2-RS-01", func(w *world) {
					w.change = func(r *http.Request) {
						r.Header.Set("Authorization", w.scheme+" "+strings.Repeat("a", 16<<10+1))
					}
				}, 400, "invalid_request", resource.ErrCredentials},
				{"F2-RS-02 token in the query instead", "F2-RS-02", func(w *world) {
					w.change = func(r *http.Request) {
						_, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
						r.Header.Del("Authorization")
						r.URL.RawQuery = "access_token=" + token
					}
				}, 400, "invalid_request", resource.ErrQuery},
				{"F2-RS-02 token in the query too", "F2-RS-02", func(w *world) { w.url += "?a=b&access_token=x" }, 400, "invalid_request", resource.ErrQuery},
				{"F1B-RS-03 token in the query under an escaped name", "F2-RS-02", func(w *world) { w.url += "?access%5Ftoken=x" }, 400, "invalid_request", resource.ErrQuery},
				{"BT-01 token in the body too", "BT-01", func(w *world) { w.post("a=b&access_token=x") }, 400, "invalid_request", resource.ErrBody},
				{"F2-RS-03 F1B-RS-04 expired", "F2-RS-03", func(w *world) { w.claims["exp"] = w.at(0) }, 401, "invalid_token", resource.ErrExpired},
				{"F2-AS-13 nbf far ahead", "F2-AS-13", func(w *world) { w.claims["nbf"] = w.at(61) }, 401, "invalid_token", resource.ErrNotYet},
				{"F2-AS-13 iat far ahead", "F2-AS-13", func(w *world) { w.claims["iat"] = w.at(61) }, 401, "invalid_token", resource.ErrNotYet},
				{"AT-01 another issuer", "AT-01", func(w *world) { w.claims["iss"] = w.as.issuer + "/" }, 401, "invalid_token", resource.ErrIssuer},
				{"AT-01 another audience", "AT-01", func(w *world) { w.claims["aud"] = audience + "/" }, 401, "invalid_token", resource.ErrAudience},
				{"AT-01 for another resource than the route", "AT-01", func(w *world) {
					w.requirements = []resource.Requirement{resource.Scope("accounts"), resource.Audience(audience + "/payments")}
				}, 401, "invalid_token", resource.ErrAudience},
				{"F2-RS-04 one of the scopes not granted", "F2-RS-04", func(w *world) {
					w.requirements = []resource.Requirement{resource.Scope("accounts", "transactions")}
				}, 403, "insufficient_scope", resource.ErrScope},
				{"F1B-RS-05 no scope granted", "F2-RS-04", func(w *world) { delete(w.claims, "scope") }, 403, "insufficient_scope", resource.ErrScope},
				{"F1B-RS-06 the requirement of the route", "F2-RS-04", func(w *world) {
					w.requirements = append(w.requirements, func(_ *http.Request, t *resource.Token) error {
						if t.Subject == "user-1" {
							return errElse
						}
						return nil
					})
				}, 403, "insufficient_scope", errElse},
				{"F2-RS-05 bound to nothing", "F2-RS-05", func(w *world) { delete(w.claims, "cnf"); w.scheme = "Bearer" }, 401, "invalid_token", resource.ErrUnbound},
				{"F2-RS-05 empty confirmation", "F2-RS-05", func(w *world) { w.claims["cnf"] = map[string]any{}; w.scheme = "Bearer" }, 401, "invalid_token", resource.ErrUnbound},
				{"F2-RS-05 unknown confirmation", "F2-RS-05", func(w *world) { w.claims["cnf"] = map[string]any{"kid": "k"} }, 401, "invalid_token", resource.ErrConfirmation},
				{"F2-RS-05 malformed confirmation", "F2-RS-05", func(w *world) { w.claims["cnf"] = "x" }, 401, "invalid_token", resource.ErrConfirmation},
			} {
				c.run(t, start)
			}
		})
	}
}

// F1B-RS-04, F2-RS-03: the issuer is asked, and says no.
func TestRefusedByTheIssuer(t *testing.T) {
	t.Parallel()
	for name, start := range everyStart() {
		if strings.HasPrefix(name, "JWT") {
			continue
		}
		refusedCase{"F2-RS-03 F1B-RS-04 revoked: " + name, "F2-RS-03", func(w *world) { w.revoke(w.token()) }, 401, "invalid_token", resource.ErrInactive}.run(t, start)
	}
}

// What the same token may still be.
func TestAcceptedVariations(t *testing.T) {
	t.Parallel()
	for name, start := range everyStart() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for name, change := range map[string]func(*world){
				"CS-81 scheme in lower case":          func(w *world) { w.scheme = strings.ToLower(w.scheme) },
				"CS-81 scheme in upper case":          func(w *world) { w.scheme = strings.ToUpper(w.scheme) },
				"RFC 9110 11.4 several spaces":        func(w *world) { w.scheme += "  " },
				"F2-AS-13 nbf and iat 10 s ahead":     func(w *world) { w.claims["nbf"], w.claims["iat"] = w.at(10), w.at(10) },
				"F2-RS-03 a moment before it expires": func(w *world) { w.claims["exp"] = w.at(1) },
				"AT-01 one of several audiences":      func(w *world) { w.claims["aud"] = []string{"https://other.example.com", audience} },
				"F1B-RS-06 what the requirement of the route wants": func(w *world) {
					w.requirements = append(w.requirements, func(_ *http.Request, t *resource.Token) error {
						if t.Subject != "user-1" {
							return errElse
						}
						return nil
					})
				},
				"AT-01 the audience of the route": func(w *world) {
					w.requirements = []resource.Requirement{resource.Audience(audience+"/payments", audience)}
				},
				"another query parameter":                        func(w *world) { w.url += "?access_tokens=1&x_access_token=2" },
				"no requirement":                                 func(w *world) { w.requirements = nil; delete(w.claims, "scope") },
				"F2-RS-04 all scopes":                            func(w *world) { w.requirements = []resource.Requirement{resource.Scope("payments accounts")} },
				"a form without a token":                         func(w *world) { w.post("a=b") },
				"a body that is no form":                         func(w *world) { w.post("access_token=x"); w.json() },
				"F1B-RS-11 IPv4 address of the customer":         func(w *world) { w.with("X-Fapi-Customer-Ip-Address", "198.51.100.7") },
				"F1B-RS-11 IPv6 address of the customer":         func(w *world) { w.with("X-Fapi-Customer-Ip-Address", "2001:db8::1893:25c8:1946") },
				"F1B-CL-11 x-fapi-auth-date":                     func(w *world) { w.with("X-Fapi-Auth-Date", "Tue, 11 Sep 2012 19:43:31 GMT") },
				"RFC 7800 3.1 unknown member beside a known one": func(w *world) { w.claims["cnf"].(map[string]any)["kid"] = "k" },
			} {
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					w := start(t)
					change(w)
					w.passes(w.call())
				})
			}
		})
	}
}

// post sends a form.
func (w *world) post(form string) {
	w.method, w.body, w.proof.Method = http.MethodPost, strings.NewReader(form), http.MethodPost
	w.with("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
}

func (w *world) json() { w.with("Content-Type", "application/json") }

func (w *world) with(name, value string) {
	before := w.change
	w.change = func(r *http.Request) {
		if before != nil {
			before(r)
		}
		r.Header.Set(name, value)
	}
}
