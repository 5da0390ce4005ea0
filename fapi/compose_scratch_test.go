package fapi_test

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/ory/fosite"
	"github.com/ory/fosite/compose"
	"github.com/ory/fosite/token/jwt"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

func TestScratchNilGetter(t *testing.T) {
	config := legacyConfig()
	_, err := fapi.Compose(config, stores["memory"](), &compose.CommonStrategy{CoreStrategy: compose.NewOAuth2HMACStrategy(config), Signer: &jwt.DefaultSigner{}}, fapi.WithProfile(fapi.FAPI2Security()))
	t.Log(err)
}

func TestScratchNilCommon(t *testing.T) {
	config := legacyConfig()
	_, err := fapi.Compose(config, stores["memory"](), (*compose.CommonStrategy)(nil), fapi.WithProfile(fapi.FAPI2Security()))
	t.Log(err)
}

func TestScratchTypedNilStore(t *testing.T) {
	config := legacyConfig()
	_, err := fapi.Compose(config, (*fapitest.JSONStore)(nil), legacyStrategy(config), fapi.WithProfile(fapi.FAPI2Security()))
	t.Log(err)
}

func TestScratchPrespend(t *testing.T) {
	m := newMixed(t, "json")
	verifier := fapitest.Verifier()
	code := m.code(m.b, verifier, "accounts")
	_, sig, _ := strings.Cut(code, ".")
	h := sha256.New()
	h.Write([]byte("code"))
	h.Write([]byte{0})
	h.Write([]byte("fapi." + sig))
	jti := "fapi:" + base64.RawURLEncoding.EncodeToString(h.Sum(nil))
	m.good(m.legacy.post("/token", withAssertion(clientCredentials, m.legacy.assertion(map[string]any{"jti": jti}))), nil)
	a, err := m.b.Redeem(t.Context(), code, verifier)
	require.NoError(t, err)
	require.Equal(t, 200, a.Status, string(a.Body))
	_ = fosite.ErrNotFound
}
