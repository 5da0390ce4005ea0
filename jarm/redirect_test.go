package jarm_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/jarm"
)

func assertProtected(t *testing.T, h http.Header) {
	t.Helper()
	assert.Equal(t, "no-store", h.Get("Cache-Control"))
	assert.Equal(t, "no-cache", h.Get("Pragma"))
	assert.Equal(t, "no-referrer", h.Get("Referrer-Policy"))
}

func TestDeliverRedirect(t *testing.T) {
	t.Parallel()

	for _, tt := range []struct {
		name string
		mode jarm.Mode
		uri  string
		want string // Location
	}{
		{"JARM-09 query.jwt", "query.jwt", "https://client.example.com/cb", "https://client.example.com/cb?response=a.b.c"},
		{"JARM-09 keeps the query", "query.jwt", "https://client.example.com/cb?dummy1=lorem&dummy2=ipsum", "https://client.example.com/cb?dummy1=lorem&dummy2=ipsum&response=a.b.c"},
		{"JARM-09 to the letter", "query.jwt", "https://client.example.com/cb?b=%7e&a&a=('~')", "https://client.example.com/cb?b=%7e&a&a=('~')&response=a.b.c"},
		{"JARM-09 an empty query", "query.jwt", "https://client.example.com/cb?", "https://client.example.com/cb?response=a.b.c"},
		{"JARM-09 an open query", "query.jwt", "https://client.example.com/cb?a=b&", "https://client.example.com/cb?a=b&response=a.b.c"},
		{"JARM-11 fragment.jwt", "fragment.jwt", "https://client.example.com/cb", "https://client.example.com/cb#response=a.b.c"},
		{"JARM-11 keeps the query", "fragment.jwt", "https://client.example.com/cb?dummy1=lorem&dummy2=ipsum", "https://client.example.com/cb?dummy1=lorem&dummy2=ipsum#response=a.b.c"},
		{"loopback", "query.jwt", "http://127.0.0.1:49152/cb", "http://127.0.0.1:49152/cb?response=a.b.c"},
		{"loopback, IPv6", "query.jwt", "http://[::1]:49152/cb", "http://[::1]:49152/cb?response=a.b.c"},
		{"localhost", "query.jwt", "http://localhost/cb", "http://localhost/cb?response=a.b.c"},
		{"an app's own scheme", "query.jwt", "com.example.app:/cb", "com.example.app:/cb?response=a.b.c"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			rw := httptest.NewRecorder()
			require.NoError(t, jarm.Deliver(rw, tt.mode, tt.uri, "a.b.c"))
			assert.Equal(t, http.StatusSeeOther, rw.Code)
			assert.Equal(t, []string{tt.want}, rw.Header()["Location"])
			assert.Empty(t, rw.Body)
			assertProtected(t, rw.Header())
		})
	}
}

func TestDeliverPlain(t *testing.T) {
	t.Parallel()
	params := url.Values{"code": {"a b"}, "state": {"#&?"}}

	rw := httptest.NewRecorder()
	require.NoError(t, jarm.WriteQuery(rw, "https://client.example.com/cb?a=b", params))
	assert.Equal(t, "https://client.example.com/cb?a=b&code=a+b&state=%23%26%3F", rw.Header().Get("Location"))
	rw = httptest.NewRecorder()
	require.NoError(t, jarm.WriteFragment(rw, "https://client.example.com/cb?a=b", params))
	assert.Equal(t, "https://client.example.com/cb?a=b#code=a+b&state=%23%26%3F", rw.Header().Get("Location"))
}

// hostile are redirect URIs that nothing is sent to.
var hostile = []string{
	"",
	"/cb",
	"//client.example.com/cb",
	"client.example.com/cb",
	"https:",
	"https:cb",
	"https:///cb",
	"https://user@client.example.com/cb",
	"https://client.example.com/cb#",
	"https://client.example.com/cb#a",
	"https://client.example.com/cb\r\nSet-Cookie: a=b",
	"https://client.example.com/cb\x00",
	"https://client.example.com/c b",
	`https://client.example.com/"onclick="`,
	"https://client.example.com/<script>",
	`https://client.example.com\@evil.example.com/`,
	"https://client.example.com/%zz",
	"https://client.example.com/?%2",
	"https://clïent.example.com/",
	"http://client.example.com/cb",
	"http://127.0.0.1.example.com/cb",
	"http://localhost.example.com/cb",
	"http://10.0.0.1/cb",
	"ftp://client.example.com/cb",
	"javascript:alert(1)",
	"data:text/html,a",
	"vbscript:a",
	"file:///etc/passwd",
	"blob:https://client.example.com/a",
}

func TestDeliverRefuses(t *testing.T) {
	t.Parallel()

	refused := func(t *testing.T, mode jarm.Mode, uri string, want error) {
		t.Helper()
		rw := httptest.NewRecorder()
		require.ErrorIs(t, jarm.Deliver(rw, mode, uri, "a.b.c"), want, "%s %q", mode, uri)
		assert.Empty(t, rw.Header(), "nothing was written")
		assert.Empty(t, rw.Body)
	}
	for _, mode := range []jarm.Mode{"query.jwt", "fragment.jwt", "form_post.jwt"} {
		for _, uri := range hostile {
			refused(t, mode, uri, jarm.ErrRedirectURI)
		}
	}
	refused(t, "form_post.jwt", "com.example.app:/cb", jarm.ErrRedirectURI)
	for _, mode := range []jarm.Mode{"", "jwt", "query", "form_post"} {
		refused(t, mode, "https://client.example.com/cb", jarm.ErrMode)
	}
	// What is quoted in a log shouldn't hold what a stranger chose.
	err := jarm.Deliver(httptest.NewRecorder(), "query.jwt", "javascript:alert(1)", "a.b.c")
	assert.False(t, strings.Contains(err.Error(), "alert"))
}
