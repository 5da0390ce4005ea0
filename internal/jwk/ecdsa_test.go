package jwk_test

import (
	"bytes"
	"encoding/asn1"
	"math/big"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
	"github.com/fosite-fapi/fosite-fapi/internal/must"
)

type signature struct{ R, S *big.Int }

func TestAppendRaw(t *testing.T) {
	t.Parallel()

	for _, size := range []int{32, 48, 66} {
		for _, r := range [][]byte{{1}, {0x7f}, {0x80}, {0, 0xff}, bytes.Repeat([]byte{0xff}, size), bytes.Repeat([]byte{0x7f}, size), bytes.Repeat([]byte{0x80}, size-1)} {
			for _, s := range [][]byte{{1}, {0x80}, bytes.Repeat([]byte{0xff}, size)} {
				der := must.Get(asn1.Marshal(signature{new(big.Int).SetBytes(r), new(big.Int).SetBytes(s)}))
				raw := make([]byte, 2*size)
				new(big.Int).SetBytes(r).FillBytes(raw[:size])
				new(big.Int).SetBytes(s).FillBytes(raw[size:])

				got, err := jwk.AppendRaw([]byte("prefix"), der, size)
				require.NoError(t, err)
				require.Equal(t, append([]byte("prefix"), raw...), got)
			}
		}
	}
}

func TestAppendRawRefuses(t *testing.T) {
	t.Parallel()

	for name, der := range map[string][]byte{
		"empty":              {},
		"no sequence":        {0x31, 6, 2, 1, 1, 2, 1, 1},
		"too long a length":  {0x30, 7, 2, 1, 1, 2, 1, 1},
		"too short a length": {0x30, 5, 2, 1, 1, 2, 1, 1},
		"long form in vain":  {0x30, 0x81, 6, 2, 1, 1, 2, 1, 1},
		"one integer":        {0x30, 3, 2, 1, 1},
		"three integers":     {0x30, 9, 2, 1, 1, 2, 1, 1, 2, 1, 1},
		"no integer":         {0x30, 6, 2, 1, 1, 3, 1, 1},
		"empty integer":      {0x30, 5, 2, 0, 2, 1, 1},
		"integer past end":   {0x30, 6, 2, 1, 1, 2, 2, 1},
		"negative":           {0x30, 6, 2, 1, 0x80, 2, 1, 1},
		"leading zero":       {0x30, 7, 2, 2, 0, 1, 2, 1, 1},
		"too large":          {0x30, 8, 2, 3, 1, 0, 0, 2, 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := jwk.AppendRaw(nil, der, 2)
			assert.Error(t, err)
			assert.Nil(t, got)
		})
	}
	_, err := jwk.AppendRaw(nil, []byte{0x30, 6, 2, 1, 1, 2, 1, 1}, 2)
	assert.NoError(t, err, "what the cases were made from")
}

func FuzzAppendRaw(f *testing.F) {
	f.Add([]byte{0x30, 6, 2, 1, 1, 2, 1, 1})
	f.Add(must.Get(asn1.Marshal(signature{new(big.Int).Lsh(big.NewInt(1), 255), big.NewInt(128)})))
	f.Add(must.Get(asn1.Marshal(signature{new(big.Int).Lsh(big.NewInt(1), 520), new(big.Int).Lsh(big.NewInt(1), 519)})))
	f.Fuzz(func(t *testing.T, der []byte) {
		raw, err := jwk.AppendRaw(nil, der, 66)
		if err != nil {
			require.Nil(t, raw)
			return
		}
		var s signature
		rest, err := asn1.Unmarshal(der, &s)
		require.NoError(t, err)
		require.Empty(t, rest)
		require.Equal(t, s.R.FillBytes(make([]byte, 66)), raw[:66])
		require.Equal(t, s.S.FillBytes(make([]byte, 66)), raw[66:])
		require.Equal(t, must.Get(asn1.Marshal(s)), der, "there is no second encoding")
	})
}
