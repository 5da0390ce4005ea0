package requestobject_test

import (
	"context"
	_ "embed"
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/internal/leaftest"
	"github.com/fosite-fapi/fosite-fapi/internal/must"
	"github.com/fosite-fapi/fosite-fapi/requestobject"
)

func TestPeek(t *testing.T) {
	t.Parallel()
	t.Run("who it claims to be from", func(t *testing.T) {
		t.Parallel()
		r := base()
		r.claims["client_id"], r.claims["iss"] = "a", "b"
		for _, alg := range []string{"ES256", "RS256", "HS256", "none", ""} {
			r.header["alg"] = alg
			clientID, iss, err := requestobject.Peek(r.raw())
			require.NoError(t, err, alg)
			assert.Equal(t, [2]string{"a", "b"}, [2]string{clientID, iss})
		}
	})
	for _, tt := range []struct{ name, raw, clientID, iss string }{
		{"neither", "." + leaftest.Base64(`{}`) + ".", "", ""},
		{"one", "." + leaftest.Base64(`{"client_id":"x"}`) + ".", "x", ""},
		{"other claims of the wrong type", "." + leaftest.Base64(`{"client_id":"a","iss":"b","exp":"soon","aud":1}`) + ".", "a", "b"},
		{"encrypted", nested().raw(), "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			clientID, iss, err := requestobject.Peek(tt.raw)
			require.NoError(t, err)
			assert.Equal(t, [2]string{tt.clientID, tt.iss}, [2]string{clientID, iss})
		})
	}
	for name, raw := range map[string]string{
		"empty":             "",
		"two parts":         "." + leaftest.Base64(`{}`),
		"four parts":        "." + leaftest.Base64(`{}`) + "..",
		"padding":           "." + leaftest.Base64(`{ }`) + "=.",
		"line break":        "." + leaftest.Base64(`{}`) + "\n.",
		"null":              "." + leaftest.Base64(`null`) + ".",
		"array":             "." + leaftest.Base64(`[]`) + ".",
		"cut off":           "." + leaftest.Base64(`{"client_id":"a"`) + ".",
		"number":            "." + leaftest.Base64(`{"client_id":"a","iss":1}`) + ".",
		"client_id null":    "." + leaftest.Base64(`{"client_id":null}`) + ".",
		"member twice":      "." + leaftest.Base64(`{"client_id":"a","client_id":"b"}`) + ".",
		"not UTF-8":         "." + leaftest.Base64("{\"client_id\":\"\xff\"}") + ".",
		"too deep":          "." + leaftest.Base64(strings.Repeat(`{"a":`, 40)+"1"+strings.Repeat("}", 40)) + ".",
		"more than 64 KiB":  "." + leaftest.Base64(`{"client_id":"`+strings.Repeat("a", 64<<10)+`"}`) + ".",
		"six parts":         ".....",
		"64 KiB of nothing": strings.Repeat(".", 64<<10+1),
	} {
		t.Run("refused: "+name, func(t *testing.T) {
			t.Parallel()
			clientID, iss, err := requestobject.Peek(raw)
			require.ErrorIs(t, err, requestobject.ErrMalformed)
			assert.Empty(t, clientID+iss)
		})
	}
}

//go:embed testdata/vectors.json
var vectorsJSON []byte

type vector struct {
	Name    string
	Alg     jose.SignatureAlgorithm
	Client  string
	Issuer  string
	Now     int64
	Key     jose.JSONWebKey
	Request string
	Form    url.Values
}

func vectors() []vector {
	var out []vector
	must.Do(json.Unmarshal(vectorsJSON, &out))
	return out
}

