package jarm_test

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/internal/jwe"
	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
	"github.com/fosite-fapi/fosite-fapi/internal/leaftest"
	"github.com/fosite-fapi/fosite-fapi/internal/must"
	"github.com/fosite-fapi/fosite-fapi/jarm"
)

// response is a response JWT of the server's, with members changed or, by nil, left out.
func response(change map[string]any) string {
	claims := map[string]any{"iss": issuer, "aud": clientID, "exp": start.Add(time.Minute).Unix(), "code": "abc", "state": "xyz"}
	for name, value := range change {
		claims[name] = value
		if value == nil {
			delete(claims, name)
		}
	}
	return sign(jose.ES256, "", string(must.Get(json.Marshal(claims))))
}

func encrypted(signed string) string {
	return must.Get(jwe.Encrypt([]byte(signed), publicKeys("enc", clientEC()), jose.ECDH_ES, ""))
}

func TestVerify(t *testing.T) {
	t.Parallel()

	type change = map[string]any
	decrypting := func(v *jarm.Verifier) { v.DecryptionKeys = []jarm.DecryptionKey{{Private: clientEC(), ID: "k"}} }
	good := response(nil)
	head, payload, signature, _ := jwk.Split(good)
	unsigned := leaftest.Base64(`{"alg":"none"}`) + "." + payload + "."

	for _, tt := range []struct {
		name     string
		response string
		by       func(*jarm.Verifier)
		want     error
	}{
		{"kept", good, nil, nil},
		{"typ JWT", sign(jose.ES256, "JWT", fmt.Sprintf(`{"iss":%q,"aud":%q,"exp":%d,"code":"abc","state":"xyz"}`, issuer, clientID, start.Unix()+60)), nil, nil},
		{"typ of an access token", sign(jose.ES256, "at+jwt", fmt.Sprintf(`{"iss":%q,"aud":%q,"exp":%d}`, issuer, clientID, start.Unix()+60)), nil, jarm.ErrMalformed},

		{"JARM-20 encrypted", encrypted(good), decrypting, nil},
		{"JARM-20 encrypted to another key", must.Get(jwe.Encrypt([]byte(good), publicKeys("enc", strangers()), jose.ECDH_ES, "")), decrypting, jarm.ErrEncryption},
		{"JARM-20 encrypted, no key", encrypted(good), nil, jarm.ErrEncryption},
		{"JARM-20 not encrypted", good, decrypting, jarm.ErrEncryption},
		{"JARM-08 encrypted only", encrypted(`{"iss":"` + issuer + `"}`), decrypting, jarm.ErrMalformed},
		{"JARM-08 encrypted twice", must.Get(jwe.Encrypt([]byte(encrypted(good)), publicKeys("enc", clientEC()), jose.ECDH_ES, "")), decrypting, jarm.ErrMalformed},

		{"JARM-21 another iss", response(change{"iss": "https://evil.example.com"}), nil, jarm.ErrIssuer},
		{"JARM-21 iss with a slash", response(change{"iss": issuer + "/"}), nil, jarm.ErrIssuer},
		{"JARM-21 no iss", response(change{"iss": nil}), nil, jarm.ErrIssuer},
		{"JARM-21 iss of another type", response(change{"iss": []string{issuer}}), nil, jarm.ErrMalformed},
		{"JARM-22 aud an array of one", response(change{"aud": []string{clientID}}), nil, nil},
		{"JARM-22 another aud", response(change{"aud": "other"}), nil, jarm.ErrAudience},
		{"JARM-22 no aud", response(change{"aud": nil}), nil, jarm.ErrAudience},
		{"JARM-22 aud of two", response(change{"aud": []string{clientID, "other"}}), nil, jarm.ErrAudience},
		{"JARM-22 aud empty", response(change{"aud": []string{}}), nil, jarm.ErrAudience},
		{"JARM-22 aud of another type", response(change{"aud": 1}), nil, jarm.ErrMalformed},
		{"JARM-23 one second left", response(change{"exp": start.Unix() + 1}), nil, nil},
		{"JARM-23 expired", response(change{"exp": start.Unix()}), nil, jarm.ErrExpired},
		{"JARM-23 skew", response(change{"exp": start.Unix() - 9}), func(v *jarm.Verifier) { v.ExpirySkew = 10 * time.Second }, nil},
		{"JARM-23 past the skew", response(change{"exp": start.Unix() - 10}), func(v *jarm.Verifier) { v.ExpirySkew = 10 * time.Second }, jarm.ErrExpired},
		{"JARM-23 no exp", response(change{"exp": nil}), nil, jarm.ErrExpired},
		{"JARM-23 exp of another type", response(change{"exp": "tomorrow"}), nil, jarm.ErrMalformed},
		{"JARM-24 payload changed", head + "." + leaftest.Base64(`{"iss":"`+issuer+`","aud":"`+clientID+`","exp":99999999999,"code":"evil"}`) + "." + signature, nil, jarm.ErrSignature},
		{"JARM-24 none", unsigned, nil, jarm.ErrAlgorithm},
		{"JARM-24 none, by its own signature", leaftest.Base64(`{"alg":"none"}`) + "." + payload + "." + signature, nil, jarm.ErrAlgorithm},
		{"JARM-24 HS256", leaftest.Base64(`{"alg":"HS256"}`) + "." + payload + "." + signature, nil, jarm.ErrAlgorithm},
		{"JARM-24 RS256", sign(jose.RS256, "", string(must.Get(base64Decode(payload)))), nil, jarm.ErrAlgorithm},
		{"JARM-24 RS256 if allowed", sign(jose.RS256, "", string(must.Get(base64Decode(payload)))), func(v *jarm.Verifier) { v.Algorithms = []jose.SignatureAlgorithm{jose.RS256} }, nil},
		{"JARM-24 not the registered algorithm", good, func(v *jarm.Verifier) { v.Algorithms = []jose.SignatureAlgorithm{jose.PS256} }, jarm.ErrAlgorithm},
		{"JARM-24 another's key", good, func(v *jarm.Verifier) {
			v.Keys = jarm.StaticKeys(&jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: strangers().Public()}}})
		}, jarm.ErrSignature},
		{"JARM-24 no key of this kid", good, func(v *jarm.Verifier) { v.Keys = jarm.StaticKeys(publicKeys("sig", serverEC())) }, jarm.ErrKey},
		{"JARM-26 keys can't be had", good, func(v *jarm.Verifier) { v.Keys = downKeys{} }, jarm.ErrKeysUnavailable},
		{"no Keys", good, func(v *jarm.Verifier) { v.Keys = nil }, jarm.ErrKey},
		{"no Issuer", response(change{"iss": ""}), func(v *jarm.Verifier) { v.Issuer = "" }, jarm.ErrConfig},
		{"no ClientID", response(change{"aud": ""}), func(v *jarm.Verifier) { v.ClientID = "" }, jarm.ErrConfig},

		{"empty", "", nil, jarm.ErrMalformed},
		{"too long", good + strings.Repeat("A", 64<<10), nil, jarm.ErrMalformed},
		{"payload no object", sign(jose.ES256, "", "null"), nil, jarm.ErrMalformed},
		{"a member twice", sign(jose.ES256, "", fmt.Sprintf(`{"iss":%q,"aud":%q,"exp":%d,"code":"a","code":"b"}`, issuer, clientID, start.Unix()+60)), nil, jarm.ErrMalformed},
		{"crit", leaftest.Base64(`{"alg":"ES256","crit":["a"],"a":1}`) + "." + payload + "." + signature, nil, jarm.ErrMalformed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			v := verifier()
			if tt.by != nil {
				tt.by(v)
			}
			got, err := v.Verify(t.Context(), tt.response)
			if tt.want != nil {
				require.ErrorIs(t, err, tt.want)
				assert.Nil(t, got, "JARM-25 no parameter comes with an error")
				return
			}
			require.NoError(t, err)
			assert.Equal(t, url.Values{"code": {"abc"}, "state": {"xyz"}}, got.Parameters)
		})
	}
}

