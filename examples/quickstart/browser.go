package main

import (
	"context"
	"errors"
	"html"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"

	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

// A browser is alice's, driven by a script: it keeps cookies, follows redirects, and fills in the forms that it meets.
type browser struct{ http *http.Client }

func newBrowser(client *http.Client) *browser {
	client.Jar, _ = cookiejar.New(nil) // never fails
	return &browser{http: client}
}

// visit goes where the pages lead and returns the last one. Alice wants the client to have what it asks for.
func (b *browser) visit(ctx context.Context, target string, params url.Values) (*fapitest.Answer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target+"?"+params.Encode(), nil)
	if err != nil {
		return nil, err
	}
	for range 10 {
		answer, err := fapitest.Do(b.http, req)
		if err != nil {
			return nil, err
		}
		next, err := b.next(ctx, req.URL, answer)
		if err != nil || next == nil {
			return answer, err
		}
		req = next
	}
	return nil, errors.New("the browser is being sent in circles")
}

// next is where a page leads: to a redirect's target, or to a form's. Nil where it ends.
func (b *browser) next(ctx context.Context, from *url.URL, page *fapitest.Answer) (*http.Request, error) {
	if to := page.Location(); to != nil {
		return http.NewRequestWithContext(ctx, http.MethodGet, from.ResolveReference(to).String(), nil)
	}
	action, form := fillIn(string(page.Body))
	if action == "" {
		return nil, nil //nolint:nilnil // there is nowhere to go, and that is no error
	}
	to, err := from.Parse(action)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to.String(), strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin") // as browsers say of a form on the same site
	return req, nil
}

// What alice enters.
var alice = map[string]string{"username": "alice", "password": users["alice"], "decision": "allow"}

var (
	formAction = regexp.MustCompile(`<form method="post" action="([^"]+)"`)
	formField  = regexp.MustCompile(`<(?:input|button)[^>]* name="([^"]+)"(?: value="([^"]*)")?`)
)

// fillIn answers the form of a page; action is "" where it has none.
func fillIn(page string) (action string, form url.Values) {
	m := formAction.FindStringSubmatch(page)
	if m == nil {
		return "", nil
	}
	form = url.Values{}
	for _, field := range formField.FindAllStringSubmatch(page, -1) {
		name, value := field[1], html.UnescapeString(field[2])
		if answer, ok := alice[name]; ok {
			value = answer
		}
		form.Set(name, value)
	}
	return html.UnescapeString(m[1]), form
}
