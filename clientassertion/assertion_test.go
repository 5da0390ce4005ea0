package clientassertion_test

import (
	"context"
	_ "embed"
	"encoding/json"
	"strings"
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/clientassertion"
	"github.com/fosite-fapi/fosite-fapi/internal/leaftest"
	"github.com/fosite-fapi/fosite-fapi/internal/must"
)

func TestType(t *testing.T) {
	t.Parallel()
	t.Run("CA-01 client_assertion_type", func(t *testing.T) {
		t.Parallel()
		assert.Equal(t, "urn:ietf:params:oauth:client-assertion-type:jwt-bearer", clientassertion.Type)
	})
}

func TestPeek(t *testing.T) {
	t.Parallel()

	t.Run("CA-01 who claims to call", func(t *testing.T) {
		t.Parallel()
		r := base()
		r.claims["iss"], r.claims["sub"] = "a", "b"
		for _, alg := range []string{"ES256", "RS256", "HS256", "none", ""} {
			r.header["alg"] = alg
			iss, sub, err := clientassertion.Peek(r.raw())
			require.NoError(t, err, alg)
			assert.Equal(t, "a", iss)
			assert.Equal(t, "b", sub)
		}
	})

	for _, tt := range []struct{ name, raw, iss, sub string }{
		{"neither", "." + leaftest.Base64(`{}`) + ".", "", ""},
		{"null", "." + leaftest.Base64(`{"iss":null,"sub":"x"}`) + ".", "", "x"},
		{"other claims of the wrong type", "." + leaftest.Base64(`{"iss":"a","sub":"b","exp":"soon","aud":1}`) + ".", "a", "b"},
	} {
		t.Run("CA-01 "+tt.name, func(t *testing.T) {
			t.Parallel()
			iss, sub, err := clientassertion.Peek(tt.raw)
			require.NoError(t, err)
			assert.Equal(t, [2]string{tt.iss, tt.sub}, [2]string{iss, sub})
		})
	}

	for name, raw := range map[string]string{
		"empty":           "",
		"two parts":       "." + leaftest.Base64(`{}`),
		"four parts":      "." + leaftest.Base64(`{}`) + "..",
		"padding":         "." + leaftest.Base64(`{ }`) + "=.",
		"line break":      "." + leaftest.Base64(`{}`) + "\n.",
		"null":            "." + leaftest.Base64(`null`) + ".",
		"array":           "." + leaftest.Base64(`[]`) + ".",
		"cut off":         "." + leaftest.Base64(`{"iss":"a"`) + ".",
		"number":          "." + leaftest.Base64(`{"iss":"a","sub":1}`) + ".",
		"member twice":    "." + leaftest.Base64(`{"sub":"a","sub":"b"}`) + ".",
		"not UTF-8":       "." + leaftest.Base64("{\"sub\":\"\xff\"}") + ".",
		"more than 16KiB": "." + leaftest.Base64(`{"sub":"`+strings.Repeat("a", 16<<10)+`"}`) + ".",
	} {
		t.Run("CA-01 refused: "+name, func(t *testing.T) {
			t.Parallel()
			iss, sub, err := clientassertion.Peek(raw)
			require.ErrorIs(t, err, clientassertion.ErrMalformed)
			assert.Empty(t, iss+sub)
		})
	}
}

//go:embed testdata/vectors.json
var vectorsJSON []byte

type vector struct {
	Name      string
	Client    string
	Aud       string
	Now       int64
	Key       jose.JSONWebKey
	Alg       jose.SignatureAlgorithm
	Assertion string
}

func vectors() []vector {
	var out []vector
	must.Do(json.Unmarshal(vectorsJSON, &out))
	return out
}

func TestVectors(t *testing.T) {
	t.Parallel()
	all := vectors()
	require.Len(t, all, 3)

	verify := func(v vector, change func(*clientassertion.Verifier)) error {
		verifier := clientassertion.Verifier{
			Audience: clientassertion.Audience{Issuer: v.Aud},
			Replay:   new(leaftest.Replay),
			Now:      func() time.Time { return time.Unix(v.Now, 0) },
		}
		change(&verifier)
		_, err := verifier.Verify(context.Background(), v.Assertion, clientassertion.Client{
			ID:        v.Client,
			Algorithm: v.Alg,
			Keys:      clientassertion.StaticKeys(&jose.JSONWebKeySet{Keys: []jose.JSONWebKey{v.Key}}),
		})
		return err
	}
	asIs := func(*clientassertion.Verifier) {}

	t.Run("RFC 9126 3", func(t *testing.T) {
		t.Parallel()
		v := all[0]
		assert.ErrorIs(t, verify(v, asIs), clientassertion.ErrAlgorithm, "F2-CR-02 RS256")
		assert.ErrorIs(t, verify(v, func(c *clientassertion.Verifier) { c.Algorithms = []jose.SignatureAlgorithm{jose.RS256} }),
			clientassertion.ErrIDMissing, "CA-06 it has no jti")
	})
	t.Run("FAPI 1.0 Part 2 A.5", func(t *testing.T) {
		t.Parallel()
		v := all[1]
		const issuer = "https://fapi-as.example.com/"
		assert.NoError(t, verify(v, func(c *clientassertion.Verifier) {
			c.Audience = clientassertion.Audience{Issuer: issuer, Also: []string{v.Aud}, Array: true}
		}))
		assert.ErrorIs(t, verify(v, func(c *clientassertion.Verifier) { c.Audience.Issuer = issuer }),
			clientassertion.ErrAudience, "F2-AS-08 it is for the token endpoint")
	})
	t.Run("FAPI-CIBA A.1", func(t *testing.T) {
		t.Parallel()
		v := all[2]
		assert.NoError(t, verify(v, asIs))
		assert.ErrorIs(t, verify(v, func(c *clientassertion.Verifier) { c.Now = nil }), clientassertion.ErrExpired)
	})
}
