package fapi

import (
	"context"
	"errors"
	"maps"
	"strings"

	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/internal/form"
	"github.com/fosite-fapi/fosite-fapi/par"
)

// pushed judges a pushed request that was accepted.
func (t *tryout) pushed(ctx context.Context, accepted fosite.AuthorizeRequester, err error) {
	if t == nil || err != nil {
		return
	}
	t.of(ctx, accepted.GetClient(), func(c *party, in *inbound) (Leg, error) {
		ar := &authorizeRequest{AuthorizeRequest: &fosite.AuthorizeRequest{Request: fosite.Request{RequestedAt: in.started.UTC()}}}
		_, err := t.judge.push(ctx, in, ar)
		return Leg{Stage: AtPushedRequest}, err
	})
}

// authorization judges an authorization request that was accepted.
func (t *tryout) authorization(ctx context.Context, accepted fosite.AuthorizeRequester, err error) {
	if t == nil || err != nil {
		return
	}
	t.of(ctx, accepted.GetClient(), func(c *party, _ *inbound) (Leg, error) {
		leg := Leg{Stage: AtAuthorization}
		ar, pushed := t.arrived(ctx, c, accepted)
		if !pushed && c.mustPush() {
			_ = c.stop(errNotPushed)
			_ = c.stop(form.Single(ar.Form))
		}
		request := Request{Stage: AtAuthorization}
		switch signed := ar.Form.Has("request"); {
		case pushed:
			if c.mustSign() && !signed && routeOf(ar.Form) == asParameters {
				_ = c.stop(errRequestObjectMissing)
			}
		case signed:
			object, err := t.judge.verifyObject(ctx, c, ar.Form.Get("request"))
			if err != nil && object == nil {
				return leg, err
			}
			request.Object, ar.Form = object, object.Form()
			byFrontend.put(ar.Form)
		case ar.Form.Get("request_uri") != "":
			_ = c.stop(objectUnjudged)
			ar.Form = maps.Clone(accepted.GetRequestForm())
			byFrontend.put(ar.Form)
		default:
			if c.mustSign() {
				_ = c.stop(errRequestObjectMissing)
			}
			byFrontend.put(ar.Form)
		}
		err := t.judge.validate(ctx, c, ar)
		request.Parameters, request.Scopes = ar.Form, ar.RequestedScope
		return leg, errors.Join(err, t.judge.judge(ctx, c, request))
	})
}

// arrived is the authorization request as the profiled lane would have it, and whether it was pushed.
func (t *tryout) arrived(ctx context.Context, c *party, accepted fosite.AuthorizeRequester) (ar *fosite.AuthorizeRequest, pushed bool) {
	ar = &fosite.AuthorizeRequest{Request: fosite.Request{Client: accepted.GetClient(), RequestedAt: accepted.GetRequestedAt()}}
	if own, ok := accepted.(*authorizeRequest); ok {
		ar.Form = maps.Clone(own.Form)
		if routeOf(ar.Form) == byFrontend {
			ar.Form = maps.Clone(t.in.sent)
			return ar, false
		}
		return ar, true
	}
	key := hashed(resumable(accepted.GetRequestForm()).Encode())
	if strings.HasPrefix(t.in.sent.Get("request_uri"), t.prefix(ctx)) {
		_, _ = t.resumed.UseOnce(ctx, legacyPush, key, t.judge.now().Add(legacyInteraction)) // full: the page will seem not pushed
		if !t.judge.now().Before(accepted.GetRequestedAt().Add(c.profile.RequestURILifetime)) {
			_ = c.stop(par.ErrExpired) // fosite keeps it longer
		}
		ar.Form = resumable(accepted.GetRequestForm())
		delete(ar.Form, routeKey)
		return ar, true
	}
	ar.Form = maps.Clone(t.in.sent)
	delete(ar.Form, routeKey)
	resumed, _ := t.resumed.Used(ctx, legacyPush, key) // the error of a full memory is the same as an unknown page
	return ar, resumed
}
