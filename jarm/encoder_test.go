package jarm_test

import (
	"encoding/json"
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

// exp is what five minutes make of now.
var exp = float64(start.Add(5 * time.Minute).Unix())

func TestEncodeClaims(t *testing.T) {
	t.Parallel()

	type claims = map[string]any
	for _, tt := range []struct {
		name   string
		params url.Values
		want   claims // beside iss, aud and exp; nil: ErrParameter
	}{
		{"JARM-01 iss, aud, exp", nil, claims{}},
		{"JARM-03 success", url.Values{"code": {"abc"}, "state": {"xyz"}}, claims{"code": "abc", "state": "xyz"}},
		{"JARM-03 error", url.Values{"error": {"access_denied"}, "error_description": {"No."}, "error_uri": {"https://as.example.com/e"}, "state": {"xyz"}},
			claims{"error": "access_denied", "error_description": "No.", "error_uri": "https://as.example.com/e", "state": "xyz"}},
		{"JARM-04 numbers", url.Values{"access_token": {"123"}, "expires_in": {"3600"}, "state": {"5"}}, claims{"access_token": "123", "expires_in": 3600.0, "state": "5"}},
		{"JARM-04 refused expires_in no number", url.Values{"expires_in": {"soon"}}, nil},
		{"JARM-04 refused expires_in negative", url.Values{"expires_in": {"-1"}}, nil},
		{"JARM-04 refused expires_in a fraction", url.Values{"expires_in": {"1.5"}}, nil},
		{"JARM-05 extension", url.Values{"session_state": {"s"}}, claims{"session_state": "s"}},
		{"JARM-05 iss of RFC 9207", url.Values{"iss": {issuer}}, claims{}},
		{"JARM-01 refused another iss", url.Values{"iss": {issuer + "/"}}, nil},
		{"JARM-01 refused aud", url.Values{"aud": {clientID}}, nil},
		{"JARM-01 refused exp", url.Values{"exp": {"9999999999"}}, nil},
		{"JARM-07 no state", url.Values{"code": {"abc"}, "state": {""}}, claims{"code": "abc"}},
		{"no value", url.Values{"code": {"abc"}, "state": nil}, claims{"code": "abc"}},
		{"two values", url.Values{"code": {"abc", "def"}}, nil},
		{"not UTF-8", url.Values{"state": {"\xff"}}, nil},
		{"name not UTF-8", url.Values{"\xff": {"a"}}, nil},
		{"markup", url.Values{"state": {`</script>"&` + "\u2028"}}, claims{"state": `</script>"&` + "\u2028"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			signed, err := encoder().Encode(t.Context(), jarm.Client{ID: clientID}, tt.params)
			if tt.want == nil {
				require.ErrorIs(t, err, jarm.ErrParameter)
				assert.Empty(t, signed)
				return
			}
			require.NoError(t, err)
			tt.want["iss"], tt.want["aud"], tt.want["exp"] = issuer, clientID, exp
			assert.Equal(t, tt.want, claimsOf(t, signed))
		})
	}
}

func TestEncodeLifetime(t *testing.T) {
	t.Parallel()
	for lifetime, want := range map[time.Duration]time.Duration{
		0:                defaultLifetime,
		time.Minute:      time.Minute,
		10 * time.Minute: 10 * time.Minute,
	} {
		e := encoder()
		e.Lifetime = lifetime
		t.Run("JARM-02 kept "+lifetime.String(), func(t *testing.T) {
			t.Parallel()
			signed, err := e.Encode(t.Context(), jarm.Client{ID: clientID}, nil)
			require.NoError(t, err)
			assert.InDelta(t, float64(start.Add(want).Unix()), claimsOf(t, signed)["exp"], 0)
		})
	}
	for _, lifetime := range []time.Duration{-1, 10*time.Minute + 1} {
		e := encoder()
		e.Lifetime = lifetime
		t.Run("JARM-02 refused "+lifetime.String(), func(t *testing.T) {
			t.Parallel()
			_, err := e.Encode(t.Context(), jarm.Client{ID: clientID}, nil)
			require.ErrorIs(t, err, jarm.ErrConfig)
		})
	}

	e := encoder()
	e.Now = nil
	signed, err := e.Encode(t.Context(), jarm.Client{ID: clientID}, nil)
	require.NoError(t, err)
	assert.InDelta(t, float64(time.Now().Add(defaultLifetime).Unix()), claimsOf(t, signed)["exp"], 60)
}

const defaultLifetime = 5 * time.Minute

func TestEncodeAlgorithm(t *testing.T) {
	t.Parallel()

	for _, tt := range []struct {
		name    string
		alg     jose.SignatureAlgorithm
		allowed []jose.SignatureAlgorithm
		want    jose.SignatureAlgorithm // "": ErrAlgorithm
	}{
		{"ES256", jose.ES256, nil, jose.ES256},
		{"PS256", jose.PS256, nil, jose.PS256},
		{"EdDSA", jose.EdDSA, nil, jose.EdDSA},
		{"none registered", "", nil, jose.ES256},
		{"JARM-30 RS256 if allowed", jose.RS256, []jose.SignatureAlgorithm{jose.RS256}, jose.RS256},
		{"JARM-30 refused RS256", jose.RS256, nil, ""},
		{"JARM-30 refused none", "none", nil, ""},
		{"JARM-30 refused HS256", jose.HS256, nil, ""},
		{"not in the list", jose.ES256, []jose.SignatureAlgorithm{jose.PS256}, ""},
		{"none registered, and the first key's isn't in the list", "", []jose.SignatureAlgorithm{jose.PS256}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e := encoder()
			e.Algorithms = tt.allowed
			signed, err := e.Encode(t.Context(), jarm.Client{ID: clientID, Algorithm: tt.alg}, nil)
			if tt.want == "" {
				require.ErrorIs(t, err, jarm.ErrAlgorithm)
				assert.Empty(t, signed)
				return
			}
			require.NoError(t, err)
			j, err := jwk.Parse(signed, []jose.SignatureAlgorithm{tt.want}) // JARM-08: three parts
			require.NoError(t, err)
			assert.True(t, j.VerifyAny(jwk.Candidates(set().Public(), tt.want, j.KeyID)))
			assert.NotEmpty(t, j.KeyID)
		})
	}
}

