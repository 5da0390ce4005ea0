package fapitest

import (
	"context"
	"errors"

	"github.com/ory/fosite/storage"
)

// ErrTransaction is the error of a transaction that is begun within another, or ended without one or twice.
var ErrTransaction = errors.New("fapitest: transaction begun or ended out of turn")

var _ storage.Transactional = (*TransactionalStore)(nil)

// A TransactionalStore is a [JSONStore] with fosite's storage.Transactional: a rollback undoes what was written with the
// context that BeginTX returned. Transactions are not isolated: others see the writes at once.
//
//	store := &fapitest.TransactionalStore{JSONStore: fapitest.NewJSONStore(client)}
type TransactionalStore struct {
	*JSONStore
}

// BeginTX begins a transaction, which the returned context carries. It fails with ErrTransaction when ctx carries an open one.
func (s *TransactionalStore) BeginTX(ctx context.Context) (context.Context, error) {
	if err := s.enter(ctx, "BeginTX"); err != nil {
		return ctx, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if open := transactionOf(ctx); open != nil && !open.ended {
		return ctx, ErrTransaction
	}
	return context.WithValue(ctx, transactionKey{}, &transaction{}), nil
}

// Commit ends the transaction of ctx and keeps what was written. It fails with ErrTransaction when there is no open one.
func (s *TransactionalStore) Commit(ctx context.Context) error {
	if err := s.enter(ctx, "Commit"); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return transactionOf(ctx).end()
}

// Rollback ends the transaction of ctx and undoes what was written, even when the caller has gone. It fails with
// ErrTransaction when there is no open one.
func (s *TransactionalStore) Rollback(ctx context.Context) error {
	if err := s.enter(context.WithoutCancel(ctx), "Rollback"); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	tx := transactionOf(ctx)
	if err := tx.end(); err != nil {
		return err
	}
	for i := len(tx.undo) - 1; i >= 0; i-- {
		tx.undo[i]()
	}
	return nil
}

type transactionKey struct{}

// A transaction lists how to undo its writes. It is guarded by the store's lock; nil means there is none.
type transaction struct {
	undo  []func()
	ended bool
}

func transactionOf(ctx context.Context) *transaction {
	tx, _ := ctx.Value(transactionKey{}).(*transaction)
	return tx
}

func (tx *transaction) onRollback(undo func()) {
	if tx != nil && !tx.ended {
		tx.undo = append(tx.undo, undo)
	}
}

func (tx *transaction) end() error {
	if tx == nil || tx.ended {
		return ErrTransaction
	}
	tx.ended = true
	return nil
}
