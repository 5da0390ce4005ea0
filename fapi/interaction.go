package fapi

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/fosite-fapi/fosite-fapi/internal/uuid"
)

// InteractionHeader is the HTTP header by which clients and servers name one interaction in the logs of both (FAPI 1.0
// P1 6.2.1-11, 6.2.2-6).
const InteractionHeader = "X-Fapi-Interaction-Id"

type interactionKey struct{}

// WithInteractionID names the interaction of a context: the host's middleware knows it better than the header of the
// request. What is no UUID is ignored.
func WithInteractionID(ctx context.Context, id string) context.Context {
	if !uuid.Valid(id) {
		return ctx
	}
	return context.WithValue(ctx, interactionKey{}, id)
}

// InteractionID is the interaction of a context: inside the provider's methods, where rules, stores and auditors run,
// that of the request; elsewhere the one of [WithInteractionID] or [Interactions]; "" without any.
func InteractionID(ctx context.Context) string {
	if w, ok := ctx.Value(watchKey{}).(*watch); ok {
		return w.trail.id()
	}
	id, _ := ctx.Value(interactionKey{}).(string)
	return id
}

// Interactions is a middleware for all endpoints of a server, resources too: it finds the interaction ID in the request's
// header, or makes one, puts it into the context and sends it back with the answer (FAPI 1.0 P1 6.2.1-11).
func Interactions(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		t := trail{interaction: interactionOf(r.Context(), r.Header)}
		id := t.id()
		rw.Header().Set(InteractionHeader, id)
		next.ServeHTTP(rw, r.WithContext(WithInteractionID(r.Context(), id)))
	})
}

// interactionOf is what the host's context names, else the header; "" where there is no one UUID.
func interactionOf(ctx context.Context, h http.Header) string {
	if id, _ := ctx.Value(interactionKey{}).(string); id != "" {
		return id
	}
	if values := h[InteractionHeader]; len(values) == 1 && uuid.Valid(values[0]) {
		return values[0]
	}
	return ""
}

// A trail is what the audit knows of a request from one method of the provider to the next.
type trail struct {
	spent  time.Duration // in the methods before
	proved bool          // the client authenticated itself

	making      sync.Mutex
	interaction string // "" until somebody asks, unless the client named it
}

// id makes one where the client sent none that can be used.
func (t *trail) id() string {
	t.making.Lock()
	defer t.making.Unlock()
	if t.interaction == "" {
		t.interaction = uuid.New()
	}
	return t.interaction
}
