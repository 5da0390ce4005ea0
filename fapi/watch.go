package fapi

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/trace"
)

type watchKey struct{}

// A watch follows one call of a provider's method. It is the context of everything below that call, so that whoever
// refuses or grants there reports it with what is known of the request.
type watch struct {
	context.Context
	trail   *trail
	about   fosited    // nil where no requester comes of the call
	span    trace.Span // nil where nobody traces
	started time.Time  // with the lane's choice
	now     func() time.Time
	party   *party // the last that the message was found to name, for a refusal that no longer knows
	request string // the grant's ID where there is no requester
	subject string // where the session is not the requester's
	action  string // upon a registration
}

// fosited is a requester as the audit sees it.
type fosited interface {
	requestID() string // "" until it is known
	user() string
}

// Value finds the watch itself beside what the caller's context has.
func (w *watch) Value(key any) any {
	if key == (watchKey{}) {
		return w
	}
	return w.Context.Value(key)
}

// watchRequest begins the watch of a method that reads a message.
func (p *Provider) watchRequest(ctx context.Context, method string, in *inbound, t *trail, about fosited) *watch {
	t.interaction = interactionOf(ctx, in.Header)
	return p.begin(ctx, method, in.started, t, about)
}

// watchResponse begins the watch of a method that goes on with an accepted request.
func (p *Provider) watchResponse(ctx context.Context, method string, t *trail, about fosited) *watch {
	return p.begin(ctx, method, p.now(), t, about)
}

func (p *Provider) begin(ctx context.Context, method string, started time.Time, t *trail, about fosited) *watch {
	w := &watch{Context: ctx, trail: t, about: about, started: started, now: p.now}
	if tracer := p.telemetry.tracer(ctx); tracer != nil {
		w.Context, w.span = tracer.Start(ctx, "FAPI."+method, trace.WithTimestamp(started))
	}
	return w
}

// end is deferred.
func (w *watch) end() {
	w.trail.spent = w.took()
	if w.span != nil {
		w.span.End()
	}
}

// took is how long the provider has worked on the request, without the time that the host took between its methods.
func (w *watch) took() time.Duration { return w.trail.spent + w.now().Sub(w.started) }

// watching is the watch of a context; an empty one where no method began it.
func (p *Provider) watching(ctx context.Context) *watch {
	if w, ok := ctx.Value(watchKey{}).(*watch); ok {
		return w
	}
	return &watch{Context: ctx, trail: &trail{interaction: interactionOf(ctx, nil)}, started: p.now(), now: p.now}
}

// of is the fosite ID of the request that the decision is about.
func (w *watch) of() string {
	if w.request != "" || w.about == nil {
		return w.request
	}
	return w.about.requestID()
}

func (w *watch) whose() string {
	if w.subject != "" || w.about == nil {
		return w.subject
	}
	return w.about.user()
}

// seen says which token, and so whose grant, a call without a requester is about; nil where there is none.
func (w *watch) seen(f *found) {
	if f != nil {
		w.request, w.subject, w.party = f.ID, f.user(), f.party
	}
}

func (ar *authorizeRequest) requestID() string {
	if ar.AuthorizeRequest == nil {
		return ""
	}
	return ar.ID
}

func (ar *authorizeRequest) user() string { return "" } // only the decision says

func (t *accessRequest) requestID() string { return t.ID }

func (t *accessRequest) user() string {
	if t.ID == "" || t.Session == nil {
		return ""
	}
	return t.Session.GetSubject()
}