func TestEncodeEncrypted(t *testing.T) {
	t.Parallel()

	key := jwe.Key{Private: clientEC(), ID: "k"}
	open := func(t *testing.T, response string) string {
		t.Helper()
		signed, err := jwe.Decrypt(response, []jwe.Key{key, {Private: clientRSA(), ID: "k"}}, nil, nil, 0)
		require.NoError(t, err)
		return string(signed)
	}
	header := func(response string) (h map[string]any) {
		first, _, _ := strings.Cut(response, ".")
		data, _ := jwk.Decode(first)
		must.Do(json.Unmarshal(data, &h))
		return h
	}
	good := jarm.StaticKeys(publicKeys("enc", clientEC(), clientRSA()))

	for _, tt := range []struct {
		name   string
		client jarm.Client
		enc    string
		want   error
	}{
		{"JARM-08 signed, then encrypted", jarm.Client{EncryptionAlgorithm: jose.ECDH_ES, ContentEncryption: jose.A256GCM, Keys: good}, "A256GCM", nil},
		{"JARM-08 by RSA", jarm.Client{EncryptionAlgorithm: jose.RSA_OAEP_256, ContentEncryption: jose.A128GCM, Keys: good}, "A128GCM", nil},
		{"JARM-32 enc by default", jarm.Client{EncryptionAlgorithm: jose.ECDH_ES, Keys: good}, "A128CBC-HS256", nil},
		{"JARM-32 unknown enc", jarm.Client{EncryptionAlgorithm: jose.ECDH_ES, ContentEncryption: "A1GCM", Keys: good}, "", jarm.ErrAlgorithm},
		{"F1A-ALG-04 RSA1_5", jarm.Client{EncryptionAlgorithm: jose.RSA1_5, Keys: good}, "", jarm.ErrAlgorithm},
		{"dir", jarm.Client{EncryptionAlgorithm: jose.DIRECT, Keys: good}, "", jarm.ErrAlgorithm},
		{"JARM-32 enc without alg", jarm.Client{ContentEncryption: jose.A128GCM, Keys: good}, "", jarm.ErrAlgorithm},
		{"JARM-33 no use", jarm.Client{EncryptionAlgorithm: jose.ECDH_ES, Keys: jarm.StaticKeys(publicKeys("", clientEC()))}, "A128CBC-HS256", nil},
		{"JARM-33 use sig", jarm.Client{EncryptionAlgorithm: jose.ECDH_ES, Keys: jarm.StaticKeys(publicKeys("sig", clientEC()))}, "", jarm.ErrKey},
		{"no Keys", jarm.Client{EncryptionAlgorithm: jose.ECDH_ES}, "", jarm.ErrKey},
		{"no set", jarm.Client{EncryptionAlgorithm: jose.ECDH_ES, Keys: jarm.StaticKeys(nil)}, "", jarm.ErrKey},
		{"keys can't be had", jarm.Client{EncryptionAlgorithm: jose.ECDH_ES, Keys: downKeys{}}, "", jarm.ErrKeysUnavailable},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.client.ID = clientID
			response, err := encoder().Encode(t.Context(), tt.client, url.Values{"code": {"abc"}})
			if tt.want != nil {
				require.ErrorIs(t, err, tt.want)
				assert.Empty(t, response, "never unencrypted")
				return
			}
			require.NoError(t, err)
			assert.Len(t, strings.Split(response, "."), 5)
			assert.Equal(t, "JWT", header(response)["cty"])
			assert.Equal(t, tt.enc, header(response)["enc"])
			assert.Equal(t, "abc", claimsOf(t, open(t, response))["code"])
		})
	}

	t.Run("JARM-31 not unless registered", func(t *testing.T) {
		t.Parallel()
		response, err := encoder().Encode(t.Context(), jarm.Client{ID: clientID, Keys: good}, nil)
		require.NoError(t, err)
		assert.Len(t, strings.Split(response, "."), 3)
	})

	client := func(k *leaftest.KeySource) jarm.Client {
		return jarm.Client{ID: clientID, EncryptionAlgorithm: jose.ECDH_ES, Keys: k}
	}
	t.Run("the set is fresh enough", func(t *testing.T) {
		t.Parallel()
		k := &leaftest.KeySource{Before: publicKeys("enc", clientEC())}
		_, err := encoder().Encode(t.Context(), client(k), nil)
		require.NoError(t, err)
		assert.Equal(t, []bool{false}, k.Asked)
	})
	t.Run("a key published since", func(t *testing.T) {
		t.Parallel()
		k := &leaftest.KeySource{Before: publicKeys("sig", clientEC()), After: publicKeys("enc", clientEC())}
		_, err := encoder().Encode(t.Context(), client(k), nil)
		require.NoError(t, err)
		assert.Equal(t, []bool{false, true}, k.Asked)
	})
	t.Run("nothing published since", func(t *testing.T) {
		t.Parallel()
		same := publicKeys("sig", clientEC())
		_, err := encoder().Encode(t.Context(), client(&leaftest.KeySource{Before: same, After: same}), nil)
		require.ErrorIs(t, err, jarm.ErrKey)
	})
	t.Run("no fresh set to be had", func(t *testing.T) {
		t.Parallel()
		_, err := encoder().Encode(t.Context(), client(&leaftest.KeySource{Before: publicKeys("sig", clientEC()), Err: errDown}), nil)
		require.ErrorIs(t, err, jarm.ErrKeysUnavailable)
		require.ErrorIs(t, err, errDown)
	})
}

