package registration_test

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

func fullDocument(tb testing.TB) []byte {
	tb.Helper()
	document, err := os.ReadFile("testdata/full.json")
	require.NoError(tb, err)
	return document
}

// testdata/full.json has every member of Metadata, so that a renamed or forgotten one shows.
func TestEveryMemberSurvivesTheRoundTrip(t *testing.T) {
	t.Parallel()
	document := fullDocument(t)
	parsed, err := registration.Parse(document)
	require.NoError(t, err)
	v := reflect.ValueOf(*parsed)
	for i := range v.NumField() {
		field := v.Type().Field(i)
		assert.False(t, v.Field(i).IsZero(), "%s is missing in testdata/full.json", field.Name)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		assert.Equal(t, strings.ToLower(strings.ReplaceAll(name, "_", "")), strings.ToLower(field.Name))
		want := "omitempty"
		if name == "grant_types" {
			want = "omitzero" // an empty list is not an omitted one
		}
		assert.Equal(t, want, options, name)
	}
	out, err := json.Marshal(parsed)
	require.NoError(t, err)
	assert.JSONEq(t, string(document), string(out))

	var decoded registration.Metadata
	require.NoError(t, json.Unmarshal(document, &decoded))
	assert.Equal(t, *parsed, decoded, "encoding/json reads the same as Parse")
}

func TestUnsetMembersAreOmitted(t *testing.T) {
	t.Parallel()
	out, err := json.Marshal(registration.Metadata{})
	require.NoError(t, err)
	assert.Equal(t, `{}`, string(out))
	out, err = json.Marshal(registration.Metadata{RedirectURIs: []string{}, DefaultMaxAge: new(int64)})
	require.NoError(t, err)
	assert.Equal(t, `{"default_max_age":0}`, string(out))
}

