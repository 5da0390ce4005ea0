package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// A wire is what a party's messages pass: it tells the story of each before it goes out, and of its answer.
type wire struct {
	story       *story
	party       string
	certificate string // the common name of what the party presents; "" for none
	base        http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (w *wire) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := drain(req.Body)
	if err != nil {
		return nil, err
	}
	out := req.Clone(req.Context())
	out.Body = io.NopCloser(bytes.NewReader(body))
	told := w.request(out, body)
	resp, err := w.base.RoundTrip(out)
	if err != nil {
		return nil, err
	}
	if body, err = drain(resp.Body); err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	w.answer(out, resp, body, told)
	return resp, nil
}

func drain(body io.ReadCloser) ([]byte, error) {
	if body == nil {
		return nil, nil
	}
	defer func() { _ = body.Close() }()
	return io.ReadAll(io.LimitReader(body, 1<<20))
}

// request tells a request, unless nothing is told now.
func (w *wire) request(req *http.Request, body []byte) (told bool) {
	w.story.mu.Lock()
	defer w.story.mu.Unlock()
	if !w.story.traced {
		return false
	}
	var rows []row
	if scheme, value, ok := strings.Cut(req.Header.Get("Authorization"), " "); ok {
		if user, _, basic := req.BasicAuth(); basic {
			value = user + ":••••"
		}
		rows = append(rows, row{"Authorization", scheme + " " + shorten(value)})
	}
	form, _ := url.ParseQuery(string(body))
	rows = append(rows, w.story.parameters(req.URL.Query())...)
	w.story.message(w.headline(req), append(rows, w.story.parameters(form)...))
	w.story.depth++
	return true
}

// answer tells an answer whose request was told.
func (w *wire) answer(req *http.Request, resp *http.Response, body []byte, told bool) {
	w.story.mu.Lock()
	defer w.story.mu.Unlock()
	w.story.last = w.headline(req)
	if !told {
		return
	}
	w.story.depth--
	var rows []row
	if to, err := resp.Location(); err == nil {
		query := to.Query()
		to.RawQuery = ""
		rows = append(append(rows, row{"Location", to.String()}), w.story.parameters(query)...)
	}
	if _, rest, ok := strings.Cut(string(body), "<title>"); ok {
		title, _, _ := strings.Cut(rest, "</title>")
		rows = append(rows, row{"page", "“" + title + "”"})
	}
	if media := resp.Header.Get("Content-Type"); strings.HasSuffix(media, "+jwt") {
		rows = append(append(rows, row{"Content-Type", media}), decoded(string(body), introspectionClaims...)...)
	}
	var members map[string]any
	if json.Unmarshal(body, &members) == nil {
		rows = append(rows, w.story.decisive(flatten("", members, map[string]string{}))...)
	}
	w.story.message(w.party+" ← "+w.to(req)+"  "+resp.Status, rows)
}

// headline says who calls whom. The certificate is part of it where the server asks for one.
func (w *wire) headline(req *http.Request) string {
	headline := w.party + " → " + w.to(req) + "  " + req.Method + " " + req.URL.Path
	if w.certificate != "" && w.to(req) != frontName {
		headline += "  with certificate CN=" + w.certificate
	}
	return headline
}

// to is the party that is called.
func (w *wire) to(req *http.Request) string {
	return w.story.names[req.URL.Host]
}