func base64Decode(s string) ([]byte, error) {
	data, ok := jwk.Decode(s)
	if !ok {
		return nil, jarm.ErrMalformed
	}
	return data, nil
}

func TestVerifyParameters(t *testing.T) {
	t.Parallel()
	got, err := verifier().Verify(t.Context(), response(map[string]any{
		"expires_in": 3600, "large": json.Number("9007199254740993"), "negative": -1,
		"object": map[string]any{"a": 1}, "list": []int{1}, "yes": true, "none": json.RawMessage("null"),
	}))
	require.NoError(t, err)
	assert.Equal(t, url.Values{
		"code": {"abc"}, "state": {"xyz"}, "expires_in": {"3600"}, "large": {"9007199254740993"}, "negative": {"-1"},
	}, got.Parameters, "JARM-06 the rest is ignored")
	assert.Equal(t, start.Add(time.Minute).Unix(), got.Expires.Unix())
	assert.Equal(t, jose.ES256, got.Algorithm)
}

func TestVerifyKeys(t *testing.T) {
	t.Parallel()

	for name, change := range map[string]map[string]any{
		"JARM-21 another iss": {"iss": "https://evil.example.com"},
		"JARM-22 another aud": {"aud": "other"},
		"JARM-23 expired":     {"exp": start.Unix()},
	} {
		t.Run(name+" asks for no key", func(t *testing.T) {
			t.Parallel()
			k := &leaftest.KeySource{Before: set().Public()}
			v := verifier()
			v.Keys = k
			_, err := v.Verify(t.Context(), response(change))
			require.Error(t, err)
			assert.Empty(t, k.Asked)
		})
	}
	t.Run("JARM-26 a key published since", func(t *testing.T) {
		t.Parallel()
		k := &leaftest.KeySource{Before: publicKeys("sig", strangers()), After: set().Public()}
		v := verifier()
		v.Keys = k
		_, err := v.Verify(t.Context(), response(nil))
		require.NoError(t, err)
		assert.Equal(t, []bool{false, true}, k.Asked)
	})
}