func TestUnknownMembers(t *testing.T) {
	t.Parallel()
	const document = `{"client_name":"x","client_name#ja":"y","future":{"a":[1]}}`
	t.Run("DCR-04 ignored by Parse", func(t *testing.T) {
		t.Parallel()
		m, err := registration.Parse([]byte(document))
		require.NoError(t, err)
		assert.Equal(t, &registration.Metadata{ClientName: "x"}, m)
	})
	t.Run("DCR-04 ignored by encoding/json", func(t *testing.T) {
		t.Parallel()
		var m registration.Metadata
		require.NoError(t, json.Unmarshal([]byte(document), &m))
		assert.Equal(t, registration.Metadata{ClientName: "x"}, m)
	})
	t.Run("an error where a configuration wants it", func(t *testing.T) {
		t.Parallel()
		var config struct {
			registration.Metadata
			Own string `json:"own"`
		}
		known := json.NewDecoder(strings.NewReader(`{"client_name":"x","own":"y","jwks":{"keys":[]}}`))
		known.DisallowUnknownFields()
		require.NoError(t, known.Decode(&config))
		assert.Equal(t, "x", config.ClientName)
		assert.Equal(t, "y", config.Own)
		unknown := json.NewDecoder(strings.NewReader(document))
		unknown.DisallowUnknownFields()
		require.ErrorContains(t, unknown.Decode(&config), "unknown field")
	})
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	fits := `{"client_name":"` + strings.Repeat("x", registration.MaxBytes-18) + `"}`
	require.Len(t, fits, registration.MaxBytes)
	_, err := registration.Parse([]byte(fits))
	require.NoError(t, err)
	for name, document := range map[string]string{
		"a byte more":      fits + " ",
		"nothing":          ``,
		"null":             `null`,
		"an array":         `[]`,
		"two documents":    `{}{}`,
		"half a document":  `{"scope":`,
		"a wrong type":     `{"redirect_uris":"https://client.example/cb"}`,
		"a wrong element":  `{"redirect_uris":[1]}`,
		"a number as bool": `{"dpop_bound_access_tokens":1}`,
		"a name twice":     `{"scope":"a","scope":"b"}`,
		"an unknown twice": `{"x":"a","x":"b"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, err := registration.Parse([]byte(document))
			require.ErrorIs(t, err, registration.ErrDocument)
			assert.Nil(t, m)
		})
	}
}

func TestParseTakesNamesExactly(t *testing.T) {
	t.Parallel()
	m, err := registration.Parse([]byte(` {"SCOPE":"all","JWKS":{"keys":[1]}}`))
	require.NoError(t, err)
	assert.Equal(t, new(registration.Metadata), m)
}

func TestParseKeys(t *testing.T) {
	t.Parallel()
	const known = `{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kid":"a"}` // RFC 8037 A.2
	t.Run("RFC 7517 5 unknown type skipped", func(t *testing.T) {
		t.Parallel()
		m, err := registration.Parse([]byte(`{"jwks":{"keys":[{"kty":"XYZ","kid":"b"},` + known + `]}}`))
		require.NoError(t, err)
		require.Len(t, m.JWKS.Keys, 1)
		assert.Equal(t, "a", m.JWKS.Keys[0].KeyID)
	})
	t.Run("RFC 7518 6.2.1 malformed key refused", func(t *testing.T) {
		t.Parallel()
		m, err := registration.Parse([]byte(`{"jwks":{"keys":[` + known + `,{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}]}}`))
		problems := registration.Problems(err)
		require.Len(t, problems, 1)
		assert.Equal(t, "jwks", problems[0].Field)
		assert.Equal(t, registration.CodeMetadata, problems[0].Code)
		assert.Nil(t, m)
	})
	for name, member := range map[string]string{
		"F2-CR-04 private key":                   known[:len(known)-1] + `,"d":"nWGxne"}`,
		"F2-CR-04 private key of unknown type":   `{"kty":"XYZ","d":"nWGxne"}`,
		"F2-CR-04 private key of unknown curve":  `{"kty":"OKP","crv":"X25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","d":"nWGxne"}`,
		"F2-CR-04 seed of RFC 9964":              `{"kty":"AKP","alg":"ML-DSA-44","priv":"nWGxne"}`,
		"F2-CR-04 symmetric key":                 `{"kty":"oct","k":"nWGxne"}`,
		"F2-CR-04 primes without their exponent": `{"kty":"RSA","n":"AQAB","e":"AQAB","p":"nWGxne","q":"nWGxne"}`,
		"F2-CR-04 other primes":                  `{"kty":"RSA","n":"AQAB","e":"AQAB","oth":[{"r":"nWGxne"}]}`,
	} {
		t.Run(name+" refused", func(t *testing.T) {
			t.Parallel()
			m, err := registration.Parse([]byte(`{"jwks":{"keys":[` + known + `,` + member + `]}}`))
			problems := registration.Problems(err)
			require.Len(t, problems, 1)
			assert.Equal(t, "jwks", problems[0].Field)
			assert.Equal(t, "key 1 is private or symmetric; it is known to others now and must be replaced", problems[0].Reason)
			assert.NotContains(t, err.Error(), "nWGxne")
			assert.Nil(t, m)
		})
	}
	t.Run("RFC 7517 4 null is no private key", func(t *testing.T) {
		t.Parallel()
		m, err := registration.Parse([]byte(`{"jwks":{"keys":[` + known[:len(known)-1] + `,"d":null}]}}`))
		require.NoError(t, err)
		require.Len(t, m.JWKS.Keys, 1)
	})
	t.Run("private key of no document refused by Validate", func(t *testing.T) {
		t.Parallel()
		m := &registration.Metadata{GrantTypes: []string{}, TokenEndpointAuthMethod: "none", JWKS: &jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: fapitest.Key("client", jose.ES256)}}}}
		problems := registration.Problems(m.Validate())
		require.Len(t, problems, 1)
		assert.Equal(t, "jwks", problems[0].Field)
		assert.Contains(t, problems[0].Reason, "is private")
	})
}

func FuzzParse(f *testing.F) {
	full, err := os.ReadFile("testdata/full.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(full)
	f.Add([]byte(`{"redirect_uris":["https://client.example/cb"],"jwks":{"keys":[{"kty":"oct","k":"AA"},{"kty":"XYZ"}]}}`))
	f.Add([]byte(`{"tls_client_auth_san_ip":"::1%lo","token_endpoint_auth_method":"tls_client_auth","response_types":["","code  code"]}`))
	f.Add([]byte(`{"scope":"a","scope":"b","default_max_age":-1,"SCOPE":null}`))
	f.Fuzz(func(t *testing.T, document []byte) {
		m, err := registration.Parse(document)
		if err != nil {
			require.Nil(t, m, "an error comes with no metadata")
			return
		}
		invalid := m.Validate()
		if len(registration.Problems(invalid)) == 0 {
			require.NoError(t, invalid, "every problem is a FieldError")
		}
		if invalid != nil {
			return
		}
		out, err := json.Marshal(m)
		require.NoError(t, err, "what is valid can be echoed (DCR-05)")
		again, err := registration.Parse(out)
		if len(out) > registration.MaxBytes {
			return
		}
		require.NoError(t, err)
		out2, err := json.Marshal(again)
		require.NoError(t, err)
		require.True(t, bytes.Equal(out, out2), "what was echoed reads the same")
	})
}