func TestEncoderConfig(t *testing.T) {
	t.Parallel()
	require.NoError(t, encoder().Validate())

	for name, change := range map[string]func(*jarm.Encoder){
		"no Issuer":             func(e *jarm.Encoder) { e.Issuer = "" },
		"no Signer":             func(e *jarm.Encoder) { e.Signer = nil },
		"no Algorithms":         func(e *jarm.Encoder) { e.Algorithms = []jose.SignatureAlgorithm{} },
		"JARM-30 refused none":  func(e *jarm.Encoder) { e.Algorithms = []jose.SignatureAlgorithm{"none"} },
		"JARM-30 refused HS256": func(e *jarm.Encoder) { e.Algorithms = []jose.SignatureAlgorithm{jose.HS256} },
		"Lifetime":              func(e *jarm.Encoder) { e.Lifetime = time.Hour },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := encoder()
			change(e)
			require.ErrorIs(t, e.Validate(), jarm.ErrConfig)
			response, err := e.Encode(t.Context(), jarm.Client{ID: clientID}, nil)
			require.ErrorIs(t, err, jarm.ErrConfig)
			assert.Empty(t, response)
		})
	}
	t.Run("no Client.ID", func(t *testing.T) {
		t.Parallel()
		_, err := encoder().Encode(t.Context(), jarm.Client{}, nil)
		require.ErrorIs(t, err, jarm.ErrConfig)
	})
	t.Run("signer down", func(t *testing.T) {
		t.Parallel()
		e := encoder()
		e.Signer = downSigner{}
		_, err := e.Encode(t.Context(), jarm.Client{ID: clientID}, nil)
		require.ErrorIs(t, err, jarm.ErrSigning)
		require.ErrorIs(t, err, errDown)
	})
}
