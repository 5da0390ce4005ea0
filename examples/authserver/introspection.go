package main

import (
	"context"
	"net/http"
	"net/url"

	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/fapi"
)

// mayIntrospect lets clients see their own tokens, and those that are registered for the scope introspect, as
// resource servers are, all.
func mayIntrospect(_ context.Context, caller fosite.Client, token fosite.AccessRequester) bool {
	return caller.GetID() == token.GetClient().GetID() || caller.GetScopes().Has("introspect")
}

// introspect is fapi.Handlers.Introspection, but for legacy callers too mayIntrospect decides: plain fosite shows
// every client every token.
func (s *server) introspect(rw http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		s.introspection.ServeHTTP(rw, r) // refuses it
		return
	}
	ctx := r.Context()
	resp, err := s.provider.NewIntrospectionRequest(ctx, r, fapi.NewSession(""))
	if err != nil {
		s.provider.WriteIntrospectionError(ctx, rw, err)
		return
	}
	if _, legacy := resp.(*fosite.IntrospectionResponse); legacy && resp.IsActive() {
		if caller := s.basicCaller(r); caller == nil || !mayIntrospect(ctx, caller, resp.GetAccessRequester()) {
			resp = &fosite.IntrospectionResponse{}
		}
	}
	s.provider.WriteIntrospectionResponse(ctx, rw, resp)
}

// basicCaller is the client that fosite has authenticated by HTTP Basic; nil where it was content with an access
// token.
func (s *server) basicCaller(r *http.Request) fosite.Client {
	if fosite.AccessTokenFromRequest(r) != "" {
		return nil
	}
	user, _, _ := r.BasicAuth()
	id, err := url.QueryUnescape(user)
	if err != nil {
		return nil
	}
	c, err := s.store.GetClient(r.Context(), id)
	if err != nil {
		return nil
	}
	return c
}
