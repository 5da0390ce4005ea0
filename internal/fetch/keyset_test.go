package fetch_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/internal/fetch"
)

// read passes a document through the cache as a client's endpoint would.
func read(tb testing.TB, document string) (*jose.JSONWebKeySet, error) {
	tb.Helper()
	keys := &fetch.JWKS{Door: &fetch.Door{Transport: transport(func(*http.Request) (*http.Response, error) {
		return respond(document), nil
	})}}
	return keys.Get(tb.Context(), "https://client.example/jwks", false)
}

func TestUnusableKeysAreSkipped(t *testing.T) {
	t.Parallel()
	for name, unusable := range map[string]string{
		"RFC 7517 5 unknown kty":      `{"kty":"XYZ","kid":"x","v":"AA"}`,
		"RFC 7517 5 unknown crv":      `{"kty":"EC","crv":"secp256k1","x":"AA","y":"AA"}`,
		"RFC 7517 5 unknown OKP crv":  `{"kty":"OKP","crv":"X25519","x":"3p7bfXt9wbTTW2HC7OQ1Nz-DQ8hbeGdNrfx-FG-IK08"}`,
		"RFC 7517 5 no kty":           `{"kid":"x"}`,
		"RFC 7517 5 missing member":   `{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4"}`,
		"RFC 7517 5 not on the curve": `{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4"}`,
		"MTLS-08 x5c that is none":    strings.Replace(keyEC, `"kid"`, `"x5c":["AA"],"kid"`, 1),
		"a name twice":                strings.Replace(keyEC, `"kid"`, `"kid":"a","kid"`, 1),
		"not an object":               `"key"`,
		"null":                        `null`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			set, err := read(t, keySet(keyEC, unusable, keyOKP))
			require.NoError(t, err)
			assert.Equal(t, []string{"ec", "okp"}, kids(set))
		})
	}
}

func TestPrivateKeysAreRefused(t *testing.T) {
	t.Parallel()
	for name, private := range map[string]string{
		"RFC 8037 2 OKP":       keyPrivate,
		"RFC 7518 6.4 oct":     `{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T"}`,
		"RFC 7518 6.2.2 EC":    strings.Replace(keyEC, `"kid"`, `"d":"870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE","kid"`, 1),
		"RFC 7518 6.3.2 RSA":   `{"kty":"RSA","n":"AA","e":"AQAB","q":"AA"}`,
		"of an unknown type":   `{"kty":"XYZ","d":"AA"}`,
		"RFC 9964 AKP":         `{"kty":"AKP","alg":"ML-DSA-44","pub":"AA","priv":"AA"}`,
		"empty private member": strings.Replace(keyEC, `"kid"`, `"d":"","kid"`, 1),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			set, err := read(t, keySet(keyEC, private))
			require.ErrorIs(t, err, fetch.ErrPrivateKey)
			assert.Nil(t, set)
			assert.NotContains(t, err.Error(), "nWGxne")
		})
	}
}

func TestDocuments(t *testing.T) {
	t.Parallel()
	many := func(n int) string { return keySet(strings.Split(strings.Repeat(keyOKP+"\n", n-1)+keyOKP, "\n")...) }
	for name, c := range map[string]struct {
		document string
		want     error
	}{
		"no keys":           {`{"keys":[]}`, nil},
		"unknown members":   {`{"keys":[],"more":1}`, nil},
		"256 keys":          {many(256), nil},
		"257 keys":          {many(257), fetch.ErrKeySet},
		"keys missing":      {`{}`, fetch.ErrKeySet},
		"keys null":         {`{"keys":null}`, fetch.ErrKeySet},
		"keys not an array": {`{"keys":{}}`, fetch.ErrKeySet},
		"keys twice":        {`{"keys":[],"keys":[]}`, fetch.ErrKeySet},
		"keys in capitals":  {`{"KEYS":[]}`, fetch.ErrKeySet},
		"an array":          {`[]`, fetch.ErrKeySet},
		"empty":             {``, fetch.ErrKeySet},
		"something behind":  {`{"keys":[]}x`, fetch.ErrKeySet},
		"cut off":           {`{"keys":[`, fetch.ErrKeySet},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			set, err := read(t, c.document)
			require.ErrorIs(t, err, c.want)
			assert.Equal(t, c.want == nil, set != nil)
		})
	}
}

func FuzzKeySet(f *testing.F) {
	f.Add(keySet(keyEC, keyOKP))
	f.Add(keySet(keyPrivate))
	f.Add(keySet(`{"kty":"oct","k":"AA"}`, `{"kty":"XYZ"}`, `{"kty":"RSA","n":"AQAB","e":"AQAB"}`))
	f.Add(keySet(`{"kty":"EC","crv":"P-256","x":"AA","y":"AA","x5c":["AA"],"x5t#S256":"AA","x5u":":"}`))
	f.Add(`{"keys":[],"keys":[null]}`)
	f.Fuzz(func(t *testing.T, document string) {
		set, err := read(t, document)
		if err != nil {
			require.Nil(t, set, "an error comes with no set")
			return
		}
		for i := range set.Keys {
			require.True(t, set.Keys[i].IsPublic())
			require.True(t, set.Keys[i].Valid())
		}
	})
}
