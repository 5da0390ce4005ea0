package jwk_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
)

//go:embed testdata/vectors.json
var vectorsJSON []byte

type vector struct {
	Name string                  `json:"name"`
	Alg  jose.SignatureAlgorithm `json:"alg"`
	Key  jose.JSONWebKey         `json:"key"`
	JWS  string                  `json:"jws"`
}

func vectors() []vector {
	var out []vector
	must(0, json.Unmarshal(vectorsJSON, &out))
	return out
}

func all() []jose.SignatureAlgorithm {
	algs := []jose.SignatureAlgorithm{jwk.Ed25519}
	for alg := range algorithms() {
		algs = append(algs, alg)
	}
	return algs
}

func b64(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

func TestVectors(t *testing.T) {
	t.Parallel()
	require.Len(t, vectors(), 5)

	for _, v := range vectors() {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			j, err := jwk.Parse(v.JWS, []jose.SignatureAlgorithm{v.Alg})
			require.NoError(t, err)
			assert.Equal(t, v.Key.KeyID, j.KeyID)
			assert.True(t, j.Verify(v.Key.Key))
			assert.True(t, j.VerifyAny(jwk.Candidates(&jose.JSONWebKeySet{Keys: []jose.JSONWebKey{v.Key}}, j.Algorithm, j.KeyID)))

			// One letter of the payload.
			head, payload, signature, _ := jwk.Split(v.JWS)
			other := "A"
			if payload[10] == 'A' {
				other = "B"
			}
			j, err = jwk.Parse(head+"."+payload[:10]+other+payload[11:]+"."+signature, []jose.SignatureAlgorithm{v.Alg})
			require.NoError(t, err)
			assert.False(t, j.Verify(v.Key.Key))
		})
	}
}

