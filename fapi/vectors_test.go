package fapi_test

import (
	_ "embed"
	"encoding/json"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/keys"
)

//go:embed testdata/vectors.json
var vectorsJSON []byte

type vector struct {
	JWK     jose.JSONWebKey `json:"jwk"`
	IDToken string          `json:"id_token"`
	State   string          `json:"state"`
	SHash   string          `json:"s_hash"`

	Code        string   `json:"code"`
	CHash       string   `json:"c_hash"`
	AccessToken string   `json:"access_token"`
	ATHash      string   `json:"at_hash"`
	IDTokens    []string `json:"id_tokens"`
}

// The ID tokens of the specifications' own examples.
func TestVectors(t *testing.T) {
	t.Parallel()
	var v map[string]vector
	require.NoError(t, json.Unmarshal(vectorsJSON, &v))

	t.Run("F1A-IDT-04 FAPI 1.0 P2 A.2", func(t *testing.T) {
		t.Parallel()
		set, err := keys.New(keys.Retired(v["fapi1"].JWK.Key, v["fapi1"].JWK.KeyID, jose.PS256))
		require.NoError(t, err)
		payload, alg, err := set.Verify(v["fapi1"].IDToken, "")
		require.NoError(t, err)
		var claims map[string]any
		require.NoError(t, json.Unmarshal(payload, &claims))
		assert.Equal(t, claims["s_hash"], fapi.HalfHash(alg, v["fapi1"].State))
		assert.Equal(t, v["fapi1"].SHash, fapi.HalfHash(jose.ES256, v["fapi1"].State), "ES256 hashes as PS256 does")
		assert.NotEqual(t, v["fapi1"].SHash, fapi.HalfHash(jose.EdDSA, v["fapi1"].State), "and EdDSA does not")
	})
	t.Run("OC-02 OpenID Connect Core A.3, A.6", func(t *testing.T) {
		t.Parallel()
		o := v["openid"]
		assert.Equal(t, o.CHash, fapi.HalfHash(jose.PS256, o.Code))
		assert.Equal(t, o.ATHash, fapi.HalfHash(jose.ES256, o.AccessToken))
		assert.Empty(t, fapi.HalfHash(jose.ES256, ""))
	})
	t.Run("F1A-ALG-01 refused RS256 of OpenID Connect Core A", func(t *testing.T) {
		t.Parallel()
		set, err := keys.New(keys.Retired(v["openid"].JWK.Key, v["openid"].JWK.KeyID, jose.PS256))
		require.NoError(t, err)
		require.NotEmpty(t, v["openid"].IDTokens)
		for _, token := range v["openid"].IDTokens {
			_, _, err := set.Verify(token, "")
			assert.ErrorIs(t, err, keys.ErrNoKey)
		}
	})
}
