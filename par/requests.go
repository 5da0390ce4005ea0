package par

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ory/fosite"
)

const (
	defaultLifetime    = 60 * time.Second
	minLifetime        = 5 * time.Second
	lifetimeLimit      = 600 * time.Second // exclusive
	defaultInteraction = 10 * time.Minute
	maxInteraction     = time.Hour
)

// SingleUse is the store of what has been used. Both methods are safe for concurrent use.
type SingleUse interface {
	// UseOnce marks id as used in namespace until expires, in one atomic step, and reports whether
	// it was the first to do so.
	UseOnce(ctx context.Context, namespace, id string, expires time.Time) (first bool, err error)
	// Used reports whether id is marked in namespace, without marking it.
	Used(ctx context.Context, namespace, id string) (bool, error)
}

// Requests keeps pushed authorization requests. Storage and SingleUse are required. It is safe for
// concurrent use as long as its fields aren't changed.
type Requests struct {
	// Storage is where requests are kept between push and authorization.
	Storage fosite.PARStorage
	// SingleUse decides which of several uses was the first.
	SingleUse SingleUse
	// Lifetime is expires_in: how long after the push the page must have been loaded. Zero means 60
	// seconds; at least 5 seconds and less than 600 (FAPI 2.0 SP 5.3.2.2-12).
	Lifetime time.Duration
	// Interaction is how long after expires_in an interaction that was begun in time may last. Zero
	// means 10 minutes; at most 1 hour.
	Interaction time.Duration
	// KeyPrefix is put before the key under which Storage sees a request: two Requests with
	// different prefixes, or fosite itself, can't see each other's.
	KeyPrefix string
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Validate reports every field that is missing or out of its range, each wrapping [ErrConfig].
func (q *Requests) Validate() error {
	var errs []error
	if q.Storage == nil {
		errs = append(errs, fmt.Errorf("%w: Storage is required", ErrConfig))
	}
	if q.SingleUse == nil {
		errs = append(errs, fmt.Errorf("%w: SingleUse is required, or a request_uri could be used twice", ErrConfig))
	}
	if l := q.lifetime(); l < minLifetime || l >= lifetimeLimit {
		errs = append(errs, fmt.Errorf("%w: Lifetime %v is not at least %v and less than %v", ErrConfig, l, minLifetime, lifetimeLimit))
	}
	if i := q.interaction(); i < 0 || i > maxInteraction {
		errs = append(errs, fmt.Errorf("%w: Interaction %v is not between 0 and %v", ErrConfig, i, maxInteraction))
	}
	return errors.Join(errs...)
}

func (q *Requests) lifetime() time.Duration {
	if q.Lifetime == 0 {
		return defaultLifetime
	}
	return q.Lifetime
}

func (q *Requests) interaction() time.Duration {
	if q.Interaction == 0 {
		return defaultInteraction
	}
	return q.Interaction
}

func (q *Requests) now() time.Time {
	if q.Now != nil {
		return q.Now()
	}
	return time.Now()
}
