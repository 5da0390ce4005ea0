package mtls_test

import (
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"os"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/mtls"
)

// RFC 8705 Appendix A, https://www.rfc-editor.org/rfc/rfc8705#appendix-A: the JWK of the certificate beside it.
const vectorJWK = `{"kty":"EC","crv":"P-256","x":"1yfLHCpXqFjxCeHHHMVDTcLscpb07KUxudBmOMn8C7Q","y":"8_coZwxS7LfA4vOLS9WuneIXhbGGWvsDSb0tH6IxLm8"}`

// The certificate is of version 1, without extensions, and expired long ago: registration is all that counts.
func TestSelfSignedVector(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/rfc8705-appendix-a.pem")
	require.NoError(t, err)
	block, _ := pem.Decode(text)
	require.NotNil(t, block)
	leaf, err := x509.ParseCertificate(block.Bytes)
	require.NoError(t, err)
	var key jose.JSONWebKey
	require.NoError(t, json.Unmarshal([]byte(vectorJWK), &key))
	set := &jose.JSONWebKeySet{Keys: []jose.JSONWebKey{key}}

	t.Run("MTLS-07 the certificate of the key", func(t *testing.T) {
		t.Parallel()
		require.NoError(t, mtls.VerifySelfSigned(leaf, set))
	})
	t.Run("MTLS-07 a certificate of another key", func(t *testing.T) {
		t.Parallel()
		require.ErrorIs(t, mtls.VerifySelfSigned(selfSigned(t, newKey(t)), set), mtls.ErrNotRegistered)
	})
	t.Run("MTLS-04 its subject", func(t *testing.T) {
		t.Parallel()
		require.NoError(t, mtls.Subject{DN: "CN=mtls"}.Matches(leaf))
		require.ErrorIs(t, mtls.Subject{DN: "CN=mtls,O=mtls"}.Matches(leaf), mtls.ErrSubjectMismatch)
	})
}
