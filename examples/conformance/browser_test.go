package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"html"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

// A browser does what the commands of a configuration say, as far as they are used here: the suite's own reads the same.
type browser struct {
	*trial
	http *http.Client
	url  string
	page *fapitest.Answer
	form url.Values // what was entered on the page
}

// browse goes to a URL by the visits, of which one matches, and returns what the client gets in the end; nil if the browser
// stays at the server.
func (x *trial) browse(visits []visit, address string) url.Values {
	x.Helper()
	b := &browser{trial: x, http: x.https(nil)}
	var err error
	b.http.Jar, err = cookiejar.New(nil)
	require.NoError(x, err)
	require.Len(x, visits, 1)
	require.True(x, matches(visits[0].Match, address), "%s is not for %s", visits[0].Match, address)
	b.follow(http.MethodGet, address, nil)
	for _, task := range visits[0].Tasks {
		if !matches(task.Match, b.url) {
			require.True(x, task.Optional, "%s: the browser is at %s", task.Task, b.url)
			continue
		}
		for _, command := range task.Commands {
			b.do(command)
		}
	}
	if !strings.HasPrefix(b.url, x.at.Suite) {
		return nil
	}
	return x.returned(b.url)
}

// matches knows the one kind of pattern that is used.
func matches(pattern, address string) bool {
	prefix, open := strings.CutSuffix(pattern, "*")
	return open && strings.HasPrefix(address, prefix)
}

// do is one command: what, how the element is named, its name, and more.
func (b *browser) do(command []any) {
	b.Helper()
	require.Equal(b, "id", command[1])
	id := command[2].(string)
	if id == "submission_complete" {
		require.True(b, strings.HasPrefix(b.url, b.at.Suite), b.url)
		return
	}
	element := regexp.MustCompile(`<(\w+)[^>]* id="` + regexp.QuoteMeta(id) + `"[^>]*>([^<]*)`).FindStringSubmatch(string(b.page.Body))
	require.NotNil(b, element, "no element %s on %s", id, b.url)
	switch command[0] {
	case "text":
		b.form.Set(attribute(element[0], "name"), command[3].(string))
	case "click":
		b.form.Set(attribute(element[0], "name"), attribute(element[0], "value"))
		b.follow(http.MethodPost, b.url, b.form)
	case "wait":
		require.Regexp(b, command[4], element[2])
		require.Contains(b, []any{"update-image-placeholder", "update-image-placeholder-optional"}, command[5])
	default:
		b.Fatalf("no command %v", command)
	}
}

func attribute(element, name string) string {
	found := regexp.MustCompile(` ` + name + `="([^"]*)"`).FindStringSubmatch(element)
	if found == nil {
		return ""
	}
	return html.UnescapeString(found[1])
}

// follow goes where redirects lead, up to the client.
func (b *browser) follow(method, address string, form url.Values) {
	b.Helper()
	for range 10 {
		if b.url = address; strings.HasPrefix(address, b.at.Suite) {
			return
		}
		req, err := http.NewRequestWithContext(b.Context(), method, address, strings.NewReader(form.Encode()))
		require.NoError(b, err)
		if form != nil {
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		b.page, err = fapitest.Do(b.http, req)
		require.NoError(b, err)
		b.form = url.Values{}
		for _, m := range regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)">`).FindAllStringSubmatch(string(b.page.Body), -1) {
			b.form.Set(m[1], html.UnescapeString(m[2]))
		}
		next := b.page.Location()
		if next == nil {
			return
		}
		method, form, address = http.MethodGet, nil, req.URL.ResolveReference(next).String()
	}
	b.Fatal("redirected for ever")
}

// returned are the parameters of a response, those of a JWT unverified: that the server signs is other tests' matter.
func (x *trial) returned(address string) url.Values {
	u, err := url.Parse(address)
	require.NoError(x, err)
	got := u.Query()
	fragment, err := url.ParseQuery(u.EscapedFragment())
	require.NoError(x, err)
	require.Equal(x, x.client.ResponseType != "", len(fragment) > 0, address)
	for name, values := range fragment {
		got[name] = values
	}
	require.Equal(x, x.signedReply, got.Has("response"), address)
	if !x.signedReply {
		return got
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.Split(got.Get("response"), ".")[1])
	require.NoError(x, err)
	var claims map[string]any
	require.NoError(x, json.Unmarshal(payload, &claims))
	for name, value := range claims {
		if text, ok := value.(string); ok {
			got.Set(name, text)
		}
	}
	return got
}

func newES256(tb testing.TB) crypto.Signer {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(tb, err)
	return key
}
