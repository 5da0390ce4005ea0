package main

import (
	"html"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

// A browser keeps cookies and follows redirects within the server.
type browser struct {
	*world
	client *http.Client
}

func (w *world) browser() *browser {
	jar, err := cookiejar.New(nil)
	require.NoError(w, err)
	b := &browser{w, fapitest.HTTPS(w.pki.Pool(), nil)}
	b.client.Jar = jar
	w.opened = append(w.opened, b.client)
	return b
}

// A page is where a browser is.
type page struct {
	*browser
	*fapitest.Answer
	url *url.URL
}

func (b *browser) visit(address string) *page {
	b.Helper()
	return b.follow(http.MethodGet, address, nil)
}

func (b *browser) follow(method, address string, form url.Values) *page {
	b.Helper()
	for range 10 {
		var header http.Header
		if form != nil {
			header = http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
		}
		answer := b.do(b.client, method, address, header, strings.NewReader(form.Encode()))
		at, err := url.Parse(address)
		require.NoError(b, err)
		next := answer.Location()
		if next != nil {
			require.Equal(b, http.StatusSeeOther, answer.Status)
		}
		if next == nil || next.IsAbs() && next.Host != at.Host {
			return &page{b, answer, at}
		}
		method, address, form = http.MethodGet, at.ResolveReference(next).String(), nil
	}
	b.Fatal("redirected for ever")
	return nil
}

// at asserts which page this is.
func (p *page) at(path string, status int) *page {
	p.Helper()
	require.Equal(p, path, p.url.Path, string(p.Body))
	require.Equal(p, status, p.Status, string(p.Body))
	return p
}

var hidden = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)">`)

// submit sends the form of the page with its hidden fields; fields override them.
func (p *page) submit(fields url.Values) *page {
	p.Helper()
	form := url.Values{}
	for _, m := range hidden.FindAllStringSubmatch(string(p.Body), -1) {
		form.Set(m[1], html.UnescapeString(m[2]))
	}
	for name, values := range fields {
		form[name] = values
	}
	return p.follow(http.MethodPost, p.url.String(), form)
}

func (p *page) logIn(username, password string) *page {
	p.Helper()
	p.at("/login", http.StatusOK)
	return p.submit(url.Values{"username": {username}, "password": {password}, "login": {"1"}})
}

func (p *page) press(button string) *page {
	p.Helper()
	p.at("/consent", http.StatusOK)
	require.Contains(p, string(p.Body), `name="`+button+`" id="`+button+`"`)
	return p.submit(url.Values{button: {"1"}})
}

// callback returns what the client gets when the browser leaves the server.
func (p *page) callback() url.Values {
	p.Helper()
	require.Equal(p, http.StatusSeeOther, p.Status, string(p.Body))
	require.Contains(p, p.Location().Path, "/callback")
	return p.Location().Query()
}
