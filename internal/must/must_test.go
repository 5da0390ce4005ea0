package must_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/fosite-fapi/fosite-fapi/internal/must"
)

func TestMust(t *testing.T) {
	t.Parallel()
	why := errors.New("why")
	assert.Equal(t, 1, must.Get(1, nil))
	assert.NotPanics(t, func() { must.Do(nil) })
	assert.PanicsWithValue(t, why, func() { must.Get(1, why) })
	assert.PanicsWithValue(t, why, func() { must.Do(why) })
}
