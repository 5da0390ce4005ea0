package jwk_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	_ "embed"
	"encoding/json"
	"math/big"
	"strings"
	"testing"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
	"github.com/fosite-fapi/fosite-fapi/internal/leaftest"
	"github.com/fosite-fapi/fosite-fapi/internal/must"
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
	must.Do(json.Unmarshal(vectorsJSON, &out))
	return out
}

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
			for name, key := range misfits() {
				assert.False(t, j.Verify(key), name)
			}
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

	t.Run("one that Parse hasn't made", func(t *testing.T) {
		t.Parallel()
		assert.False(t, new(jwk.JWS).Verify(p256().Public()))
		assert.False(t, (&jwk.JWS{Algorithm: jose.ES256}).Verify(p256().Public()))
	})

	t.Run("F2-CR-04 1024 bits", func(t *testing.T) {
		t.Parallel()
		j, err := jwk.Parse(sign(jose.RS256, rsa1024(), "", `{}`), []jose.SignatureAlgorithm{jose.RS256})
		require.NoError(t, err)
		assert.False(t, j.Verify(rsa1024().Public()), "though the signature is right")
	})
}

// misfits are keys on which a verifier could panic, or take for something else than a public key.
func misfits() map[string]any {
	type own string
	ec := p256().PublicKey
	with := func(x, y *big.Int) *ecdsa.PublicKey { return &ecdsa.PublicKey{Curve: ec.Curve, X: x, Y: y} }
	return map[string]any{
		"nil":                nil,
		"own type":           own("key"),
		"secret":             []byte("0123456789abcdef0123456789abcdef"),
		"JWK":                jose.JSONWebKey{Key: &ec},
		"pointer to a JWK":   &jose.JSONWebKey{Key: &ec},
		"set":                jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &ec, KeyID: "kid"}}},
		"nil set":            (*jose.JSONWebKeySet)(nil),
		"EC by value":        ec,
		"nil EC":             (*ecdsa.PublicKey)(nil),
		"empty EC":           new(ecdsa.PublicKey),
		"EC without y":       with(ec.X, nil),
		"EC off the curve":   with(ec.X, ec.X),
		"EC negative":        with(new(big.Int).Neg(ec.X), ec.Y),
		"EC too large":       with(new(big.Int).Lsh(ec.X, 256), ec.Y),
		"EC at infinity":     with(new(big.Int), new(big.Int)),
		"nil RSA":            (*rsa.PublicKey)(nil),
		"empty RSA":          new(rsa.PublicKey),
		"RSA with e of 1":    &rsa.PublicKey{N: rsa2048().N, E: 1},
		"RSA with e below":   &rsa.PublicKey{N: rsa2048().N, E: -3},
		"RSA with an even n": &rsa.PublicKey{N: new(big.Int).Lsh(big.NewInt(1), 2047), E: 65537},
		"empty Ed25519":      ed25519.PublicKey{},
		"short Ed25519":      ed25519.PublicKey("short"),
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()

	head, payload, signature := leaftest.Base64(`{"alg":"ES256"}`), leaftest.Base64(`{}`), strings.Repeat("A", 86)
	_, err := jwk.Parse(head+"."+payload+"."+signature, []jose.SignatureAlgorithm{jose.ES256})
	require.NoError(t, err, "what the cases are made from")
	private := string(must.Get(json.Marshal(jose.JSONWebKey{Key: p256()})))
	with := func(header string) string { return leaftest.Base64(header) + "." + payload + "." + signature }

	for _, tt := range []struct {
		name, raw string
		want      error
	}{
		{"empty", "", jwk.ErrMalformed},
		{"two parts", head + "." + payload, jwk.ErrMalformed},
		{"four parts", head + "." + payload + "." + signature + ".", jwk.ErrMalformed},
		{"JSON serialisation", `{"payload":"e30","protected":"` + head + `","signature":"` + signature + `"}`, jwk.ErrMalformed},
		{"padding", head + "." + leaftest.Base64(`{ }`) + "=" + "." + signature, jwk.ErrMalformed},
		{"standard base64", head + "." + payload + "." + strings.Repeat("+", 86), jwk.ErrMalformed},
		{"line feed", head + "." + payload + "\n." + signature, jwk.ErrMalformed},
		{"carriage return", head + "." + payload + "." + signature + "\r", jwk.ErrMalformed},
		{"space", " " + head + "." + payload + "." + signature, jwk.ErrMalformed},
		{"second encoding of the same signature", head + "." + payload + "." + signature[:85] + "B", jwk.ErrMalformed},
		{"second encoding of the same header", leaftest.Base64(`{"alg":"ES256" }`)[:21] + "R." + payload + "." + signature, jwk.ErrMalformed},
		{"second encoding of the same payload", head + ".e31." + signature, jwk.ErrMalformed},
		{"line feed in the header", head[:4] + "\n" + head[4:] + "." + payload + "." + signature, jwk.ErrMalformed},
		{"header empty", "." + payload + "." + signature, jwk.ErrAlgorithm},
		{"header null", with(`null`), jwk.ErrMalformed},
		{"header array", with(`[]`), jwk.ErrMalformed},
		{"header cut off", with(`{"alg":"ES256"`), jwk.ErrMalformed},
		{"header with a tail", with(`{"alg":"ES256"}{}`), jwk.ErrMalformed},
		{"member twice", with(`{"alg":"ES256","alg":"ES256"}`), jwk.ErrMalformed},
		{"alg a number", with(`{"alg":256}`), jwk.ErrAlgorithm},
		{"kid a number", with(`{"alg":"ES256","kid":1}`), jwk.ErrMalformed},
		{"typ a number", with(`{"alg":"ES256","typ":1}`), jwk.ErrMalformed},
		{"F2-CR-08 jwk that is private", with(`{"alg":"ES256","jwk":` + private + `}`), jwk.ErrMalformed},
		{"F2-CR-08 jwk that is no key", with(`{"alg":"ES256","jwk":"key"}`), jwk.ErrMalformed},
		{"F2-CR-08 x5c that is no certificate", with(`{"alg":"ES256","x5c":["AAAA"]}`), jwk.ErrMalformed},
		{"F2-CR-01 crit", with(`{"alg":"ES256","crit":["exp"],"exp":1}`), jwk.ErrCritical},
		{"F2-CR-01 crit empty", with(`{"alg":"ES256","crit":[]}`), jwk.ErrCritical},
		{"F2-CR-01 crit a string", with(`{"alg":"ES256","crit":"exp"}`), jwk.ErrCritical},
		{"F2-CR-01 b64", with(`{"alg":"ES256","b64":false}`), jwk.ErrCritical},
		{"F2-CR-01 b64 true", with(`{"alg":"ES256","b64":true}`), jwk.ErrCritical},
		{"F2-CR-01 b64 and crit", with(`{"alg":"ES256","crit":["b64"],"b64":false}`), jwk.ErrCritical},
		{"F2-CR-02 not in the list", with(`{"alg":"RS256"}`), jwk.ErrAlgorithm},
		{"F2-CR-03 none", with(`{"alg":"none"}`), jwk.ErrAlgorithm},
		{"alg null", with(`{"alg":null}`), jwk.ErrAlgorithm},
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

	t.Run("the error quotes nothing", func(t *testing.T) {
		t.Parallel()
		for _, header := range []string{`{"alg":"secret"}`, `{"alg":"ES256","kid":["secret"]}`, `{"alg":"ES256","x5c":["secret"]}`, `{"alg":"ES256","secret":1,"secret":2}`} {
			_, err := jwk.Parse(with(header), []jose.SignatureAlgorithm{jose.ES256})
			require.Error(t, err)
			assert.NotContains(t, err.Error(), "secret")
		}
	})
	t.Run("null is as good as absent", func(t *testing.T) {
		t.Parallel()
		j, err := jwk.Parse(with(`{"alg":"ES256","kid":null,"typ":null,"crit":null,"b64":null}`), []jose.SignatureAlgorithm{jose.ES256})
		require.NoError(t, err)
		assert.Empty(t, j.KeyID+j.Type)
	})
	t.Run("an empty list allows nothing", func(t *testing.T) {
		t.Parallel()
		_, err := jwk.Parse(head+"."+payload+"."+signature, nil)
		assert.ErrorIs(t, err, jwk.ErrAlgorithm)
	})
	t.Run("none in the list is not verified", func(t *testing.T) {
		t.Parallel()
		j, err := jwk.Parse(leaftest.Base64(`{"alg":"none"}`)+"."+payload+".", []jose.SignatureAlgorithm{"none"})
		require.NoError(t, err)
		assert.False(t, j.Verify(p256().Public()))
	})
	t.Run("F2-CR-08 a key brought along is not used", func(t *testing.T) {
		t.Parallel()
		mine := string(must.Get(json.Marshal(jose.JSONWebKey{Key: p256b().Public()})))
		input := leaftest.Base64(`{"alg":"ES256","jwk":`+mine+`,"jku":"https://evil.example","x5u":"https://evil.example","x5c":["`+leaftest.X5C(p256b())+`"]}`) + "." + payload
		digest := sha256.Sum256([]byte(input))
		r, s, err := ecdsa.Sign(rand.Reader, p256b(), digest[:])
		require.NoError(t, err)
		raw := append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
		j, err := jwk.Parse(input+"."+leaftest.Base64(string(raw)), []jose.SignatureAlgorithm{jose.ES256})
		require.NoError(t, err)
		assert.False(t, j.Verify(p256().Public()))
		assert.True(t, j.Verify(p256b().Public()), "by the key that did sign it")
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
