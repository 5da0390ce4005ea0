package fapi

import (
	"context"
	"html/template"
	"net/http"
	"net/url"
	"strings"

	"github.com/ory/fosite"
)

// WriteAuthorizeResponse sends the user back to the client (RFC 6749 4.1.2) by status 303.
func (p *Provider) WriteAuthorizeResponse(ctx context.Context, rw http.ResponseWriter, requester fosite.AuthorizeRequester, responder fosite.AuthorizeResponder) {
	ar, ok := requester.(*authorizeRequest)
	if !ok && p.legacy != nil {
		p.legacy.WriteAuthorizeResponse(ctx, rw, requester, responder)
		return
	}
	if !ok || ar.RedirectURI == nil {
		p.writeErrorPage(ctx, rw, refusalOf(AtAuthorization, errForeignRequester))
		return
	}
	for name, values := range responder.GetHeader() {
		rw.Header()[name] = values
	}
	p.deliver(rw, ar, responder.GetParameters())
}

// WriteAuthorizeError answers a refusal, and whatever error the host reports instead of an approval: it spends the
// request_uri, as the user's denial does. The answer goes to the client's redirect URI if that was verified, else to
// the user as a page.
func (p *Provider) WriteAuthorizeError(ctx context.Context, rw http.ResponseWriter, requester fosite.AuthorizeRequester, err error) {
	ar, ok := requester.(*authorizeRequest)
	if !ok && p.legacyError(err) {
		p.legacy.WriteAuthorizeError(ctx, rw, requester, err)
		return
	}
	r := refusalOf(AtAuthorization, err)
	if !ok || ar.party == nil || ar.RedirectURI == nil {
		p.writeErrorPage(ctx, rw, r)
		return
	}
	if ar.loaded && ar.requestURI != "" {
		if err := p.spend(ctx, ar); err != nil {
			p.writeErrorPage(ctx, rw, p.refused(ctx, ar.party, refuse(AtAuthorization, ar.party, err)))
			return
		}
		if r.Client == "" { // not reported yet: the host's or the user's own no
			r.ID = "OA-09"
			_ = p.refused(ctx, ar.party, r)
		}
	} else if !ar.loaded && ar.requestURI != "" {
		// The request was decided elsewhere: its client has had its answer.
		p.writeErrorPage(ctx, rw, r)
		return
	}
	params := url.Values{"error": {r.Code()}, "iss": {p.issuer(ctx)}} // F2-AZ-07
	if d := r.Description(); d != "" {
		params.Set("error_description", d)
	}
	if ar.State != "" {
		params.Set("state", ar.State)
	}
	p.deliver(rw, ar, params)
}

// deliver hands parameters to the client by the response mode of the request. The redirect URI keeps its own query
// and is not changed: the requester may be looked at again.
func (p *Provider) deliver(rw http.ResponseWriter, ar *authorizeRequest, params url.Values) {
	protectPage(rw.Header())
	target := ar.Form.Get("redirect_uri") // to the letter, as it was registered
	if ar.ResponseMode == fosite.ResponseModeFormPost {
		writeFormPost(rw, target, params)
		return
	}
	separator := "?"
	if strings.Contains(target, "?") {
		separator = "&"
	}
	rw.Header().Set("Location", target+separator+params.Encode())
	rw.WriteHeader(http.StatusSeeOther) // F2-AZ-11
}

// protectPage sets what every answer of the authorization endpoint has: no cache, no framing, no referrer (OA-17,
// BCP-14, BCP-21), HSTS (F2-TLS-09), and no CORS (F2-TLS-11), whatever a middleware thought.
func protectPage(h http.Header) {
	noStore(h)
	if h["Strict-Transport-Security"] == nil {
		h["Strict-Transport-Security"] = hsts
	}
	h["X-Frame-Options"] = deny
	h["X-Content-Type-Options"] = noSniff
	h["Referrer-Policy"] = noReferrer
	for _, name := range cors {
		delete(h, name)
	}
}

// Header values that many answers share. They are full, so that nobody can append to them in place.
var (
	hsts       = []string{"max-age=63072000"} // subdomains and the preload list are the host's to decide
	deny       = []string{"DENY"}
	noSniff    = []string{"nosniff"}
	noReferrer = []string{"no-referrer"}
	noCache    = []string{"no-store"}
	pragma     = []string{"no-cache"}
	jsonType   = []string{"application/json;charset=UTF-8"}

	cors = []string{
		"Access-Control-Allow-Origin", "Access-Control-Allow-Methods", "Access-Control-Allow-Headers", "Access-Control-Allow-Credentials",
		"Access-Control-Expose-Headers", "Access-Control-Max-Age",
	}
)

var formPost = template.Must(template.New("form_post").Parse(`<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Continue</title></head>
<body>
<form method="post" action="{{.Target}}">
{{range $name, $values := .Params}}{{range $values}}<input type="hidden" name="{{$name}}" value="{{.}}">
{{end}}{{end}}<button type="submit" name="">Continue</button>
</form>
</body>
</html>
`))

// writeFormPost answers by OAuth 2.0 Form Post Response Mode. The page has no script, so that it works under a policy
// that allows none.
func writeFormPost(rw http.ResponseWriter, target string, params url.Values) {
	h := rw.Header()
	h.Set("Content-Type", "text/html;charset=UTF-8")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'")
	_ = formPost.Execute(rw, struct {
		Target string
		Params url.Values
	}{target, params})
}