func TestVerify(t *testing.T) {
	t.Parallel()

	for alg, pair := range algorithms() {
		t.Run(string(alg), func(t *testing.T) {
			t.Parallel()
			compact := sign(alg, pair[0], "kid", `{"a":1}`)
			j, err := jwk.Parse(compact, []jose.SignatureAlgorithm{alg})
			require.NoError(t, err)
			assert.Equal(t, alg, j.Algorithm)
			assert.Equal(t, "kid", j.KeyID)
			assert.Equal(t, `{"a":1}`, string(j.Payload))

			assert.True(t, j.Verify(pair[0].Public()))
			assert.False(t, j.Verify(pair[1].Public()), "another key")
			assert.False(t, j.Verify(pair[0]), "a private key")
			assert.False(t, j.Verify(nil))
			assert.True(t, j.VerifyAny([]jose.JSONWebKey{{Key: pair[1].Public()}, {Key: pair[0].Public()}}), "the second key")
			assert.False(t, j.VerifyAny(nil))

			input := compact[:strings.LastIndexByte(compact, '.')]
			for name, signature := range map[string]string{"empty": "", "short": "AAAA", "zeros": strings.Repeat("A", len(compact)-len(input)-1)} {
				j, err := jwk.Parse(input+"."+signature, []jose.SignatureAlgorithm{alg})
				require.NoError(t, err, name)
				assert.False(t, j.Verify(pair[0].Public()), name)
			}
		})
	}

	t.Run("F2-CR-02 Ed25519 by its fully specified name", func(t *testing.T) {
		t.Parallel()
		input := b64(`{"alg":"Ed25519"}`) + "." + b64(`{}`)
		signature := must(ed().Sign(nil, []byte(input), crypto.Hash(0)))
		j, err := jwk.Parse(input+"."+b64(string(signature)), []jose.SignatureAlgorithm{jwk.Ed25519})
		require.NoError(t, err)
		assert.True(t, j.Verify(ed().Public()))
		assert.False(t, j.Verify(edB().Public()))
	})

	t.Run("RFC 7518 3.5 length of the salt", func(t *testing.T) {
		t.Parallel()
		input := b64(`{"alg":"PS256"}`) + "." + b64(`{}`)
		digest := sha256.Sum256([]byte(input))
		for length, want := range map[int]bool{32: true, 20: false, 1: false} {
			signature := must(rsa.SignPSS(rand.Reader, rsa2048(), crypto.SHA256, digest[:], &rsa.PSSOptions{SaltLength: length}))
			j, err := jwk.Parse(input+"."+b64(string(signature)), []jose.SignatureAlgorithm{jose.PS256})
			require.NoError(t, err)
			assert.Equal(t, want, j.Verify(rsa2048().Public()), length)
		}
	})

	t.Run("F2-CR-04 1024 bits", func(t *testing.T) {
		t.Parallel()
		j, err := jwk.Parse(sign(jose.RS256, rsa1024(), "", `{}`), []jose.SignatureAlgorithm{jose.RS256})
		require.NoError(t, err)
		assert.False(t, j.Verify(rsa1024().Public()), "though the signature is right")
	})
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()

	head, payload, signature := b64(`{"alg":"ES256"}`), b64(`{}`), strings.Repeat("A", 86)
	_, err := jwk.Parse(head+"."+payload+"."+signature, []jose.SignatureAlgorithm{jose.ES256})
	require.NoError(t, err, "what the cases are made from")
	with := func(header string) string { return b64(header) + "." + payload + "." + signature }

	for _, tt := range []struct {
		name, raw string
		want      error
	}{
		{"empty", "", jwk.ErrMalformed},
		{"two parts", head + "." + payload, jwk.ErrMalformed},
		{"four parts", head + "." + payload + "." + signature + ".", jwk.ErrMalformed},
		{"JSON serialisation", `{"payload":"e30","protected":"` + head + `","signature":"` + signature + `"}`, jwk.ErrMalformed},
		{"padding", head + "." + b64(`{ }`) + "=" + "." + signature, jwk.ErrMalformed},
		{"standard base64", head + "." + payload + "." + strings.Repeat("+", 86), jwk.ErrMalformed},
		{"line feed", head + "." + payload + "\n." + signature, jwk.ErrMalformed},
		{"carriage return", head + "." + payload + "." + signature + "\r", jwk.ErrMalformed},
		{"space", " " + head + "." + payload + "." + signature, jwk.ErrMalformed},
		{"second encoding of the same bytes", head + "." + payload + "." + signature[:85] + "B", jwk.ErrMalformed},
		{"header empty", "." + payload + "." + signature, jwk.ErrMalformed},
		{"header null", with(`null`), jwk.ErrMalformed},
		{"header array", with(`[]`), jwk.ErrMalformed},
		{"header cut off", with(`{"alg":"ES256"`), jwk.ErrMalformed},
		{"header with a tail", with(`{"alg":"ES256"}{}`), jwk.ErrMalformed},
		{"header not UTF-8", with("{\"alg\":\"ES256\",\"kid\":\"\xff\"}"), jwk.ErrMalformed},
		{"member twice", with(`{"alg":"ES256","alg":"ES256"}`), jwk.ErrMalformed},
		{"alg a number", with(`{"alg":256}`), jwk.ErrMalformed},
		{"kid a number", with(`{"alg":"ES256","kid":1}`), jwk.ErrMalformed},
		{"F2-CR-01 crit", with(`{"alg":"ES256","crit":["exp"],"exp":1}`), jwk.ErrCritical},
		{"F2-CR-01 crit empty", with(`{"alg":"ES256","crit":[]}`), jwk.ErrCritical},
		{"F2-CR-01 crit null", with(`{"alg":"ES256","crit":null}`), jwk.ErrCritical},
		{"F2-CR-01 b64", with(`{"alg":"ES256","b64":false}`), jwk.ErrCritical},
		{"F2-CR-02 not in the list", with(`{"alg":"RS256"}`), jwk.ErrAlgorithm},
		{"F2-CR-03 none", with(`{"alg":"none"}`), jwk.ErrAlgorithm},
		{"alg missing", with(`{}`), jwk.ErrAlgorithm},
		{"names are case-sensitive", with(`{"ALG":"ES256"}`), jwk.ErrAlgorithm},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			j, err := jwk.Parse(tt.raw, []jose.SignatureAlgorithm{jose.ES256})
			require.ErrorIs(t, err, tt.want)
			assert.Nil(t, j)
		})
	}

	t.Run("an empty list allows nothing", func(t *testing.T) {
		t.Parallel()
		_, err := jwk.Parse(head+"."+payload+"."+signature, nil)
		assert.ErrorIs(t, err, jwk.ErrAlgorithm)
	})
	t.Run("none in the list is not verified", func(t *testing.T) {
		t.Parallel()
		j, err := jwk.Parse(b64(`{"alg":"none"}`)+"."+payload+".", []jose.SignatureAlgorithm{"none"})
		require.NoError(t, err)
		assert.False(t, j.Verify(p256().Public()))
	})
	t.Run("F2-CR-08 a key brought along is ignored", func(t *testing.T) {
		t.Parallel()
		mine := string(must(json.Marshal(jose.JSONWebKey{Key: p256b().Public()})))
		j, err := jwk.Parse(with(`{"alg":"ES256","jwk":`+mine+`,"jku":"https://evil.example","x5u":"https://evil.example","x5c":["nonsense"]}`), []jose.SignatureAlgorithm{jose.ES256})
		require.NoError(t, err)
		assert.False(t, j.Verify(p256().Public()))
	})
}

func TestSameType(t *testing.T) {
	t.Parallel()

	for _, same := range [][2]string{
		{"", ""}, {"JWT", "jwt"}, {"at+jwt", "application/at+jwt"}, {"Application/AT+JWT", "at+jwt"},
	} {
		assert.True(t, jwk.SameType(same[0], same[1]), same)
		assert.True(t, jwk.SameType(same[1], same[0]), same)
	}
	for _, other := range [][2]string{
		{"", "JWT"}, {"JWT", "at+jwt"}, {"application/", ""}, {"application/application/jwt", "jwt"},
		{"example/jwt", "jwt"}, {"toKen", "to\u212Aen"}, {"application/a/b", "a/b"},
	} {
		assert.False(t, jwk.SameType(other[0], other[1]), other)
		assert.False(t, jwk.SameType(other[1], other[0]), other)
	}
}
