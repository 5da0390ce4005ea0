package shop_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/ory/fosite"
	"github.com/ory/fosite/handler/openid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/examples/upgrade/shop"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

var _ openid.Session = (*shop.Session)(nil)

func client(id string) *shop.Client {
	return &shop.Client{DefaultOpenIDConnectClient: fosite.DefaultOpenIDConnectClient{
		DefaultClient: &fosite.DefaultClient{ID: id, RedirectURIs: []string{"https://" + id + ".example.com/callback"}},
	}}
}

func TestStore(t *testing.T) {
	t.Parallel()
	fapitest.Contract{
		ClientID:   "kitchen",
		NewSession: func() fosite.Session { return shop.NewSession("", time.Now()) },
		NewStore: func() fapitest.Store {
			store, err := shop.OpenStore(t.TempDir())
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, store.Close()) })
			require.NoError(t, store.PutClient(client("kitchen")))
			return store
		},
	}.Test(t)
}

func TestClients(t *testing.T) {
	t.Parallel()
	store, err := shop.OpenStore(t.TempDir())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	good := client("bank")
	good.Bank, good.DisplayName, good.TokenEndpointAuthMethod = true, "A bank", "private_key_jwt"
	raw, err := json.Marshal([]*shop.Client{good})
	require.NoError(t, err)
	require.NoError(t, store.PutClients(raw))
	got, err := store.GetClient(t.Context(), "bank")
	require.NoError(t, err)
	assert.Equal(t, good, got, "everything comes back")

	for name, raw := range map[string]string{
		"no JSON": `[`, "no id": `[{"redirect_uris":["https://a.example.com"]}]`, "no redirect_uris": `[{"id":"a"}]`,
	} {
		assert.Error(t, store.PutClients([]byte(raw)), name)
	}
}

// A shop is opened again with what it made when it was opened first.
func TestOpen(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	open := func() (*shop.Shop, error) {
		s, err := shop.Open([]string{"-data", dir}, &bytes.Buffer{})
		if err == nil {
			t.Cleanup(func() { _ = s.Store.Close() })
		}
		return s, err
	}
	write := func(name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	_, err := open()
	require.ErrorIs(t, err, os.ErrNotExist, "there are no clients")
	write("clients.json", `[]`)
	_, err = open()
	require.ErrorIs(t, err, os.ErrNotExist, "there are no customers")
	write("customers.json", `{}`)
	first, err := open()
	require.NoError(t, err)
	second, err := open()
	require.NoError(t, err)
	assert.Equal(t, first.Secret, second.Secret)
	assert.True(t, first.Key.Equal(second.Key))
	write("signing-key.pem", "no key")
	_, err = open()
	require.ErrorContains(t, err, "no PEM")
}
