package replay_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/replay"
)

// FuzzModel plays any sequence of uses and pauses against a plain map: no expired entry may be taken for
// a live one or the other way round, and the bound holds.
func FuzzModel(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3, 255, 0, 1, 255, 255, 255, 255, 0})
	f.Add([]byte{1, 17, 33, 49, 65, 81, 97, 113, 129, 145, 255, 1, 17})
	f.Fuzz(func(t *testing.T, steps []byte) {
		const capacity = 8
		m, c := newMemory(capacity)
		model := map[string]time.Time{}
		for _, step := range steps {
			if step >= 224 {
				c.Forward(time.Duration(step-223) * 7 * time.Second)
				continue
			}
			id, lifetime := string('a'+rune(step%16)), time.Minute+time.Duration(step/16)*11*time.Second
			seen := model[id].After(c.Now())
			was, err := m.Used(context.Background(), "n", id)
			require.NoError(t, err)
			require.Equal(t, seen, was)

			first, err := m.UseOnce(context.Background(), "n", id, c.In(lifetime))
			if errors.Is(err, replay.ErrFull) {
				require.False(t, first)
				require.False(t, seen)
				alive := 0
				for _, expires := range model {
					if expires.After(c.In(-time.Second)) { // room is made to the second
						alive++
					}
				}
				require.GreaterOrEqual(t, alive, capacity)
				continue
			}
			require.NoError(t, err)
			require.Equal(t, !seen, first)
			if first {
				model[id] = c.In(lifetime)
			}
			require.LessOrEqual(t, m.Len(), capacity)
		}
	})
}
