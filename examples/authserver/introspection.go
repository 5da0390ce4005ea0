package main

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/fapi"
)

// mayIntrospect lets clients see their own tokens, but for those of Message Signing (F2-MS-15), and those that are
// registered for the scope introspect, as resource servers are, all.
func mayIntrospect(_ context.Context, caller fosite.Client, token fosite.AccessRequester) bool {
	if caller.GetScopes().Has("introspect") {
		return true
	}
	own, ok := caller.(*client)
	return caller.GetID() == token.GetClient().GetID() && !(ok && slices.Contains(signedIntrospection, own.profile))
}

// signedIntrospection are the names of the profiles that sign introspection responses; see messageSigning.
var signedIntrospection = []string{
	fapi.FAPI2MessageSigning().Name, fapi.FAPI2MessageSigning().Name + "-" + string(fapi.SignedIntrospection),
}

// introspect is fapi.Handlers.Introspection, but for legacy callers too mayIntrospect decides: plain fosite shows
// every client every token. Who names no client at all is refused as a profiled one would be.
func (s *server) introspect(rw http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		s.introspection.ServeHTTP(rw, r) // refuses it
		return
	}
	ctx := r.Context()
	resp, err := s.provider.NewIntrospectionRequest(ctx, r, fapi.NewSession(""))
	if errors.Is(err, fosite.ErrRequestUnauthorized) && !errors.Is(err, fosite.ErrInactiveToken) {
		// It would be answered by fosite's own code, which no registry knows (RFC 7662 2.3).
		rw.Header().Set("WWW-Authenticate", `Basic realm="introspection"`)
		s.provider.WriteAccessError(ctx, rw, nil, fosite.ErrInvalidClient)
		return
	}
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
