package fapitest

import (
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"

	"github.com/fosite-fapi/fosite-fapi/fapi"
)

// An Answer is what the server said.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
	JSON   map[string]any // nil where the body is no JSON object

	// Client is who asked; nil for an answer of [Do].
	Client *Client
	// Audit is what the audit saw of this message alone. Only a [Server] sees it.
	Audit []fapi.Event

	browsed bool // by the user's browser
}

// Text returns a member of the JSON answer that is a string, else "".
func (a *Answer) Text(name string) string {
	s, _ := a.JSON[name].(string)
	return s
}

// Location returns where the answer redirects to, or nil.
func (a *Answer) Location() *url.URL {
	u, err := url.Parse(a.Header.Get("Location"))
	if err != nil || a.Header.Get("Location") == "" {
		return nil
	}
	return u
}

// Returned are the parameters that an authorization response gives back to the client: in the query of a redirect, in
// its fragment, or in the form of a page (response_mode form_post). A response that is a JWT is the parameter response
// here: see [Server.Returned]. Nil means that the answer leads to no client.
func (a *Answer) Returned() url.Values {
	if u := a.Location(); u != nil {
		values := u.Query()
		fragment, _ := url.ParseQuery(u.EscapedFragment())
		for name, v := range fragment {
			values[name] = append(values[name], v...)
		}
		return values
	}
	if !formPost.Match(a.Body) {
		return nil
	}
	values := url.Values{}
	for _, input := range formPostInput.FindAllSubmatch(a.Body, -1) {
		values.Add(html.UnescapeString(string(input[1])), html.UnescapeString(string(input[2])))
	}
	return values
}

// target is where an authorization response leads, its parameters included; "" if nowhere.
func (a *Answer) target() string {
	if found := formPost.FindSubmatch(a.Body); found != nil {
		return html.UnescapeString(string(found[1]))
	}
	return a.Header.Get("Location")
}

var (
	formPost      = regexp.MustCompile(`<form method="post" action="([^"]+)">`)
	formPostInput = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`)
)

// Do sends a request and reads the answer whole.
func Do(client *http.Client, req *http.Request) (*Answer, error) {
	resp, err := client.Do(req) //nolint:gosec // a test client goes where its test says
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return nil, fmt.Errorf("reading the answer: %w", err)
	}
	a := &Answer{Status: resp.StatusCode, Header: resp.Header, Body: body}
	_ = json.Unmarshal(body, &a.JSON) // not every answer is JSON
	return a, nil
}
