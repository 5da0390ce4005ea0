package fapi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"

	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/metadata"
)

// Handlers are the endpoints of a provider as net/http handlers, each mountable alone, for profiled and legacy
// clients alike.
type Handlers struct {
	// Provider is required.
	Provider *Provider
	// Interaction is the host's login and consent; required for Authorize.
	Interaction Interaction
	// NewSession makes the session into which a request is hydrated: of the type that the Interaction's decisions
	// carry. Nil means [NewSession]. A panic refuses with server_error.
	NewSession func(ctx context.Context) fosite.Session
	// Describe lets the host add to the published metadata; nil leaves it as it is. A panic answers 500.
	Describe func(ctx context.Context, doc *metadata.Document)
}

func (h *Handlers) session(ctx context.Context) (fosite.Session, error) {
	if h.NewSession == nil {
		return NewSession(""), nil
	}
	return guard(func() (fosite.Session, error) { return h.NewSession(ctx), nil })
}

// Authorize is the authorization endpoint.
func (h *Handlers) Authorize() http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		protectPage(rw.Header())
		ar, err := h.Provider.NewAuthorizeRequest(ctx, r)
		if err != nil {
			h.Provider.WriteAuthorizeError(ctx, rw, ar, err)
			return
		}
		if r.Method == http.MethodHead {
			return // looking is not deciding
		}
		decision, err := h.decide(rw, r, ar)
		switch {
		case err != nil:
			h.Provider.WriteAuthorizeError(ctx, rw, ar, err)
			return
		case decision == nil:
			return
		case decision.Denied != nil:
			h.Provider.WriteAuthorizeError(ctx, rw, ar, decision.Denied)
			return
		}
		for _, scope := range decision.Scopes {
			ar.GrantScope(scope)
		}
		for _, audience := range decision.Audience {
			ar.GrantAudience(audience)
		}
		if decision.AuthorizationDetails != nil {
			GrantAuthorizationDetails(ar, decision.AuthorizationDetails)
		}
		resp, err := h.Provider.NewAuthorizeResponse(ctx, ar, decision.Session)
		if err != nil {
			h.Provider.WriteAuthorizeError(ctx, rw, ar, err)
			return
		}
		h.Provider.WriteAuthorizeResponse(ctx, rw, ar, resp)
	})
}

// PushedAuthorizationRequest is the pushed authorization request endpoint (RFC 9126).
func (h *Handlers) PushedAuthorizationRequest() http.Handler {
	return h.post(AtPushedRequest, func(rw http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		ar, err := h.Provider.NewPushedAuthorizeRequest(ctx, r)
		if err != nil {
			h.Provider.WritePushedAuthorizeError(ctx, rw, ar, err)
			return
		}
		resp, err := h.Provider.NewPushedAuthorizeResponse(ctx, ar, nil) // whose session it will be shows at the login
		if err != nil {
			h.Provider.WritePushedAuthorizeError(ctx, rw, ar, err)
			return
		}
		h.Provider.WritePushedAuthorizeResponse(ctx, rw, ar, resp)
	})
}

// Token is the token endpoint. For client_credentials it grants what is requested and registered; a host that decides
// otherwise writes its own handler of these few lines.
func (h *Handlers) Token() http.Handler {
	return h.post(AtToken, func(rw http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		session, err := h.session(ctx)
		if err != nil {
			writeRefusal(rw, h.Provider.unread(r, AtToken, err))
			return
		}
		t, err := h.Provider.NewAccessRequest(ctx, r, session)
		if err != nil {
			h.Provider.WriteAccessError(ctx, rw, t, err)
			return
		}
		if t.GetGrantTypes().ExactOne("client_credentials") {
			for _, scope := range t.GetRequestedScopes() {
				t.GrantScope(scope)
			}
			for _, audience := range t.GetRequestedAudience() {
				t.GrantAudience(audience)
			}
		}
		resp, err := h.Provider.NewAccessResponse(ctx, t)
		if err != nil {
			h.Provider.WriteAccessError(ctx, rw, t, err)
			return
		}
		h.Provider.WriteAccessResponse(ctx, rw, t, resp)
	})
}

