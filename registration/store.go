package registration

import "context"

// A Store keeps registered clients. The method GetClient of the host's fosite storage must find them too, from the moment
// at which they are created until they are deleted: a table that both use is the simplest way.
//
// Methods may be called concurrently, by several processes too. ctx is that of the request: a host with several issuers keeps
// their clients apart by it. What they take and return is not changed afterwards, by
// neither side. An error that is none of the named ones means that the store failed; the request is refused then.
type Store interface {
	// CreateRegistration keeps a new client, or returns ErrExists where one has its ID, or ErrFull.
	CreateRegistration(ctx context.Context, r *Record) error
	// GetRegistration returns the client with this ID, or ErrNotFound.
	GetRegistration(ctx context.Context, id string) (*Record, error)
	// UpdateRegistration puts r in the place of the client with its ID if that has the version given here, in one
	// atomic step. Else it returns ErrConflict, or ErrNotFound where the client was deleted: an update never brings one
	// back.
	UpdateRegistration(ctx context.Context, r *Record, version uint64) error
	// DeleteRegistration removes the client, or returns ErrNotFound. It may remove in the same step what was issued to
	// it (RFC 7592 2.3).
	DeleteRegistration(ctx context.Context, id string) error
}
