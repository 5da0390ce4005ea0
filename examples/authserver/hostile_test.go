package main

import (
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/clientassertion"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

// A dice rolls the same each time (SplitMix64), so that a failure can be seen again.
type dice uint64

func (d *dice) roll(n int) int {
	*d += 0x9e3779b97f4a7c15
	z := uint64(*d)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return int((z ^ z>>31) % uint64(n))
}

func pick[T any](d *dice, from []T) T { return from[d.roll(len(from))] }

func (d *dice) bytes(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(d.roll(256))
	}
	return string(b)
}

// A shot is a request before and after its mutations.
type shot struct {
	method, path string
	query, form  url.Values
	header       http.Header
	body         string // replaces the form
}

// A hostile knows what the server would accept, and sends nearly that.
type hostile struct {
	*world
	dice
	client  *http.Client
	signers []*fapitest.Client // whose requests are signed
	token   string             // a live one
	jar     string             // the cookies of a user
}

var methods = []string{"GET", "POST", "PUT", "HEAD", "OPTIONS", "DELETE", "PATCH", "TRACE", "BREW"}

var poison = []string{
	"", " ", "\x00", "%", "%00", "\xff\xfe", "'\"<script>", "../../etc/passwd", "https://evil.example/", "http://127.0.0.1:1/", "urn:ietf:params:oauth:request_uri:",
	"urn:ietf:params:oauth:request_uri:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "null", "[]", "{}", "-1", "999999999999999999999", "1e9", "none", "login none",
	"code id_token token", "query.jwt", "form_post", "eyJhbGciOiJub25lIn0.e30.", "eyJhbGciOiJFUzI1NiJ9.e30.AAAA", "a.b.c", "....", "Basic", "\r\n", "é", strings.Repeat("A", 5000),
}

var parameters = []string{
	"client_id", "client_secret", "client_assertion", "client_assertion_type", "response_type", "response_mode", "redirect_uri", "scope", "state", "nonce", "prompt",
	"max_age", "id_token_hint", "login_hint", "acr_values", "claims", "request", "request_uri", "registration", "code_challenge", "code_challenge_method", "code_verifier",
	"grant_type", "code", "refresh_token", "username", "password", "assertion", "audience", "resource", "dpop_jkt", "token", "token_type_hint", "access_token", "csrf", "approve", "deny", "",
}

// templates are one message for each endpoint that is right, or would be at the right moment.
func (h *hostile) templates() []func() *shot {
	form := func(path string, more url.Values) *shot {
		f := url.Values{"client_id": {h.a.ID}, "client_assertion_type": {clientassertion.Type}, "client_assertion": {h.assertion()}}
		maps.Copy(f, more)
		return &shot{method: "POST", path: path, form: f, header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}}
	}
	basic := func(path string, more url.Values) *shot {
		s := form(path, nil)
		s.form = maps.Clone(more)
		s.header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte("legacy:"+url.QueryEscape(secret))))
		return s
	}
	get := func(path string, query url.Values) *shot {
		return &shot{method: "GET", path: path, query: maps.Clone(query), header: http.Header{"Cookie": {h.jar}}}
	}
	bearer := func(method, path string) *shot {
		return &shot{method: method, path: path, header: http.Header{"Authorization": {"Bearer " + h.token}}}
	}
	return []func() *shot{
		func() *shot {
			c := pick(&h.dice, h.signers)
			return get("/authorize", url.Values{"client_id": {c.ID}, "response_type": {"code id_token"}, "scope": {"openid"}, "request": {h.object(c)}})
		},
		func() *shot {
			c := pick(&h.dice, h.signers)
			return form("/par", url.Values{"client_id": {c.ID}, "client_assertion": {h.assertionOf(c)}, "request": {h.object(c)}})
		},
		func() *shot { return form("/par", h.a.Request(fapitest.Verifier(), "openid accounts")) },
		func() *shot { return basic("/par", legacyRequest()) },
		func() *shot { return form("/token", redemption(h.token, "code_verifier", fapitest.Verifier())) },
		func() *shot {
			return form("/token", url.Values{"grant_type": {"client_credentials"}, "scope": {"accounts"}})
		},
		func() *shot {
			return form("/token", url.Values{"grant_type": {"refresh_token"}, "refresh_token": {h.token}})
		},
		func() *shot { return basic("/token", redemption(h.token)) },
		func() *shot {
			return basic("/token", url.Values{"grant_type": {"refresh_token"}, "refresh_token": {h.token}})
		},
		func() *shot {
			return basic("/token", url.Values{"grant_type": {"client_credentials"}, "scope": {"accounts"}})
		},
		func() *shot { return form("/introspect", url.Values{"token": {h.token}}) },
		func() *shot { return basic("/introspect", url.Values{"token": {h.token}}) },
		func() *shot { return form("/revoke", url.Values{"token": {"nothing"}}) },
		func() *shot { return basic("/revoke", url.Values{"token": {"nothing"}}) },
		func() *shot { return get("/authorize", legacyRequest()) },
		func() *shot {
			return get("/authorize", url.Values{"client_id": {h.a.ID}, "request_uri": {pick(&h.dice, poison)}})
		},
		func() *shot { return get("/login", legacyRequest()) },
		func() *shot { return get("/consent", url.Values{"request": {"x"}}) },
		func() *shot {
			return form("/login", url.Values{"username": {"alice"}, "password": {"x"}, "csrf": {"x"}})
		},
		func() *shot { return form("/consent", url.Values{"approve": {"1"}, "csrf": {"x"}}) },
		func() *shot { return bearer("GET", "/userinfo") },
		func() *shot { return bearer("POST", "/userinfo") },
		func() *shot { return bearer("GET", "/accounts") },
		func() *shot { return get("/jwks", nil) },
		func() *shot { return get("/.well-known/openid-configuration", nil) },
		func() *shot { return get("/.well-known/oauth-authorization-server", nil) },
	}
}

