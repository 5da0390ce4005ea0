package metadata_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/metadata"
)

func TestPaths(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, issuer, oauth, openid string }{
		// RFC 8414 3.1.
		{"MD-02 no path", "https://example.com", "/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"},
		{"MD-02 path", "https://example.com/issuer1", "/.well-known/oauth-authorization-server/issuer1", "/issuer1/.well-known/openid-configuration"},
		{"MD-02 slash alone", "https://example.com/", "/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"},
		{"MD-03 slash at the end", "https://example.com/a/b/", "/.well-known/oauth-authorization-server/a/b", "/a/b/.well-known/openid-configuration"},
		{"escaped", "https://example.com/a%2Fb%20c", "/.well-known/oauth-authorization-server/a%2Fb%20c", "/a%2Fb%20c/.well-known/openid-configuration"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			oauth, openid, err := metadata.Paths(c.issuer)
			require.NoError(t, err)
			assert.Equal(t, c.oauth, oauth)
			assert.Equal(t, c.openid, openid)
		})
	}
	t.Run("MD-01 refused", func(t *testing.T) {
		t.Parallel()
		oauth, openid, err := metadata.Paths("http://example.com")
		require.ErrorIs(t, err, metadata.ErrIssuer)
		assert.Empty(t, oauth+openid)
	})
}
