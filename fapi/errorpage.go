package fapi

import (
	"context"
	"html/template"
	"net/http"
)

// An ErrorPage shows the user an error that can't be sent to the client, because the client or its redirect URI is
// not known. The status is r.Status(); the headers that protect the page are set. It must not offer a way to any URI
// taken from the request. A panic is net/http's to catch: the refusal was reported before, and nothing comes after.
type ErrorPage func(ctx context.Context, rw http.ResponseWriter, r *Refusal)

func (p *Provider) writeErrorPage(ctx context.Context, rw http.ResponseWriter, r *Refusal) {
	h := rw.Header()
	protectPage(h)
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
	if r.Status() == http.StatusMethodNotAllowed {
		h.Set("Allow", "GET, POST")
	}
	p.errorPage(ctx, rw, r)
}

var page = template.Must(template.New("error").Parse(`<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Authorization error</title></head>
<body>
<h1>The request can not be continued</h1>
<p id="error">{{.Code}}</p>
<p id="error_description">{{.Description}}</p>
<p id="interaction_id">{{.InteractionID}}</p>
</body>
</html>
`))

func defaultErrorPage(_ context.Context, rw http.ResponseWriter, r *Refusal) {
	rw.Header().Set("Content-Type", "text/html;charset=UTF-8")
	rw.WriteHeader(r.Status())
	_ = page.Execute(rw, r)
}
