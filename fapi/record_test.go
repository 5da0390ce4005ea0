package fapi_test

import (
	"testing"

	"github.com/ory/fosite"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/cnf"
	"github.com/fosite-fapi/fosite-fapi/fapi"
)

func TestRecord(t *testing.T) {
	t.Parallel()
	full := fapi.Record{
		Profile: "a profile of two words", Use: fosite.AuthorizeCode, Confirmation: cnf.Confirmation{X5TS256: "thumb", JKT: "print"},
		Challenge: "challenge", RedirectURI: "https://client.example.com/cb?a=b&exp=1#", Key: "key", Issued: 1700000000, Expires: 1700000060123,
	}

	t.Run("comes back as it was", func(t *testing.T) {
		t.Parallel()
		for _, r := range []fapi.Record{full, {Profile: "p", Use: fosite.AccessToken}, {Profile: "p", Use: fosite.RefreshToken, Issued: -1, Expires: 1}} {
			text, err := r.Text()
			require.NoError(t, err)
			got, err := fapi.ReadRecord(text, r.Use)
			require.NoError(t, err)
			assert.Equal(t, &r, got)
		}
	})
	t.Run("one that was cut off has expired, or is none", func(t *testing.T) {
		t.Parallel()
		text, err := full.Text()
		require.NoError(t, err)
		for n := range len(text) {
			got, err := fapi.ReadRecord(text[:n], full.Use)
			if err != nil {
				require.Nil(t, got)
				continue
			}
			require.Less(t, got.Expires, full.Expires/5, text[:n])
		}
	})
	t.Run("members that a later version adds are ignored", func(t *testing.T) {
		t.Parallel()
		text, err := full.Text()
		require.NoError(t, err)
		got, err := fapi.ReadRecord("later 1\n"+text, full.Use)
		require.NoError(t, err)
		assert.Equal(t, &full, got)
	})
	t.Run("no member breaks out of its line", func(t *testing.T) {
		t.Parallel()
		r := full
		r.RedirectURI += "\nexp 9"
		text, err := r.Text()
		require.Error(t, err)
		assert.Empty(t, text)
	})
	t.Run("refused", func(t *testing.T) {
		t.Parallel()
		for name, text := range map[string]string{
			"nothing": "", "no profile": "use authorize_code\nexp 1", "another kind": "profile p\nuse access_token\nexp 1",
			"no number": "profile p\nuse authorize_code\nexp soon", "too large a number": "profile p\nuse authorize_code\nexp 99999999999999999999",
			"JSON": `{"profile":"p","use":"authorize_code","exp":1}`,
		} {
			got, err := fapi.ReadRecord(text, fosite.AuthorizeCode)
			require.Error(t, err, name)
			assert.Nil(t, got, name)
		}
	})
}
