package par

import (
	"context"
	"fmt"
)

// Spend uses the request_uri up: of any number of concurrent calls exactly one succeeds. Call it when the user
// has approved or refused, before a code is made. It returns [ErrSpent] to all others, [ErrUnknown] and
// [ErrExpired] as [Requests.Load] does, [ErrStorage] if one of the stores fails, and [ErrConfig] if Validate would.
func (q *Requests) Spend(ctx context.Context, requestURI string) error {
	key := q.key(requestURI)
	_, rec, err := q.find(ctx, key, requestURI)
	if err != nil {
		return err
	}
	if err := q.ongoing(ctx, key, rec); err != nil {
		return err
	}
	// Remembered for as long as the record would let the request be used.
	first, err := q.SingleUse.UseOnce(ctx, namespaceSpent, key, q.deadline(rec))
	if err != nil {
		return fmt.Errorf("%w: single use: %w", ErrStorage, err)
	}
	if !first {
		return ErrSpent
	}
	// Spent it is, with or without this: a row left behind is refused as spent, and later as expired.
	_ = q.Storage.DeletePARSession(ctx, key)
	return nil
}
