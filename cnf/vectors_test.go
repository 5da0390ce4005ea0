package cnf_test

import (
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/cnf"
)

// RFC 8705 Appendix A.
const (
	vectorX5T = "A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0"
	vectorCNF = `{"x5t#S256":"A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0"}`
)

// RFC 9449 6.1, Figure 8.
const vectorJKT = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"

func vectorCertificate(tb testing.TB) *x509.Certificate {
	tb.Helper()
	text, err := os.ReadFile("testdata/rfc8705-appendix-a.pem")
	require.NoError(tb, err)
	block, _ := pem.Decode(text)
	require.NotNil(tb, block)
	cert, err := x509.ParseCertificate(block.Bytes)
	require.NoError(tb, err)
	return cert
}

func TestVectors(t *testing.T) {
	t.Parallel()

	t.Run("MTLS-12 thumbprint", func(t *testing.T) {
		t.Parallel()
		assert.Equal(t, vectorX5T, cnf.Thumbprint(vectorCertificate(t)))
	})
	t.Run("MTLS-11 claim", func(t *testing.T) {
		t.Parallel()
		var c cnf.Confirmation
		require.NoError(t, json.Unmarshal([]byte(vectorCNF), &c))
		require.NoError(t, c.Certificate(vectorCertificate(t)))
		out, err := json.Marshal(c)
		require.NoError(t, err)
		assert.JSONEq(t, vectorCNF, string(out))
	})
	// RFC 8705 3.1 and 3.2 print a value with non-zero trailing bits: values are compared as strings.
	t.Run("MTLS-13 introspection example is taken as it stands", func(t *testing.T) {
		t.Parallel()
		var c cnf.Confirmation
		require.NoError(t, json.Unmarshal([]byte(`{"x5t#S256":"bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2"}`), &c))
		assert.Equal(t, "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2", c.X5TS256)
	})
	t.Run("DPOP-30 claim", func(t *testing.T) {
		t.Parallel()
		var c cnf.Confirmation
		require.NoError(t, json.Unmarshal([]byte(`{"jkt":"`+vectorJKT+`"}`), &c))
		require.NoError(t, c.Key(vectorJKT))
	})
}
