package par_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ory/fosite/storage"

	"github.com/fosite-fapi/fosite-fapi/par"
)

func TestValidate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		mutate func(q *par.Requests)
		want   error
	}{
		{"defaults", func(*par.Requests) {}, nil},
		{"no storage", func(q *par.Requests) { q.Storage = nil }, par.ErrConfig},
		{"no single use", func(q *par.Requests) { q.SingleUse = nil }, par.ErrConfig},
		{"F2-AZ-12 shortest lifetime", func(q *par.Requests) { q.Lifetime = 5 * time.Second }, nil},
		{"F2-AZ-12 too short a lifetime", func(q *par.Requests) { q.Lifetime = 5*time.Second - 1 }, par.ErrConfig},
		{"F2-AZ-12 longest lifetime", func(q *par.Requests) { q.Lifetime = 600*time.Second - 1 }, nil},
		{"F2-AZ-12 too long a lifetime", func(q *par.Requests) { q.Lifetime = 600 * time.Second }, par.ErrConfig},
		{"negative lifetime", func(q *par.Requests) { q.Lifetime = -time.Second }, par.ErrConfig},
		{"longest interaction", func(q *par.Requests) { q.Interaction = time.Hour }, nil},
		{"too long an interaction", func(q *par.Requests) { q.Interaction = time.Hour + 1 }, par.ErrConfig},
		{"negative interaction", func(q *par.Requests) { q.Interaction = -1 }, par.ErrConfig},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(storage.NewMemoryStore())
			c.mutate(w.Requests)
			require.ErrorIs(t, w.Validate(), c.want)

			_, _, err := w.Push(t.Context(), w.request())
			require.ErrorIs(t, err, c.want, "nothing works that isn't valid")
		})
	}

	t.Run("every problem is named", func(t *testing.T) {
		t.Parallel()
		err := (&par.Requests{Lifetime: time.Hour, Interaction: 2 * time.Hour}).Validate()
		for _, field := range []string{"Storage", "SingleUse", "Lifetime", "Interaction"} {
			require.ErrorContains(t, err, field)
		}
	})
	t.Run("nothing panics that isn't valid", func(t *testing.T) {
		t.Parallel()
		q := new(par.Requests)
		ar, err := q.Load(t.Context(), "", "")
		require.ErrorIs(t, err, par.ErrConfig)
		require.Nil(t, ar)
		require.ErrorIs(t, q.Spend(t.Context(), ""), par.ErrConfig)
	})
}
