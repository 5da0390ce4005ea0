package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

func TestWrongPassword(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, credentials := range map[string]url.Values{
		"password":       {"username": {"alice"}, "password": {"wrong"}},
		"empty password": {"username": {"alice"}, "password": {""}},
		"username":       {"username": {"mallory"}, "password": {password}},
		"nothing":        {},
	} {
		t.Run(name, func(t *testing.T) {
			page := w.browser().visit(w.pushed(w.a, w.a.Request(fapitest.Verifier(), "openid"))).submit(credentials)
			page.at("/login", http.StatusUnauthorized)
			assert.Contains(t, string(page.Body), `<p id="error" role="alert">The username or the password is wrong.</p>`)
			page.submit(url.Values{"username": {"alice"}, "password": {password}}).press("approve").callback()
		})
	}
}

func TestForgedForms(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	address := w.pushed(w.a, w.a.Request(fapitest.Verifier(), "openid"))
	right := url.Values{"username": {"alice"}, "password": {password}}

	t.Run("login without the token", func(t *testing.T) {
		page := w.browser().visit(address)
		forged := url.Values{"csrf": {""}, "username": right["username"], "password": right["password"]}
		page.submit(forged).at("/login", http.StatusForbidden)
	})
	t.Run("login with another browser's token", func(t *testing.T) {
		page := w.browser().visit(address)
		page.browser = w.browser()
		page.submit(right).at("/login", http.StatusForbidden).submit(right).at("/consent", http.StatusOK)
	})
	t.Run("consent without the token", func(t *testing.T) {
		page := w.browser().visit(address).logIn("alice", password)
		page.submit(url.Values{"csrf": {"x"}, "approve": {"1"}}).at("/consent", http.StatusForbidden)
	})
	t.Run("consent by another user", func(t *testing.T) {
		page := w.browser().visit(address).logIn("alice", password)
		other := w.browser().visit(w.pushed(w.a, w.a.Request(fapitest.Verifier(), "openid"))).logIn("bob", password)
		page.browser = other.browser
		page.submit(url.Values{"approve": {"1"}}).at("/consent", http.StatusNotFound)
	})
	t.Run("consent by nobody", func(t *testing.T) {
		page := w.browser().visit(address).logIn("alice", password)
		page.browser = w.browser()
		page.submit(url.Values{"approve": {"1"}}).at("/consent", http.StatusForbidden)
	})
	t.Run("both buttons, and none", func(t *testing.T) {
		page := w.browser().visit(address).logIn("alice", password)
		page.submit(url.Values{"approve": {"1"}, "deny": {"1"}}).at("/consent", http.StatusBadRequest)
		page.submit(nil).at("/consent", http.StatusBadRequest)
	})
	t.Run("buttons in the query", func(t *testing.T) {
		page := w.browser().visit(address).logIn("alice", password)
		page.url.RawQuery += "&approve=1"
		page.submit(nil).at("/consent", http.StatusBadRequest)
	})
}

func TestPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	login := b.visit(w.pushed(w.a, w.a.Request(fapitest.Verifier(), "openid")))
	consent := login.logIn("alice", password)
	for name, p := range map[string]*page{"login": login, "consent": consent, "message": b.visit(w.main + "/consent")} {
		h := p.Header
		assert.Equal(t, "no-store", h.Get("Cache-Control"), name)
		assert.Equal(t, "default-src 'none'; base-uri 'none'; frame-ancestors 'none'", h.Get("Content-Security-Policy"), name)
		assert.Equal(t, "DENY", h.Get("X-Frame-Options"), name)
		assert.NotEmpty(t, h.Get("Strict-Transport-Security"), name)
		assert.NotContains(t, string(p.Body), "<script", name)
	}
	for _, method := range []string{http.MethodPut, http.MethodDelete} {
		answer := w.do(w.outside, method, w.main+"/login?client_id=x", nil, nil)
		assert.Equal(t, http.StatusMethodNotAllowed, answer.Status)
	}
	assert.Equal(t, http.StatusBadRequest, w.get(w.outside, w.main+"/login?%zz", nil).Status)
	long := strings.NewReader("csrf=" + strings.Repeat("x", 20<<10))
	answer := w.do(w.outside, http.MethodPost, w.main+"/login", http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, long)
	assert.Equal(t, http.StatusBadRequest, answer.Status)
}

func TestCookies(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	page := b.visit(w.pushed(w.a, w.a.Request(fapitest.Verifier(), "openid"))).at("/login", http.StatusOK)
	cookies := map[string]*http.Cookie{}
	take := func(h http.Header) {
		for _, c := range (&http.Response{Header: h}).Cookies() {
			cookies[c.Name] = c
		}
	}
	take(page.Header)
	form := url.Values{"csrf": {hidden.FindStringSubmatch(string(page.Body))[2]}, "username": {"alice"}, "password": {password}}
	header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	take(w.do(b.client, http.MethodPost, page.url.String(), header, strings.NewReader(form.Encode())).Header)
	for _, name := range []string{"__Host-login", "__Host-session"} {
		c := cookies[name]
		require.NotNil(t, c, name)
		assert.True(t, c.Secure && c.HttpOnly && c.SameSite == http.SameSiteLaxMode && c.Path == "/" && c.Domain == "", c.Raw)
		assert.GreaterOrEqual(t, len(c.Value), 26, "128 bits")
	}
	before := cookies["__Host-session"].Value
	take(w.do(b.client, http.MethodPost, page.url.String(), header, strings.NewReader(form.Encode())).Header)
	assert.NotEqual(t, before, cookies["__Host-session"].Value, "each login has an ID of its own")
}

func TestPromptAndMaxAge(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	request := func(scope string, more ...string) string {
		params := w.a.Request(fapitest.Verifier(), scope)
		for i := 0; i < len(more); i += 2 {
			params.Set(more[i], more[i+1])
		}
		return w.pushed(w.a, params)
	}
	b := w.browser()
	assert.Equal(t, "login_required", b.visit(request("openid", "prompt", "none")).callback().Get("error"))
	b.visit(request("openid")).logIn("alice", password).press("approve").callback()
	assert.NotEmpty(t, b.visit(request("openid", "prompt", "none")).callback().Get("code"), "approved before")
	assert.Equal(t, "consent_required", b.visit(request("openid email", "prompt", "none")).callback().Get("error"))
	assert.Equal(t, "login_required", b.visit(request("openid", "prompt", "none", "max_age", "0")).callback().Get("error"))

	for _, more := range [][]string{{"prompt", "login"}, {"prompt", "select_account"}, {"max_age", "0"}, {"prompt", "login consent", "max_age", "0"}} {
		page := b.visit(request("openid", more...)).logIn("alice", password)
		assert.NotEmpty(t, page.press("approve").callback().Get("code"), more)
	}
	for _, more := range [][]string{{"prompt", "consent"}, {"max_age", "600"}} {
		assert.NotEmpty(t, b.visit(request("openid", more...)).press("approve").callback().Get("code"), more)
	}
}

func TestHint(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	params := w.a.Request(fapitest.Verifier(), "openid")
	params.Set("id_token_hint", w.tokens(w.a, "openid").Text("id_token"))
	assert.NotEmpty(t, w.browser().visit(w.pushed(w.a, params)).logIn("alice", password).press("approve").callback().Get("code"))
	assert.Equal(t, "login_required", w.browser().visit(w.pushed(w.a, params)).logIn("bob", password).press("approve").callback().Get("error"))
}
