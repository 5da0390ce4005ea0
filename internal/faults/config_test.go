package faults_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/internal/faults"
)

func TestConfig(t *testing.T) {
	t.Parallel()
	misconfigured, part := errors.New("leaf: misconfigured"), errors.New("part: misconfigured")

	config := faults.In(misconfigured)
	config.Also(nil)
	require.NoError(t, config.Err())

	config.Wrong("Issuer is empty")
	config.Wrong("Skew is %d", 61)
	config.Also(part)
	assert.ErrorIs(t, config.Err(), misconfigured)
	assert.ErrorIs(t, config.Err(), part)
	assert.EqualError(t, config.Err(), "leaf: misconfigured: Issuer is empty\nleaf: misconfigured: Skew is 61\npart: misconfigured")
}
