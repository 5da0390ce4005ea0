package fapi

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"

	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/jarm"
)

// WriteAuthorizeResponse sends the user back to the client (RFC 6749 4.1.2) by status 303.
func (p *Provider) WriteAuthorizeResponse(ctx context.Context, rw http.ResponseWriter, requester fosite.AuthorizeRequester, responder fosite.AuthorizeResponder) {
	ar, ok := requester.(*authorizeRequest)
	if !ok && p.legacy != nil {
		p.writeLegacyResponse(ctx, rw, requester, responder)
		return
	}
	if !ok || ar.RedirectURI == nil {
		p.writeErrorPage(ctx, rw, p.refused(ctx, nil, refuse(AtAuthorization, nil, errForeignRequester)))
		return
	}
	for name, values := range responder.GetHeader() {
		rw.Header()[name] = values
	}
	p.deliver(ctx, rw, ar, responder.GetParameters(), nil)
}

// WriteAuthorizeError answers a refusal, and whatever error the host reports instead of an approval: it spends the
// request_uri, as the user's denial does. The answer goes to the client's redirect URI if that was verified, else to
// the user as a page.
func (p *Provider) WriteAuthorizeError(ctx context.Context, rw http.ResponseWriter, requester fosite.AuthorizeRequester, err error) {
	ar, ok := requester.(*authorizeRequest)
	if !ok && p.legacyError(err) {
		p.writeLegacyError(ctx, rw, requester, err)
		return
	}
	if !ok || ar.party == nil || ar.RedirectURI == nil {
		p.writeErrorPage(ctx, rw, p.answered(ctx, AtAuthorization, requester, err))
		return
	}
	if ar.loaded && ar.requestURI != "" {
		if failed := p.spend(ctx, ar); failed != nil {
			p.writeErrorPage(ctx, rw, p.instead(ctx, ar, refusalOf(AtAuthorization, err), failed))
			return
		}
	}
	r := p.answered(ctx, AtAuthorization, requester, err)
	if !ar.loaded && ar.requestURI != "" {
		// The request was decided elsewhere: its client has had its answer.
		p.writeErrorPage(ctx, rw, r)
		return
	}
	params := url.Values{"error": {r.Code()}}
	if d := r.Description(); d != "" {
		params.Set("error_description", d)
	}
	if ar.State != "" {
		params.Set("state", ar.State)
	}
	if r.uri != "" {
		params.Set("error_uri", r.uri)
	}
	p.deliver(ctx, rw, ar, params, r)
}

// instead is the refusal that takes the place of an answer which can't be given. If that was itself a refusal, and
// reported, there is no second event for it, but a record for the operator.
func (p *Provider) instead(ctx context.Context, ar *authorizeRequest, first *Refusal, failed error) *Refusal {
	w := p.watchResponse(ctx, "Refuse", &ar.trail, ar)
	defer w.end()
	r := refuse(AtAuthorization, ar.party, failed)
	if first != nil && first.reported {
		p.logger.LogAttrs(w, slog.LevelError, "refusal not delivered", slog.String("client", ar.party.client.GetID()),
			slog.String("id", first.ID), slog.String("interaction_id", first.InteractionID), slog.String("reason", brief(r.Error())))
		r.reported, r.InteractionID = true, first.InteractionID
	}
	return p.refused(w, ar.party, r)
}

// deliver hands parameters to the client by the response mode of the request, with iss (F2-AZ-07, F2-MS-09). The redirect
// URI keeps its own query and is not changed: the requester may be looked at again. refused is nil for an approval.
func (p *Provider) deliver(ctx context.Context, rw http.ResponseWriter, ar *authorizeRequest, params url.Values, refused *Refusal) {
	protectPage(rw.Header())
	target := ar.Form.Get("redirect_uri") // to the letter, as it was registered
	var err error
	switch {
	case signed(ar.ResponseMode):
		err = guarded(func() error { return p.writeSigned(ctx, rw, ar, params) })
	case ar.ResponseMode == fosite.ResponseModeFormPost:
		params.Set("iss", p.issuer(ctx))
		err = jarm.WriteFormPost(rw, target, params)
	case ar.ResponseMode == fosite.ResponseModeFragment:
		params.Set("iss", p.issuer(ctx))
		err = jarm.WriteFragment(rw, target, params)
	default:
		params.Set("iss", p.issuer(ctx))
		err = jarm.WriteQuery(rw, target, params)
	}
	if err != nil {
		p.writeErrorPage(ctx, rw, p.instead(ctx, ar, refused, err))
	}
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