// Introspection is the token introspection endpoint (RFC 7662).
func (h *Handlers) Introspection() http.Handler {
	return h.post(AtIntrospection, func(rw http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		session, err := h.session(ctx)
		if err != nil {
			writeRefusal(rw, h.Provider.unread(r, AtIntrospection, err))
			return
		}
		resp, err := h.Provider.NewIntrospectionRequest(ctx, r, session)
		if err != nil {
			h.Provider.WriteIntrospectionError(ctx, rw, err)
			return
		}
		h.Provider.WriteIntrospectionResponse(ctx, rw, resp)
	})
}

// Revocation is the token revocation endpoint (RFC 7009).
func (h *Handlers) Revocation() http.Handler {
	return h.post(AtRevocation, func(rw http.ResponseWriter, r *http.Request) {
		h.Provider.WriteRevocationResponse(r.Context(), rw, h.Provider.NewRevocationRequest(r.Context(), r))
	})
}

// JWKS is the server's key set (RFC 7517).
func (h *Handlers) JWKS() http.Handler {
	return get(func(rw http.ResponseWriter, r *http.Request) {
		set, err := h.Provider.JWKS(r.Context())
		if err != nil {
			writeRefusal(rw, h.Provider.refused(r.Context(), nil, refuse(AtComposition, nil, err)))
			return
		}
		raw, err := json.Marshal(set)
		if err != nil {
			http.Error(rw, "", http.StatusInternalServerError)
			return
		}
		rw.Header().Set("Content-Type", "application/jwk-set+json")
		rw.Header().Set("Cache-Control", "public, max-age=300")
		_, _ = rw.Write(raw)
	})
}

// Metadata is the server metadata; see [Handlers.Mux] for the paths at which it belongs.
func (h *Handlers) Metadata() http.Handler {
	return metadata.Handler(func(ctx context.Context) (*metadata.Document, error) {
		doc, err := h.Provider.Metadata(ctx)
		if err == nil && h.Describe != nil {
			err = guarded(func() error { h.Describe(ctx, doc); return nil })
		}
		if errors.Is(err, errPanicked) {
			err = h.Provider.refused(ctx, nil, refuse(AtComposition, nil, err))
		}
		return doc, err
	})
}

// Mux mounts every endpoint at the path of its URL, the metadata at the paths of RFC 8414 and OpenID Connect
// Discovery. The issuer is that of ctx.
//
// The endpoints take the client's interaction ID, and make one where an event needs it; they don't send it back, which FAPI
// asks of resources alone (FAPI 1.0 P1 6.2.1-11). A host that wants every answer to name its event, and [InteractionID] in
// its Interaction, wraps the mux together with its resources: Interactions(mux).
func (h *Handlers) Mux(ctx context.Context) (*http.ServeMux, error) {
	issuer := h.Provider.issuer(ctx)
	e := h.Provider.urls.resolve(issuer)
	oauth, openid, err := metadata.Paths(issuer)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle(oauth, h.Metadata())
	mux.Handle(openid, h.Metadata())
	for _, m := range []struct {
		url     string
		handler http.Handler
	}{
		{e.Authorization, h.Authorize()}, {e.PushedAuthorizationRequest, h.PushedAuthorizationRequest()}, {e.Token, h.Token()},
		{e.Introspection, h.Introspection()}, {e.Revocation, h.Revocation()}, {e.JWKS, h.JWKS()},
	} {
		u, err := url.Parse(m.url)
		if err != nil {
			return nil, err
		}
		if m.url != "" {
			mux.Handle(u.Path, m.handler)
		}
	}
	if h.Provider.registrar != nil {
		u, err := url.Parse(e.Registration)
		if err != nil {
			return nil, err
		}
		mux.Handle(u.Path, h.Registration())
		mux.Handle(u.Path+"/{client_id}", h.ClientConfiguration())
	}
	return mux, nil
}

// post refuses other methods before anything is read (OA-05, PAR-15).
func (h *Handlers) post(stage Stage, next http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			writeRefusal(rw, h.Provider.unread(r, stage, errMethod))
			return
		}
		next(rw, r)
	})
}

func get(next http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			rw.Header().Set("Allow", "GET, HEAD")
			rw.WriteHeader(http.StatusMethodNotAllowed)
			return
		}
		next(rw, r)
	})
}
