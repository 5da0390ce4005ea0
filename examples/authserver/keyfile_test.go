package main

import (
	"crypto/rsa"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/keys"
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

// RSA keys have exactly what FAPI asks for at least: a signature by one bit more would take longer.
func TestNewKeys(t *testing.T) {
	set, err := keys.ParseJWKS(serverKeys())
	require.NoError(t, err)
	assert.Equal(t, newKeyAlgorithms, set.Algorithms())
	for _, key := range set.Public().Keys {
		if public, ok := key.Key.(*rsa.PublicKey); ok {
			assert.Equal(t, 2048, public.N.BitLen())
		}
	}
	decryption, err := keys.ParseDecryption(serverKeys())
	require.NoError(t, err)
	assert.NotNil(t, decryption)
}
