package main

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestKeySource(t *testing.T) {
	for raw, want := range map[string]keySource{
		`"keys/jwks.json"`: "keys/jwks.json",
		`{"keys":[]}`:      `{"keys":[]}`,
	} {
		var k keySource
		require.NoError(t, json.Unmarshal([]byte(raw), &k))
		assert.Equal(t, want, k)
		back, err := json.Marshal(k)
		require.NoError(t, err)
		assert.Equal(t, raw, string(back))
	}
	for _, raw := range []string{`5`, `[]`, `"{}"`} {
		var k keySource
		require.Error(t, json.Unmarshal([]byte(raw), &k))
	}
}

func TestDurationInSeconds(t *testing.T) {
	var d duration
	require.NoError(t, json.Unmarshal([]byte("90"), &d))
	assert.Equal(t, 90*time.Second, time.Duration(d))
}
