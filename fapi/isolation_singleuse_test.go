package fapi_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

// A legacy client chooses the jti of its assertions, and they stand in the same table as what is used up here. It
// must not be able to name an entry of ours.
func TestLegacyAssertionsSpendNothing(t *testing.T) {
	b := newBench(t, "json")
	verifier := fapitest.Verifier()
	code := b.code(b.b, verifier, "accounts")
	_, signature, _ := strings.Cut(code, ".")
	guess := func(h func([]byte) []byte) string {
		return "fapi:" + base64.RawURLEncoding.EncodeToString(h([]byte("code\x00fapi."+signature)))
	}
	keyed := func(key string) func([]byte) []byte {
		return func(data []byte) []byte {
			h := hmac.New(sha256.New, []byte(key))
			h.Write(data)
			return h.Sum(nil)
		}
	}
	for _, jti := range []string{
		guess(func(data []byte) []byte { sum := sha256.Sum256(data); return sum[:] }), guess(keyed("")), guess(keyed("another secret")),
	} {
		require.NoError(t, b.store.SetClientAssertionJWT(t.Context(), jti, time.Now().Add(time.Hour)))
	}
	redeemed, err := b.b.Redeem(t.Context(), code, verifier)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, redeemed.Status, string(redeemed.Body))

	t.Run("the host's secret makes the name", func(t *testing.T) {
		code := b.code(b.b, verifier, "accounts")
		_, signature, _ = strings.Cut(code, ".")
		require.NoError(t, b.store.SetClientAssertionJWT(t.Context(), guess(keyed(string(hostConfig().GlobalSecret))), time.Now().Add(time.Hour)))
		refused, err := b.b.Redeem(t.Context(), code, verifier)
		require.NoError(t, err)
		require.Equal(t, "invalid_grant", refused.Text("error"), "or the guesses above prove nothing")
	})
}