func TestVectors(t *testing.T) {
	t.Parallel()
	all := vectors()
	require.Len(t, all, 5)

	verify := func(v vector, verifier *requestobject.Verifier) (*requestobject.Object, error) {
		verifier.Now = func() time.Time { return time.Unix(v.Now, 0) }
		return verifier.Verify(context.Background(), v.Request, requestobject.Client{
			ID: v.Client, Keys: requestobject.StaticKeys(&jose.JSONWebKeySet{Keys: []jose.JSONWebKey{v.Key}}),
		})
	}
	strict := func(v vector) *requestobject.Verifier { return &requestobject.Verifier{Issuer: v.Issuer} }
	plainRS256 := func(v vector) *requestobject.Verifier {
		p := requestobject.Plain(v.Issuer)
		p.Algorithms = []jose.SignatureAlgorithm{jose.RS256}
		return p
	}
	require.Equal(t, []string{"RFC 9101 4", "RFC 9126 3", "FAPI 1.0 Part 2 A.1"}, []string{all[0].Name, all[1].Name, all[2].Name})

	for i, missing := range []error{requestobject.ErrExpiryMissing, requestobject.ErrNotBeforeMissing} {
		v := all[i]
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			_, err := verify(v, strict(v))
			require.ErrorIs(t, err, requestobject.ErrAlgorithm, "F1A-ALG-01 RS256")

			listed := strict(v)
			listed.Algorithms = []jose.SignatureAlgorithm{jose.RS256}
			_, err = verify(v, listed)
			require.ErrorIs(t, err, missing)

			got, err := verify(v, plainRS256(v))
			require.NoError(t, err)
			assert.Equal(t, v.Form, got.Form())

			v.Key = all[1-i].Key // the same kid
			_, err = verify(v, plainRS256(v))
			assert.ErrorIs(t, err, requestobject.ErrSignature, "JAR-14 the other's key")
		})
	}
	t.Run("FAPI 1.0 Part 2 A.1", func(t *testing.T) {
		t.Parallel()
		v := all[2]
		got, err := verify(v, strict(v))
		require.NoError(t, err)
		assert.Equal(t, v.Form, got.Form())
		assert.Equal(t, jose.PS256, got.Algorithm)
		assert.Equal(t, int64(1594140030), got.NotBefore.Unix())
		assert.Equal(t, int64(1594140390), got.Expires.Unix())

		v.Now = 1594140400
		_, err = verify(v, strict(v))
		require.ErrorIs(t, err, requestobject.ErrExpired, "F1A-AS-13")
		v.Now = 1594139999
		_, err = verify(v, strict(v))
		assert.ErrorIs(t, err, requestobject.ErrNotYet, "F1A-AS-17")
	})
	t.Run("JAR-23 FAPI 1.0 Part 2 A.5, a client assertion", func(t *testing.T) {
		t.Parallel()
		_, err := verify(all[3], requestobject.Plain(all[3].Issuer))
		assert.ErrorIs(t, err, requestobject.ErrClientID)
	})
	t.Run("JAR-15 FAPI-CIBA A.1, a request object for another endpoint", func(t *testing.T) {
		t.Parallel()
		_, err := verify(all[4], strict(all[4]))
		assert.ErrorIs(t, err, requestobject.ErrClientID)
	})
}

// The digest is of what was signed: another signature of the same, or another encryption, does not change it.
func TestDigest(t *testing.T) {
	t.Parallel()
	first, err := base().verify()
	require.NoError(t, err)
	again, err := base().verify() // ECDSA signs with a nonce
	require.NoError(t, err)
	assert.Equal(t, first.Digest(), again.Digest())

	sealed := nested()
	inside, err := sealed.verify()
	require.NoError(t, err)
	assert.Equal(t, first.Digest(), inside.Digest())

	for name, change := range map[string]func(*request){
		"claims": func(r *request) { r.claims["state"] = "s-2" },
		"header": func(r *request) { r.header["typ"] = "JWT" },
	} {
		other := base()
		change(other)
		got, err := other.verify()
		require.NoError(t, err)
		assert.NotEqual(t, first.Digest(), got.Digest(), name)
	}
}
