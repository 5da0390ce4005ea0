package fapi

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"sync"
	"time"
)

// InteractionHeader is the HTTP header by which clients and servers name one interaction in the logs of both (FAPI 1.0
// P1 6.2.1-11, 6.2.2-6).
const InteractionHeader = "X-Fapi-Interaction-Id"

type interactionKey struct{}

// WithInteractionID names the interaction of a context: the host's middleware knows it better than the header of the
// request. What is no UUID is ignored.
func WithInteractionID(ctx context.Context, id string) context.Context {
	if !isUUID(id) {
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
	if values := h[InteractionHeader]; len(values) == 1 && isUUID(values[0]) {
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
		t.interaction = newUUID()
	}
	return t.interaction
}

// isUUID wants the form of RFC 9562 4, of any version: it bounds what a stranger can write into the log.
func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		switch i {
		case 8, 13, 18, 23:
			if c != '-' {
				return false
			}
		default:
			if (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') {
				return false
			}
		}
	}
	return true
}

// newUUID is one of version 4 (RFC 9562 5.4).
func newUUID() string {
	var raw [16]byte
	_, _ = rand.Read(raw[:]) // never fails
	raw[6], raw[8] = raw[6]&0x0f|0x40, raw[8]&0x3f|0x80
	text := hex.EncodeToString(raw[:])
	return text[:8] + "-" + text[8:12] + "-" + text[12:16] + "-" + text[16:20] + "-" + text[20:]
}