func TestVerifierConfig(t *testing.T) {
	t.Parallel()
	require.NoError(t, verifier().Validate())

	for name, change := range map[string]func(*jarm.Verifier){
		"no Issuer":     func(v *jarm.Verifier) { v.Issuer = "" },
		"no ClientID":   func(v *jarm.Verifier) { v.ClientID = "" },
		"no Keys":       func(v *jarm.Verifier) { v.Keys = nil },
		"no Algorithms": func(v *jarm.Verifier) { v.Algorithms = []jose.SignatureAlgorithm{} },
		"JARM-24 none":  func(v *jarm.Verifier) { v.Algorithms = []jose.SignatureAlgorithm{"none"} },
		"a public key":  func(v *jarm.Verifier) { v.DecryptionKeys = []jarm.DecryptionKey{{Private: clientEC().Public()}} },
		"RSA1_5": func(v *jarm.Verifier) {
			v.DecryptionKeys = []jarm.DecryptionKey{{Private: clientRSA(), Algorithm: jose.RSA1_5}}
		},
		"ExpirySkew": func(v *jarm.Verifier) { v.ExpirySkew = time.Minute + 1 },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := verifier()
			change(v)
			require.ErrorIs(t, v.Validate(), jarm.ErrConfig)
		})
	}
}

//go:embed testdata/vectors.json
var vectorsJSON []byte

type vector struct {
	Name string
	Key  jose.JSONWebKey
	JWT  string
}

func vectors() (out []vector) {
	must.Do(json.Unmarshal(vectorsJSON, &out))
	return out
}

// What the specifications' examples hold comes out of the Verifier, and into the Encoder.
func TestVectors(t *testing.T) {
	t.Parallel()
	require.Len(t, vectors(), 3)

	params := map[string]url.Values{
		"JARM 2.3.1": {"code": {"PyyFaux2o7Q0YfXBU32jhw.5FXSQpvr8akv9CeRDSd0QA"}, "state": {"S8NJ7uqk5fY4EjNvP_G_FtyJu6pUsvH9jsYni9dMAJw"}},
		"JARM 2.3.2": {"access_token": {"2YotnFZFEjr1zCsicMWpAA"}, "state": {"S8NJ7uqk5fY4EjNvP_G_FtyJu6pUsvH9jsYni9dMAJw"},
			"token_type": {"bearer"}, "expires_in": {"3600"}, "scope": {"example"}},
		"FAPI 1.0 Advanced A.4": {"code": {"zwkGac9juLX8F8frapDISi3K2Fwln4qxwyfNII3Cjz0"}, "state": {"VgSUIEnflnDxTe1vAtr54o"}},
	}
	for _, v := range vectors() {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			claims := claimsOf(t, v.JWT)
			expires := time.Unix(int64(claims["exp"].(float64)), 0)
			before := func() time.Time { return expires.Add(-5 * time.Minute) }
			iss, aud := claims["iss"].(string), claims["aud"].(string)

			e := encoder()
			e.Issuer, e.Now = iss, before
			ours, err := e.Encode(t.Context(), jarm.Client{ID: aud}, params[v.Name])
			require.NoError(t, err)
			assert.Equal(t, claims, claimsOf(t, ours))

			check := &jarm.Verifier{Issuer: iss, ClientID: aud, Now: before, Keys: jarm.StaticKeys(&jose.JSONWebKeySet{Keys: []jose.JSONWebKey{v.Key}})}
			got, err := check.Verify(t.Context(), v.JWT)
			if v.Key.Key == nil { // not published
				require.ErrorIs(t, err, jarm.ErrKey)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, params[v.Name], got.Parameters)

			head, payload, signature, _ := jwk.Split(v.JWT)
			_, err = check.Verify(t.Context(), head+"."+payload+"."+signature[:9]+"AAA"+signature[12:])
			require.ErrorIs(t, err, jarm.ErrSignature)
			check.Now = func() time.Time { return expires }
			_, err = check.Verify(t.Context(), v.JWT)
			require.ErrorIs(t, err, jarm.ErrExpired)
		})
	}
}
