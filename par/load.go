package par

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ory/fosite"
)

// The namespaces of SingleUse.
const (
	namespaceBegun = "par-begun"
	namespaceSpent = "par-spent"
)

// Load returns the request that was pushed under requestURI: a copy of the caller's own, as it was pushed.
// The first load before expires_in has passed begins the interaction; from then on loads succeed until
// Interaction after expires_in. It spends nothing.
//
// Errors: [ErrUnknown]; [ErrClient] if clientID isn't the one that pushed it, which changes nothing for
// that one; [ErrSpent]; [ErrExpired]; [ErrStorage]; [ErrConfig] if Validate would. The client of the
// returned request is what Storage gives, which may be as old as the push; its language is not set.
func (q *Requests) Load(ctx context.Context, requestURI, clientID string) (*fosite.AuthorizeRequest, error) {
	key := q.key(requestURI)
	stored, rec, err := q.find(ctx, key, requestURI)
	if err != nil {
		return nil, err
	}
	if rec.client != clientID {
		return nil, ErrClient
	}
	if err := q.unspent(ctx, key); err != nil {
		return nil, err
	}
	if err := q.begin(ctx, key, rec); err != nil {
		return nil, err
	}
	loaded := copyRequest(stored, 0)
	if loaded.Session != nil {
		loaded.Session = loaded.Session.Clone()
	}
	return loaded, nil
}

func (q *Requests) find(ctx context.Context, key, requestURI string) (fosite.AuthorizeRequester, record, error) {
	if err := q.Validate(); err != nil {
		return nil, record{}, err
	}
	if err := checkURI(requestURI); err != nil {
		return nil, record{}, err
	}
	stored, err := q.Storage.GetPARSession(ctx, key)
	switch {
	case errors.Is(err, fosite.ErrNotFound):
		if err := q.unspent(ctx, key); err != nil {
			return nil, record{}, err
		}
		return nil, record{}, ErrUnknown
	case err != nil:
		return nil, record{}, fmt.Errorf("%w: get: %w", ErrStorage, err)
	case stored == nil:
		return nil, record{}, fmt.Errorf("%w: get: neither a request nor an error", ErrStorage)
	}
	rec, err := readRecord(stored.GetRequestForm(), requestURI)
	if err != nil {
		return nil, record{}, err
	}
	if c := stored.GetClient(); c == nil || c.GetID() != rec.client {
		return nil, record{}, fmt.Errorf("%w: get: the request came back without its client", ErrStorage)
	}
	return stored, rec, nil
}

func (q *Requests) unspent(ctx context.Context, key string) error {
	spent, err := q.SingleUse.Used(ctx, namespaceSpent, key)
	if err != nil {
		return fmt.Errorf("%w: single use: %w", ErrStorage, err)
	}
	if spent {
		return ErrSpent
	}
	return nil
}

// begin marks the interaction as begun if that is still possible, else demands that it was.
func (q *Requests) begin(ctx context.Context, key string, rec record) error {
	if q.now().Before(rec.expires) {
		if _, err := q.SingleUse.UseOnce(ctx, namespaceBegun, key, q.deadline(rec)); err != nil {
			return fmt.Errorf("%w: single use: %w", ErrStorage, err)
		}
		return nil
	}
	return q.ongoing(ctx, key, rec)
}

// ongoing demands that the interaction was begun in time and has not taken too long.
func (q *Requests) ongoing(ctx context.Context, key string, rec record) error {
	now := q.now()
	if now.Before(rec.expires) {
		return nil
	}
	if !now.Before(q.deadline(rec)) {
		return ErrExpired
	}
	begun, err := q.SingleUse.Used(ctx, namespaceBegun, key)
	if err != nil {
		return fmt.Errorf("%w: single use: %w", ErrStorage, err)
	}
	if !begun {
		return ErrExpired
	}
	return nil
}

func (q *Requests) deadline(rec record) time.Time { return rec.expires.Add(q.interaction()) }

func (q *Requests) key(requestURI string) string { return q.KeyPrefix + requestURI }