// assertion is sometimes right: signatures are the slow part.
func (h *hostile) assertion() string {
	if h.roll(8) > 0 {
		return pick(&h.dice, poison)
	}
	return h.assertionOf(h.a)
}

func (h *hostile) assertionOf(c *fapitest.Client) string {
	now := time.Now().Unix()
	claims := map[string]any{"iss": c.ID, "sub": c.ID, "aud": h.main, "jti": fapitest.Verifier(), "iat": now, "exp": now + 60}
	if h.roll(2) == 0 {
		claims[pick(&h.dice, []string{"iss", "sub", "aud", "jti", "iat", "exp", "nbf"})] = pick(&h.dice, []any{
			nil, -1, 1e300, "x", []any{}, []string{h.main, h.main}, map[string]any{}, now - 3600, now + 3600, true, strings.Repeat("j", 1000),
		})
	}
	raw, err := fapitest.Sign(c.Key, "ES256", map[string]any{"kid": c.KeyID}, claims)
	if err != nil {
		panic(err)
	}
	return raw
}

// oddities are what a claim of a request object may be.
var oddities = []any{
	nil, true, -1, 1e300, 0.5, "", "none", []any{}, []any{nil}, []string{"a", "b"}, map[string]any{}, map[string]any{"id_token": 1}, map[string]any{"userinfo": map[string]any{"sub": "x"}},
	strings.Repeat("A", 5000),
}

// object is a signed request in which some claims are odd.
func (h *hostile) object(c *fapitest.Client) string {
	now := h.clock()
	claims := map[string]any{"iss": c.ID, "aud": h.Issuer, "nbf": now.Unix(), "exp": now.Add(time.Minute).Unix(), "jti": h.bytes(8)}
	for name, values := range c.Request(fapitest.Verifier(), "openid accounts") {
		claims[name] = values[0]
	}
	names := append([]string{"iss", "aud", "exp", "nbf", "iat", "jti", "sub"}, parameters...)
	for range h.roll(3) {
		claims[pick(&h.dice, names)] = pick(&h.dice, oddities)
	}
	object, err := fapitest.Sign(c.Key, jose.ES256, map[string]any{"kid": c.KeyID, "typ": pick(&h.dice, []string{"JWT", "oauth-authz-req+jwt", "at+jwt"})}, claims)
	if err != nil {
		panic(err)
	}
	return object
}

func (h *hostile) mutate(s *shot) {
	values := s.form
	if values == nil || h.roll(4) == 0 {
		if s.query == nil {
			s.query = url.Values{}
		}
		values = s.query
	}
	name := pick(&h.dice, parameters)
	if len(values) > 0 && h.roll(2) == 0 {
		name = pick(&h.dice, slices.Sorted(maps.Keys(values)))
	}
	switch h.roll(12) {
	case 0:
		values.Del(name)
	case 1, 2, 3:
		values.Set(name, pick(&h.dice, poison))
	case 4:
		values.Add(name, pick(&h.dice, poison))
	case 5:
		values.Set(name, h.bytes(h.roll(300)))
	case 6:
		s.method = pick(&h.dice, methods)
	case 7:
		s.header.Set("Content-Type", pick(&h.dice, []string{
			"", "application/json", "multipart/form-data", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded; charset=utf-7", "text/plain", ";;",
		}))
	case 8:
		s.header.Set("Authorization", pick(&h.dice, []string{
			"", "Basic", "Basic !", "Basic " + base64.StdEncoding.EncodeToString([]byte(h.bytes(40))), "Bearer", "Bearer " + h.bytes(0) + "x", "DPoP x", "Basic Og==",
			"Basic " + base64.StdEncoding.EncodeToString([]byte("client-a:%zz")), "bearer  " + h.token,
		}))
	case 9:
		s.body = h.bytes(1 + h.roll(2000))
	case 10:
		s.body = "--x\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + pick(&h.dice, poison) + "\r\n--x--\r\n"
	case 11:
		s.header.Set("Cookie", pick(&h.dice, []string{"", "__Host-session=x", "__Host-session=; __Host-login=", h.jar, "=;=", strings.Repeat("a=b; ", 500)}))
	}
}

