package par

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/ory/fosite"
)

// Reference returns the request_uri under which [Requests.Keep] stores a request with this digest.
func Reference(digest [sha256.Size]byte) string {
	return Prefix + encoding.EncodeToString(digest[:])
}

// Keep stores a validated request that was not pushed but can be told by a digest of its own, such as a request object
// that came by value, so that it goes the way of a pushed one: its interaction begins now, and its decision spends it.
// The same digest is the same request: sending it again takes no more room, and in the time of its interaction it can't be
// decided twice. Kept again after that time, it begins anew.
//
// A digest is a hash that nobody can aim at: of the signed request object and the client's ID, for example. Whoever knows
// what was hashed knows the request_uri, which gives no more than the request itself does. Errors are those of
// [Requests.Push].
func (q *Requests) Keep(ctx context.Context, ar *fosite.AuthorizeRequest, digest [sha256.Size]byte) error {
	uri := Reference(digest)
	key := q.key(uri)
	_, err := q.store(ctx, ar, uri)
	if errors.Is(err, ErrStorage) {
		// The same request may have been kept at the same moment, by another visit, or long ago.
		_, lost := q.Load(ctx, uri, ar.Client.GetID())
		if lost == nil {
			return nil
		}
		if errors.Is(lost, ErrExpired) && q.Storage.DeletePARSession(ctx, key) == nil {
			_, err = q.store(ctx, ar, uri)
		}
	}
	if err != nil {
		return err
	}
	if _, err := q.SingleUse.UseOnce(ctx, namespaceBegun, key, q.now().Add(q.lifetime()+q.interaction())); err != nil {
		return fmt.Errorf("%w: single use: %w", ErrStorage, err)
	}
	return nil
}
