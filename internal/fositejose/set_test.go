package fositejose_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"net/url"
	"reflect"
	"testing"

	josev3 "github.com/go-jose/go-jose/v3"
	josev4 "github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/internal/fositejose"
)

func TestSetAndBack(t *testing.T) {
	t.Parallel()
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	ed, _, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	v3 := &josev3.JSONWebKeySet{Keys: []josev3.JSONWebKey{
		{
			Key: ec.Public(), KeyID: "ec", Algorithm: "ES256", Use: "sig",
			Certificates:                []*x509.Certificate{{Raw: []byte("leaf")}},
			CertificatesURL:             &url.URL{Scheme: "https", Host: "client.example"},
			CertificateThumbprintSHA1:   []byte("sha1"),
			CertificateThumbprintSHA256: []byte("sha256"),
		},
		{Key: ed, KeyID: "ed"},
	}}

	v4 := fositejose.Set(v3)

	require.Len(t, v4.Keys, 2)
	for i := range v3.Keys {
		from, to := reflect.ValueOf(v3.Keys[i]), reflect.ValueOf(v4.Keys[i])
		for f := range from.NumField() {
			assert.Equal(t, from.Field(f).Interface(), to.Field(f).Interface(), from.Type().Field(f).Name)
		}
	}
	assert.Equal(t, v3, fositejose.SetV3(v4))
}

func TestSetSharesNoSlice(t *testing.T) {
	t.Parallel()
	v3 := &josev3.JSONWebKeySet{Keys: make([]josev3.JSONWebKey, 1, 2)}
	v4 := fositejose.Set(v3)
	v4.Keys[0].KeyID = "changed"
	assert.Empty(t, v3.Keys[0].KeyID)
}

func TestSetNil(t *testing.T) {
	t.Parallel()
	assert.Nil(t, fositejose.Set(nil))
	assert.Nil(t, fositejose.SetV3(nil))
}

func TestSetSaysTheSameInJSON(t *testing.T) {
	t.Parallel()
	// RFC 7517 A.1, first key.
	const document = `{"keys":[{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",` +
		`"y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM","use":"enc","kid":"1"}]}`
	var v3 josev3.JSONWebKeySet
	require.NoError(t, json.Unmarshal([]byte(document), &v3))
	out, err := json.Marshal(fositejose.Set(&v3))
	require.NoError(t, err)
	assert.JSONEq(t, document, string(out))

	var v4 josev4.JSONWebKeySet
	require.NoError(t, json.Unmarshal([]byte(document), &v4))
	out, err = json.Marshal(fositejose.SetV3(&v4))
	require.NoError(t, err)
	assert.JSONEq(t, document, string(out))
}
