package fapi

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/ory/fosite"
)

// NewPushedAuthorizeRequest reads, authenticates and judges a pushed authorization request (RFC 9126 2.1). Of the
// HTTP request only the body counts.
func (p *Provider) NewPushedAuthorizeRequest(ctx context.Context, r *http.Request) (fosite.AuthorizeRequester, error) {
	in := p.receive(ctx, r)
	tryout := p.tryout(in, AtPushedRequest)
	if !in.strict {
		ar, err := p.legacy.NewPushedAuthorizeRequest(ctx, r)
		tryout.pushed(ctx, ar, err)
		return ar, err
	}
	ar := &authorizeRequest{AuthorizeRequest: &fosite.AuthorizeRequest{Request: fosite.Request{RequestedAt: p.now().UTC()}}}
	w := p.watchRequest(ctx, "NewPushedAuthorizeRequest", in, &ar.trail, ar)
	defer w.end()
	c, err := guard(func() (*party, error) { return p.push(w, in, ar) })
	if err != nil {
		return ar.orEmpty(), p.refused(w, c, refuse(AtPushedRequest, c, err))
	}
	tryout.pushed(ctx, ar, nil)
	return ar, nil
}

func (p *Provider) push(ctx context.Context, in *inbound, ar *authorizeRequest) (*party, error) {
	values, err := in.body(p.maxBytes)
	if err != nil {
		return in.named(), err
	}
	who, c, err := p.authenticate(ctx, in, values, errPushUnauthenticated)
	if err != nil {
		return c, in.unauthenticated(c, err)
	}
	if err := c.stop(pushedParameters(values)); err != nil {
		return c, err
	}
	for _, name := range credentials {
		values.Del(name)
	}
	values.Set("client_id", c.client.GetID())
	values, object, err := p.fromObject(ctx, c, values)
	if err != nil {
		return c, err
	}
	ar.party, ar.Client, ar.Form = c, c.client, values
	ar.GetID() // makes it, so that everything that comes of this request has the same
	proof, err := p.proof(ctx, AtPushedRequest, in, c, func(e Endpoints) string { return e.PushedAuthorizationRequest })
	if err := c.stop(err); err != nil {
		return c, err
	}
	if err := c.stop(p.bindCode(c, ar.AuthorizeRequest, proof)); err != nil {
		return c, err
	}
	if proof != nil {
		ar.nonce = p.nonce()
	}
	if err := p.validate(ctx, c, ar.AuthorizeRequest); err != nil {
		return c, err
	}
	if err := p.judge(ctx, c, Request{
		Stage: AtPushedRequest, Parameters: values, Object: object, Scopes: ar.RequestedScope,
		AuthMethod: who.method, Certificate: who.certificate(), Proof: proof,
	}); err != nil {
		return c, err
	}
	ar.loaded = true
	return c, nil
}

// NewPushedAuthorizeResponse stores the request and makes its request_uri (RFC 9126 2.2). The session may be nil:
// login comes later.
func (p *Provider) NewPushedAuthorizeResponse(ctx context.Context, requester fosite.AuthorizeRequester, session fosite.Session) (fosite.PushedAuthorizeResponder, error) {
	ar, ok := requester.(*authorizeRequest)
	if !ok {
		if p.legacy == nil || p.profiled(ctx, requester.GetClient()) {
			return nil, p.refused(ctx, nil, refuse(AtPushedRequest, nil, errForeignRequester))
		}
		return p.legacy.NewPushedAuthorizeResponse(ctx, requester, session)
	}
	w := p.watchResponse(ctx, "NewPushedAuthorizeResponse", &ar.trail, ar)
	defer w.end()
	if !ar.loaded {
		return nil, p.refused(w, ar.party, refuse(AtPushedRequest, ar.party, errForeignRequester))
	}
	ar.SetSession(session)
	var lifetime time.Duration
	uri, err := guard(func() (uri string, err error) {
		uri, lifetime, err = p.pushed[ar.party.profile.Name].Push(w, ar.AuthorizeRequest)
		return uri, err
	})
	if err == nil {
		err = p.granted(w, AtPushedRequest, ar.party, "")
	}
	if err != nil {
		return nil, p.refused(w, ar.party, refuse(AtPushedRequest, ar.party, err))
	}
	return &fosite.PushedAuthorizeResponse{
		RequestURI: uri, ExpiresIn: int(lifetime.Seconds()), Header: http.Header{}, Extra: map[string]any{},
	}, nil
}

// errForeignRequester says that the host passed a request that this provider did not accept.
var errForeignRequester = errors.New("the requester is not one that this provider accepted")

// profiled says whether a client must not be served by the legacy lane. What counts is its registration now, not the
// one that a stored request holds; one that can't be judged counts as profiled.
func (p *Provider) profiled(ctx context.Context, client fosite.Client) bool {
	if client == nil || client.GetID() == "" {
		return false
	}
	profile, err := guard(func() (*Profile, error) {
		registered, err := p.client(ctx, client.GetID())
		if err != nil {
			return nil, err
		}
		return p.profileOf(ctx, registered)
	})
	return err != nil || profile != nil
}

// WritePushedAuthorizeResponse answers 201 (RFC 9126 2.2).
func (p *Provider) WritePushedAuthorizeResponse(ctx context.Context, rw http.ResponseWriter, requester fosite.AuthorizeRequester, responder fosite.PushedAuthorizeResponder) {
	ar, ok := requester.(*authorizeRequest)
	if !ok && p.legacy != nil {
		p.legacy.WritePushedAuthorizeResponse(ctx, rw, requester, responder)
		return
	}
	if ok {
		giveNonce(rw.Header(), ar.nonce)
	}
	for name, values := range responder.GetHeader() {
		rw.Header()[name] = values
	}
	if own, ok := responder.(*fosite.PushedAuthorizeResponse); ok && len(own.Extra) == 0 {
		writeJSON(rw, http.StatusCreated, struct {
			RequestURI string `json:"request_uri"`
			ExpiresIn  int    `json:"expires_in"`
		}{own.RequestURI, own.ExpiresIn})
		return
	}
	writeJSON(rw, http.StatusCreated, responder.ToMap())
}

// WritePushedAuthorizeError answers a refusal as JSON (RFC 9126 2.3), never by a redirect.
func (p *Provider) WritePushedAuthorizeError(ctx context.Context, rw http.ResponseWriter, requester fosite.AuthorizeRequester, err error) {
	if _, ok := requester.(*authorizeRequest); !ok && p.legacyError(err) {
		p.legacy.WritePushedAuthorizeError(ctx, rw, requester, err)
		return
	}
	writeRefusal(rw, p.answered(ctx, AtPushedRequest, requester, err))
}

// legacyError says whether an error belongs to the legacy lane.
func (p *Provider) legacyError(err error) bool {
	var r *Refusal
	return p.legacy != nil && !errors.As(err, &r)
}
