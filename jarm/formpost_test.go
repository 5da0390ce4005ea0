package jarm_test

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/fosite-fapi/fosite-fapi/jarm"
)

// A form is what a browser makes of a page.
type form struct {
	method, action string
	fields         url.Values
	buttons        int
	script         string
	elements       map[string]int
	attributes     map[string]int
}

// read parses a page as a browser does.
func read(t *testing.T, body string) form {
	t.Helper()
	root, err := html.Parse(strings.NewReader(body))
	require.NoError(t, err)
	f := form{fields: url.Values{}, elements: map[string]int{}, attributes: map[string]int{}}
	for n := range root.Descendants() {
		if n.Type == html.CommentNode {
			f.elements["comment"]++
		}
		if n.Type != html.ElementNode {
			continue
		}
		f.elements[n.Data]++
		get := map[string]string{}
		for _, a := range n.Attr {
			get[a.Key] = a.Val
			f.attributes[n.Data+" "+a.Key]++
		}
		switch n.Data {
		case "form":
			f.method, f.action = get["method"], get["action"]
		case "input":
			f.fields.Add(get["name"], get["value"])
		case "button":
			f.buttons++
		case "script":
			f.script = n.FirstChild.Data
		}
	}
	return f
}

func post(t *testing.T, uri string, params url.Values) (*httptest.ResponseRecorder, form) {
	t.Helper()
	rw := httptest.NewRecorder()
	rw.Header().Set("Content-Security-Policy", "script-src *")
	require.NoError(t, jarm.WriteFormPost(rw, uri, params))
	return rw, read(t, rw.Body.String())
}

func TestFormPost(t *testing.T) {
	t.Parallel()

	t.Run("JARM-12 form_post.jwt", func(t *testing.T) {
		t.Parallel()
		rw := httptest.NewRecorder()
		require.NoError(t, jarm.Deliver(rw, "form_post.jwt", "https://client.example.com/cb?dummy1=lorem&dummy2=ipsum", "a.b.c"))
		assert.Equal(t, http.StatusOK, rw.Code)
		assert.Equal(t, "text/html;charset=UTF-8", rw.Header().Get("Content-Type"))
		assertProtected(t, rw.Header())
		f := read(t, rw.Body.String())
		assert.Equal(t, "post", f.method)
		assert.Equal(t, "https://client.example.com/cb?dummy1=lorem&dummy2=ipsum", f.action)
		assert.Equal(t, url.Values{"response": {"a.b.c"}}, f.fields)
		assert.Equal(t, 1, f.buttons, "for who has no script")
	})
	t.Run("the policy permits the one script", func(t *testing.T) {
		t.Parallel()
		rw, f := post(t, "https://client.example.com/cb", url.Values{"response": {"a.b.c"}})
		sum := sha256.Sum256([]byte(f.script))
		assert.Equal(t, []string{"default-src 'none'; script-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
			"'; frame-ancestors 'none'; base-uri 'none'"}, rw.Header()["Content-Security-Policy"])
		assert.Equal(t, "DENY", rw.Header().Get("X-Frame-Options"))
		assert.Equal(t, "nosniff", rw.Header().Get("X-Content-Type-Options"))
	})
	t.Run("plain form_post", func(t *testing.T) {
		t.Parallel()
		params := url.Values{"code": {"abc"}, "state": {"xyz"}, "iss": {issuer}}
		_, f := post(t, "http://127.0.0.1:8080/cb", params)
		assert.Equal(t, params, f.fields)
	})
	t.Run("the URI to the letter", func(t *testing.T) {
		t.Parallel()
		const uri = "https://client.example.com/a'(b)*;=!$,:@/%7e?c&c='%27&d=/?"
		_, f := post(t, uri, nil)
		assert.Equal(t, uri, f.action)
	})
}

// FuzzFormPost looks for a value that is more than a value.
func FuzzFormPost(f *testing.F) {
	f.Add("https://client.example.com/cb?a=b&c", "response", "a.b.c")
	f.Add("https://client.example.com/cb", "submit", `"><script>alert(1)</script>`)
	f.Add("https://client.example.com/cb", `a" onfocus="b`, "'\"<>&`=\x00\x7f\u2028</form>")
	f.Add("https://client.example.com/cb", "a", "{{.Action}}<!--\xff]]>&quot;&#34;")
	for _, uri := range hostile {
		f.Add(uri, "state", "a")
	}
	f.Fuzz(func(t *testing.T, uri, name, value string) {
		rw := httptest.NewRecorder()
		err := jarm.WriteFormPost(rw, uri, url.Values{name: {value}})
		if err != nil {
			require.ErrorIs(t, err, jarm.ErrRedirectURI)
			require.Empty(t, rw.Body)
			return
		}
		u, err := url.Parse(uri)
		require.NoError(t, err)
		require.Contains(t, []string{"https", "http"}, u.Scheme)
		page := read(t, rw.Body.String())
		require.Equal(t, uri, page.action)
		require.Len(t, page.fields, 1)
		require.Equal(t, map[string]int{
			"html": 1, "head": 1, "meta": 1, "title": 1, "body": 1, "form": 1, "input": 1, "button": 1, "script": 1,
		}, page.elements)
		require.Equal(t, map[string]int{
			"html lang": 1, "meta charset": 1, "form method": 1, "form action": 1,
			"input type": 1, "input name": 1, "input value": 1, "button type": 1,
		}, page.attributes)
		require.Equal(t, "HTMLFormElement.prototype.submit.call(document.forms[0])", page.script)
		if strings.IndexFunc(name+value, func(r rune) bool { return r < ' ' || r == '\ufffd' }) < 0 {
			require.Equal(t, url.Values{name: {value}}, page.fields)
		}
	})
}
