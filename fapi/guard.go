package fapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"

	"github.com/ory/fosite"
)

// errPanicked says that something panicked that the provider called: a function of the host's store, its selector, its
// session, or whatever worked with what one of them returned.
var errPanicked = errors.New("the host's code, or what it returned, made a panic")

// A hostPanic is what is known of that, for the operator: the stack says where.
type hostPanic struct {
	cause any
	stack []byte
}

func (h *hostPanic) Error() string { return fmt.Sprintf("%s: %v", errPanicked, h.cause) }

func (h *hostPanic) Unwrap() error { return errPanicked }

// guard runs what calls functions of the host, and makes an error of a panic there. Each method of the provider that can
// refuse has its work in one, so that it refuses then as it does for any other fault of the host, by the same way out,
// with an event. http.ErrAbortHandler passes: it is how a handler wants to end its request.
func guard[T any](f func() (T, error)) (out T, err error) {
	defer func() {
		cause := recover()
		if cause == nil {
			return
		}
		if cause == http.ErrAbortHandler { //nolint:errorlint // net/http compares so too
			panic(cause)
		}
		var none T
		out, err = none, &hostPanic{cause, debug.Stack()}
	}()
	out, err = f()
	_ = errors.Is(err, errPanicked) // a nil *fosite.RFC6749Error is an error that panics when it is looked at
	return out, err
}

// panicked tells the operator what net/http would have told.
func (p *Provider) panicked(ctx context.Context, stage Stage, h *hostPanic) {
	p.logger.LogAttrs(ctx, slog.LevelError, "request panicked", slog.String("stage", string(stage)),
		slog.String("interaction_id", InteractionID(ctx)), slog.String("cause", brief(fmt.Sprint(h.cause))), slog.String("stack", string(h.stack)))
}

// decide asks the host. What it has begun to answer when it panics can't be taken back.
func (h *Handlers) decide(rw http.ResponseWriter, r *http.Request, ar fosite.AuthorizeRequester) (*Decision, error) {
	begun := &answering{ResponseWriter: rw}
	decision, err := guard(func() (*Decision, error) { return h.Interaction.Authorize(begun, r, ar) })
	panicked := (*hostPanic)(nil)
	if !errors.As(err, &panicked) {
		return decision, err
	}
	_, own := ar.(*authorizeRequest)
	switch {
	case !own: // a legacy client's request has no event
		h.Provider.panicked(r.Context(), AtAuthorization, panicked)
		err = fosite.ErrServerError.WithWrap(err)
	case begun.yes:
		_ = h.Provider.answered(r.Context(), AtAuthorization, ar, err)
	}
	if begun.yes {
		panic(http.ErrAbortHandler)
	}
	return nil, err
}

// answering knows whether the answer has begun.
type answering struct {
	http.ResponseWriter
	yes bool
}

func (a *answering) WriteHeader(status int) {
	a.yes = a.yes || status >= http.StatusOK // those below come before the answer
	a.ResponseWriter.WriteHeader(status)
}

func (a *answering) Write(part []byte) (int, error) {
	a.yes = true
	return a.ResponseWriter.Write(part)
}

// Flush implements http.Flusher, for hosts that ask for it.
func (a *answering) Flush() {
	a.yes = true
	_ = http.NewResponseController(a.ResponseWriter).Flush() // as good as it can
}

// Unwrap is for http.ResponseController.
func (a *answering) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// guarded is [guard] for what has no result.
func guarded(f func() error) error {
	_, err := guard(func() (struct{}, error) { return struct{}{}, f() })
	return err
}
