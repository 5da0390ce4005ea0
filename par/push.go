package par

import (
	"context"
	"fmt"
	"time"

	"github.com/ory/fosite"
)

// Push stores a copy of a validated request of an authenticated client and returns its request_uri, with
// 256 random bits, and expires_in (RFC 9126 2.2). ar stays the caller's, but for its ID, which is
// set if it had none, and its session, if any, whose expiry for
// fosite.PushedAuthorizeRequestContext is set and which the store may keep. It returns [ErrRequest] for a
// request without a client, [ErrStorage] if the store fails, [ErrConfig] if Validate would.
func (q *Requests) Push(ctx context.Context, ar *fosite.AuthorizeRequest) (requestURI string, expiresIn time.Duration, err error) {
	uri := newURI()
	if expiresIn, err = q.store(ctx, ar, uri); err != nil {
		return "", 0, err
	}
	return uri, expiresIn, nil
}

func (q *Requests) store(ctx context.Context, ar *fosite.AuthorizeRequest, uri string) (time.Duration, error) {
	if err := q.Validate(); err != nil {
		return 0, err
	}
	if ar == nil || ar.Client == nil || ar.Client.GetID() == "" {
		return 0, ErrRequest
	}

	// Whole milliseconds, as the record keeps it.
	expires := q.now().Add(q.lifetime()).Truncate(time.Millisecond)
	stored := copyRequest(ar, 1)
	record{client: ar.Client.GetID(), expires: expires}.put(stored.Form, uri)
	if stored.Session != nil {
		stored.Session.SetExpiresAt(fosite.PushedAuthorizeRequestContext, expires.Add(q.interaction()).UTC())
	}
	if err := q.Storage.CreatePARSession(ctx, q.key(uri), stored); err != nil {
		return 0, fmt.Errorf("%w: create: %w", ErrStorage, err)
	}
	return q.lifetime(), nil
}
