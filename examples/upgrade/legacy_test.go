package upgrade_test

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"math"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

// said is an answer without what differs from one time to the next.
type said struct {
	What   string
	Status int
	Header http.Header
	Body   any
}

// A legacy client goes through everything that it can do, and what it must not.
func (w *world) legacy() []said {
	var all []said
	note := func(what string, a *fapitest.Answer) *fapitest.Answer {
		all = append(all, said{what, a.Status, steadyHeader(a.Header), steadyBody(w, a)})
		return a
	}
	basic := func(secret string) http.Header {
		return http.Header{"Authorization": {"Basic " + base64.StdEncoding.EncodeToString([]byte("cups:"+secret))}}
	}
	request := url.Values{
		"client_id": {"cups"}, "response_type": {"code"}, "scope": {"openid offline orders"}, "state": {"some-state"}, "nonce": {"some-nonce"},
		"redirect_uri": {"https://cups.example.com/callback"},
	}
	page := func(changed url.Values) *fapitest.Answer {
		asked := maps.Clone(request)
		maps.Copy(asked, changed)
		return w.do(http.MethodGet, "/authorize?"+asked.Encode(), nil, nil)
	}
	redeem := func(code, secret string) *fapitest.Answer {
		return w.do(http.MethodPost, "/token", url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": request["redirect_uri"]}, basic(secret))
	}
	refresh := func(token string) *fapitest.Answer {
		return w.do(http.MethodPost, "/token", url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}}, basic("cups-secret"))
	}
	orders := func(token string) *fapitest.Answer {
		return w.do(http.MethodGet, "/orders", nil, http.Header{"Authorization": {"Bearer " + token}})
	}
	introspect := func(token string) *fapitest.Answer {
		return w.do(http.MethodPost, "/introspect", url.Values{"token": {token}}, basic("cups-secret"))
	}

	note("discovery", w.do(http.MethodGet, "/.well-known/openid-configuration", nil, nil))
	note("unknown client", page(url.Values{"client_id": {"nobody"}}))
	note("another redirect URI", page(url.Values{"redirect_uri": {"https://evil.example.com/"}}))
	note("another scope", page(url.Values{"scope": {"everything"}}))
	note("short state", page(url.Values{"state": {"1"}}))
	shown := note("login page", page(nil))
	note("wrong password", w.login(shown, "cup", "allow"))
	note("denied", w.login(shown, "", "deny"))
	back := note("allowed", w.login(shown, "kettle", "allow"))
	require.Equal(w, http.StatusSeeOther, back.Status)
	code := back.Location().Query().Get("code")
	note("wrong secret", redeem(code, "cup-secret"))
	tokens := note("tokens", redeem(code, "cups-secret"))
	require.Equal(w, http.StatusOK, tokens.Status, string(tokens.Body))
	note("orders", orders(tokens.Text("access_token")))
	note("introspection", introspect(tokens.Text("access_token")))
	fresh := note("refreshed", refresh(tokens.Text("refresh_token")))
	require.Equal(w, http.StatusOK, fresh.Status, string(fresh.Body))
	note("orders again", orders(fresh.Text("access_token")))
	note("orders by the old token", orders(tokens.Text("access_token")))
	note("revoked", w.do(http.MethodPost, "/revoke", url.Values{"token": {fresh.Text("refresh_token")}}, basic("cups-secret")))
	note("after that", introspect(fresh.Text("access_token")))
	note("the code again", redeem(code, "cups-secret"))
	pushed := note("pushed", w.do(http.MethodPost, "/par", request, basic("cups-secret")))
	note("pushed, and shown", w.do(http.MethodGet, "/authorize?client_id=cups&request_uri="+url.QueryEscape(pushed.Text("request_uri")), nil, nil))
	return all
}

var fleeting = []string{"access_token", "refresh_token", "id_token", "request_uri", "exp", "iat"}

var requestURI = regexp.MustCompile(`urn:ietf:params:oauth:request_uri:[\w-]+`)

func steadyHeader(h http.Header) http.Header {
	h = h.Clone()
	for _, name := range []string{"Date", "Content-Length"} {
		h.Del(name)
	}
	if at, err := url.Parse(h.Get("Location")); err == nil && at.Query().Has("code") {
		q := at.Query()
		q.Set("code", "a code")
		at.RawQuery = q.Encode()
		h.Set("Location", at.String())
	}
	return h
}

func steadyBody(tb testing.TB, a *fapitest.Answer) any {
	if a.JSON == nil {
		return requestURI.ReplaceAllString(string(a.Body), "a request_uri")
	}
	body := maps.Clone(a.JSON)
	if in, ok := body["expires_in"].(float64); ok {
		body["expires_in"] = math.Ceil(in/60) * 60 // seconds may have passed
	}
	if token := a.Text("id_token"); token != "" {
		body["id_token claims"] = steadyClaims(tb, token)
	}
	for _, name := range fleeting {
		if _, ok := body[name]; ok {
			body[name] = "fleeting"
		}
	}
	return body
}

// steadyClaims are the header and the claims of an ID token, of the times only that they are there.
func steadyClaims(tb testing.TB, token string) map[string]any {
	all := map[string]any{}
	for _, part := range strings.Split(token, ".")[:2] {
		raw, err := base64.RawURLEncoding.DecodeString(part)
		require.NoError(tb, err)
		require.NoError(tb, json.Unmarshal(raw, &all))
	}
	for _, name := range []string{"at_hash", "auth_time", "exp", "iat", "jti", "kid", "rat"} {
		if _, ok := all[name]; ok {
			all[name] = "fleeting"
		}
	}
	return all
}

// names are what was said.
func names(all []said) []string {
	return slices.Collect(func(yield func(string) bool) {
		for _, s := range all {
			if !yield(s.What) {
				return
			}
		}
	})
}

func same(tb testing.TB, before, after []said) {
	tb.Helper()
	require.Equal(tb, names(before), names(after))
	for i := range before {
		assert.Equal(tb, before[i], after[i], before[i].What)
	}
}
