package fapi

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/par"
)

// NewAuthorizeRequest finds the pushed request that the front channel points to. Beside client_id and request_uri
// nothing of the HTTP request counts.
//
// The host keeps the requester until it decides, or calls NewAuthorizeRequest again with the same two parameters
// after login: loading spends nothing. expires_in is judged at the first load; see [Profile.InteractionLifetime].
func (p *Provider) NewAuthorizeRequest(ctx context.Context, r *http.Request) (fosite.AuthorizeRequester, error) {
	in := p.receive(ctx, r)
	tryout := p.tryout(in, AtAuthorization)
	if !in.strict {
		ar, err := p.loadLegacy(ctx, in)
		tryout.authorization(ctx, ar, err)
		return ar, err
	}
	ar := &authorizeRequest{}
	w := p.watchRequest(ctx, "NewAuthorizeRequest", in, &ar.trail, ar)
	defer w.end()
	c, err := guard(func() (*party, error) { return p.load(w, in, ar) })
	if err != nil {
		return ar.orEmpty(), p.refused(w, c, refuse(AtAuthorization, c, err))
	}
	tryout.authorization(ctx, ar, nil)
	return ar, nil
}

func (p *Provider) load(ctx context.Context, in *inbound, ar *authorizeRequest) (*party, error) {
	values, err := in.frontChannel(p.maxBytes)
	if err != nil {
		return in.named(), err
	}
	id := values.Get("client_id")
	if id == "" {
		return nil, errClientMissing
	}
	c, err := in.party(ctx, p, id)
	switch {
	case errors.Is(err, errClientUnknown):
		return nil, errClientAtPage
	case errors.Is(err, errIdentifiers):
		return nil, errIdentifiersAtPage
	case err != nil:
		return nil, err
	}
	if in.disagrees(id) {
		return c, errIdentifiersAtPage
	}
	a, err := p.find(ctx, c, values)
	if err != nil {
		return c, err
	}
	// The registration may have changed since the request was pushed (PAR-25).
	ar.AuthorizeRequest, ar.party = a.request, c
	ar.Client, ar.RedirectURI = c.client, nil
	if err := p.undecided(ctx, ar.Form); err != nil {
		return c, err
	}
	switch from := routeOf(ar.Form); {
	case c.mustSign() && from == asParameters:
		return c, errRequestObjectMissing
	case c.mustPush() && !from.pushed():
		return c, errNotPushed
	}
	if err := p.validate(ctx, c, ar.AuthorizeRequest); err != nil {
		return c, err
	}
	if err := p.judge(ctx, c, Request{Stage: AtAuthorization, Parameters: ar.Form, Object: a.object, Scopes: ar.RequestedScope}); err != nil {
		return c, err
	}
	if err := p.keep(ctx, c, a); err != nil {
		return c, err
	}
	ar.requestURI, ar.loaded = a.uri, true
	return c, nil
}

// find returns the request that the front channel points to, or carries.
func (p *Provider) find(ctx context.Context, c *party, values url.Values) (*arrival, error) {
	uri := values.Get("request_uri")
	switch {
	case uri != "" && values.Has("request"):
		return nil, errRequestObjectTwice
	case uri == "" && c.mustPush():
		return nil, errNotPushed
	case isPushed(uri) || c.mustPush():
		stored, err := p.pushed[c.profile.Name].Load(ctx, uri, c.client.GetID())
		if err != nil {
			return nil, err
		}
		return &arrival{request: stored, uri: uri}, nil
	}
	return p.byFront(ctx, c, values)
}

// NewAuthorizeResponse is the user's approval: it spends the request_uri and issues a code for the session and the
// scopes that the host granted. The session must implement openid.Session, with a subject, where the openid scope is
// granted.
func (p *Provider) NewAuthorizeResponse(ctx context.Context, requester fosite.AuthorizeRequester, session fosite.Session) (fosite.AuthorizeResponder, error) {
	ar, ok := requester.(*authorizeRequest)
	if !ok {
		if p.legacy == nil || p.profiled(ctx, requester.GetClient()) {
			return nil, p.refused(ctx, nil, refuse(AtAuthorization, nil, errForeignRequester))
		}
		return p.legacy.NewAuthorizeResponse(ctx, requester, session)
	}
	w := p.watchResponse(ctx, "NewAuthorizeResponse", &ar.trail, ar)
	defer w.end()
	responder, err := guard(func() (*fosite.AuthorizeResponse, error) {
		if session != nil {
			w.subject = session.GetSubject()
		}
		return p.approve(w, ar, session)
	})
	if err == nil {
		err = p.granted(w, AtAuthorization, ar.party, "")
	}
	if err != nil {
		return nil, p.refused(w, ar.party, refuse(AtAuthorization, ar.party, err))
	}
	return responder, nil
}

func (p *Provider) approve(ctx context.Context, ar *authorizeRequest, session fosite.Session) (*fosite.AuthorizeResponse, error) {
	if !ar.loaded {
		return nil, errForeignRequester
	}
	if session == nil {
		return nil, errSessionMissing
	}
	for _, scope := range ar.GrantedScope {
		if !ar.RequestedScope.Has(scope) {
			return nil, errGrantedScope
		}
	}
	if ar.GrantedScope.Has("openid") || ar.ResponseTypes.Has("id_token") {
		if err := p.validateSession(ctx, ar, session); err != nil {
			return nil, err
		}
	}
	details, err := p.decidedDetails(ctx, ar)
	if err != nil {
		return nil, err
	}
	if err := p.spend(ctx, ar); err != nil {
		return nil, err
	}
	code, err := p.issueCode(ctx, ar, session, details)
	if err != nil {
		return nil, err
	}
	resp := fosite.NewAuthorizeResponse()
	resp.AddParameter("code", code)
	if ar.ResponseTypes.Has("id_token") {
		idToken, err := p.newDetachedIDToken(ctx, ar, session, code)
		if err != nil {
			return nil, err
		}
		resp.AddParameter("id_token", idToken)
		ar.SetResponseTypeHandled("id_token")
	}
	if ar.State != "" {
		resp.AddParameter("state", ar.State)
	}
	ar.SetResponseTypeHandled("code")
	return resp, nil
}

// spend uses the request_uri up; the second decision about one request is refused.
func (p *Provider) spend(ctx context.Context, ar *authorizeRequest) error {
	if ar.requestURI == "" {
		return errForeignRequester
	}
	err := guarded(func() error { // WriteAuthorizeError spends too, and has no other way out
		err := p.pushed[ar.party.profile.Name].Spend(ctx, ar.requestURI)
		if errors.Is(err, par.ErrSpent) && !routeOf(ar.Form).pushed() {
			return errObjectSpent
		}
		if err != nil {
			return err
		}
		return p.decide(ctx, ar.Form)
	})
	if err != nil {
		ar.loaded = false // whatever goes wrong now must not reach the client: it has, or had, its answer
		return err
	}
	ar.requestURI = ""
	return nil
}
