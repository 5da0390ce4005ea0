package faults_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/internal/faults"
)

var (
	errFirst  = errors.New("first")
	errSecond = errors.New("second")
)

func TestNilListStops(t *testing.T) { // not parallel: it counts allocations
	var none *faults.List
	require.NoError(t, none.Stop(nil))
	assert.Equal(t, errFirst, none.Stop(errFirst))
	assert.Zero(t, testing.AllocsPerRun(100, func() { _ = none.Stop(errFirst) }))
}

func TestListGoesOn(t *testing.T) {
	t.Parallel()
	var all faults.List
	for _, err := range []error{nil, errFirst, errSecond, errors.New("first")} {
		require.NoError(t, all.Stop(err))
	}
	assert.Equal(t, faults.List{errFirst, errSecond}, all)
	assert.Equal(t, []error{errFirst, errSecond}, all.With(nil))
	assert.Equal(t, []error{errFirst, errSecond}, all.With(errSecond), "once")
	assert.Equal(t, []error{errFirst}, faults.List{}.With(errFirst))
	assert.Empty(t, faults.List{}.With(nil))
}