// fire sends a shot and returns a complaint.
func (h *hostile) fire() string {
	s := pick(&h.dice, h.templates())()
	for range h.roll(4) {
		h.mutate(s)
	}
	body := s.body
	if body == "" {
		body = s.form.Encode()
	}
	address := pick(&h.dice, []string{h.world.main, h.mtls}) + s.path + "?" + s.query.Encode()
	req, err := http.NewRequestWithContext(h.Context(), s.method, address, strings.NewReader(body))
	if err != nil {
		return err.Error()
	}
	req.Header = s.header
	answer, err := fapitest.Do(h.client, req)
	if err != nil || answer.Status >= 500 {
		return fmt.Sprintf("%s %s\n%v\n%s\n-> %v %+v", s.method, address, s.header, body, err, answer)
	}
	return ""
}

// raw sends what is no HTTP.
func (h *hostile) raw() {
	u, err := url.Parse(pick(&h.dice, []string{h.world.main, h.mtls}))
	if err != nil {
		panic(err)
	}
	conn, err := tls.Dial("tcp", u.Host, &tls.Config{RootCAs: h.pki.Pool()})
	if err != nil {
		h.Error(err)
		return
	}
	defer func() { _ = conn.Close() }()
	_, _ = io.WriteString(conn, pick(&h.dice, []string{
		h.bytes(500), "GET /authorize HTTP/1.1\r\n\r\n", "POST /token HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n",
		"POST /token HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\nzzzzz\r\n", "GET " + strings.Repeat("a", 70<<10) + " HTTP/1.1\r\n",
	}))
	_ = conn.CloseWrite()
	_, _ = io.Copy(io.Discard, io.LimitReader(conn, 1<<20))
}

// held is what the process holds when nothing goes on.
func held() (goroutines int, heap uint64) {
	for range 3 {
		runtime.GC()
	}
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return runtime.NumGoroutine(), stats.HeapAlloc
}

// attack sends shots by several workers at once, while a user is logged in.
func (w *world) attack(workers, shots int, seed dice) {
	page := w.browser().visit(w.main+"/authorize?"+legacyRequest().Encode()).logIn("alice", password).at("/consent", http.StatusOK)
	at, err := url.Parse(w.main)
	require.NoError(w, err)
	var cookies []string
	for _, c := range page.client.Jar.Cookies(at) {
		cookies = append(cookies, c.String())
	}
	token := w.tokens(w.a, "openid accounts").Text("access_token")
	var all sync.WaitGroup
	for i := range workers {
		h := &hostile{world: w, dice: seed + dice(i), client: fapitest.HTTPS(w.pki.Pool(), w.certA), token: token, jar: strings.Join(cookies, "; "), signers: w.signers}
		w.opened = append(w.opened, h.client)
		all.Go(func() {
			for n := range shots / workers {
				if n%50 == 0 {
					h.raw()
				}
				if complaint := h.fire(); complaint != "" {
					w.Error(complaint)
				}
			}
		})
	}
	all.Wait()
}

// Not parallel: it looks at what the whole process holds.
func TestHostile(t *testing.T) {
	const workers = 4
	w := newSite(t)
	advanced := &trial{w, variant{advancedPlan, privateKeyJWT, certificateBound, openID, byValue, plainResponse}}
	messages := &trial{w, variant{messagePlan, privateKeyJWT, certificateBound, openID, nonRepudiation, signedJARM}}
	signers, more := make([]*fapitest.Client, 2), make([]clientConfig, 2)
	for i, x := range []*trial{advanced, messages} {
		signers[i], _, more[i] = w.newClient(x.plan)
		x.register(&more[i])
		x.equip(signers[i])
	}
	w.start(func(c *config) { c.Clients = append(c.Clients, more...) })
	w.signers = signers
	w.attack(workers, 1000, 1)
	w.closeIdle()
	goroutines, heap := held()
	w.attack(workers, 10_000, 2)
	assert.Eventually(t, func() bool {
		w.closeIdle()
		now, _ := held()
		return now <= goroutines+1 // Eventually has one of its own
	}, 10*time.Second, 50*time.Millisecond, "goroutines")
	_, now := held()
	assert.Less(t, now, heap+4<<20, "heap, with the tokens and pushed requests that were right all the same")
	assert.Equal(t, 4, w.sessions.table.len(), "who does not log in has no session")
	w.code(w.b, fapitest.Verifier(), "openid") // it still works
}
