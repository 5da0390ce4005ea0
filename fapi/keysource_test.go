package fapi_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite/compose"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/keys"
	// its name is a helper's here
)

// A rotation with overlap: nobody who checks what the server signed sees a failure, and the server isn't restarted.
func TestKeyRotation(t *testing.T) {
	t.Parallel()
	before, next := keys.Key{Signer: testEC(), ID: "before"}, keys.Key{Signer: newEC(), ID: "next"}
	announced := next
	announced.VerifyOnly = true

	var source cupboard
	source.put(t, before)
	b := keyBench(t, fapi.WithKeySource(source.source))
	api := b.apiServer()
	require.Equal(t, []string{"before"}, b.published())
	first := b.tokens(b.a, "openid accounts")
	require.Equal(t, "before", kidOf(t, first.Text("access_token")))
	require.Equal(t, http.StatusOK, b.call(api, first.Text("access_token")))

	source.put(t, before, announced)
	assert.Equal(t, []string{"before", "next"}, b.published())
	assert.Equal(t, "before", kidOf(t, b.tokens(b.a, "openid accounts").Text("access_token")), "announced, not in use yet")

	source.put(t, next, keys.Retired(before.Signer.Public(), "before", ""))
	assert.Equal(t, []string{"next", "before"}, b.published())
	second := b.tokens(b.a, "openid accounts")
	for _, kind := range []string{"access_token", "id_token"} {
		assert.Equal(t, "next", kidOf(t, second.Text(kind)), kind)
	}
	for name, token := range map[string]*fapitest.Answer{"before": first, "next": second} {
		assert.Equal(t, http.StatusOK, b.call(api, token.Text("access_token")), "%s: at a server that follows", name)
		assert.Equal(t, http.StatusOK, b.call(b.apiServer(), token.Text("access_token")), "%s: at a server that is new", name)
		assert.Equal(t, "alice", b.claims(token.Text("id_token"))["sub"], name)
	}
	assert.Equal(t, http.StatusSeeOther, b.hinted(first.Text("id_token")).Status, "a hint whose key is still published")
	assert.True(t, b.hinted(first.Text("id_token")).Location().Query().Has("code"))

	source.put(t, next)
	assert.Equal(t, []string{"next"}, b.published())
	assert.Equal(t, http.StatusUnauthorized, b.call(b.apiServer(), first.Text("access_token")), "the key is gone")
	assert.Equal(t, http.StatusOK, b.call(b.apiServer(), second.Text("access_token")))
	refused := b.hinted(first.Text("id_token"))
	assert.Equal(t, "invalid_request", refused.Location().Query().Get("error"), "a hint whose key is gone")
	assert.True(t, b.hinted(second.Text("id_token")).Location().Query().Has("code"))
}

// The metadata follow the keys too: what they announce is what is done.
func TestKeyRotationToAnotherAlgorithm(t *testing.T) {
	t.Parallel()
	var source cupboard
	source.put(t, keys.Key{Signer: testEC()})
	b := keyBench(t, fapi.WithKeySource(source.source))
	require.Equal(t, []string{"ES256"}, b.a.Server.IDTokenSigningAlgValuesSupported)

	source.put(t, keys.Key{Signer: testRSA(), ID: "rs", Algorithm: jose.RS256}, keys.Key{Signer: testEd(), ID: "ed"}, keys.Key{Signer: testEC(), VerifyOnly: true})
	doc, err := b.provider.Metadata(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []string{"EdDSA"}, doc.IDTokenSigningAlgValuesSupported)
	tokens := b.tokens(b.a, "openid accounts")
	assert.Equal(t, "ed", kidOf(t, tokens.Text("id_token")))
	assert.Equal(t, "ed", kidOf(t, tokens.Text("access_token")))
	assert.NoError(t, b.provider.Check(t.Context(), b.registration(b.a.ID)))
}

// Without keys nothing is signed, nothing is published, and nothing is used up.
func TestKeySourceFails(t *testing.T) {
	t.Parallel()
	secret := errors.New("pin 0815 refused")
	for name, breakdown := range map[string]func(*testing.T, *cupboard){
		"error":  func(_ *testing.T, c *cupboard) { c.fail(secret) },
		"no set": func(_ *testing.T, c *cupboard) { c.set.Store(nil) },
		"F2-CR-02 no key that fits": func(t *testing.T, c *cupboard) {
			c.put(t, keys.Key{Signer: testRSA(), Algorithm: jose.RS256})
		},
		"F2-CR-02 the key only verifies": func(t *testing.T, c *cupboard) { c.put(t, keys.Key{Signer: testEC(), VerifyOnly: true}) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var source cupboard
			source.put(t, keys.Key{Signer: testEC()})
			b := keyBench(t, fapi.WithKeySource(source.source))
			before := b.tokens(b.a, "openid offline_access accounts")
			code := b.code(b.a, verifier, "openid accounts")
			reg := b.registration(b.a.ID)

			breakdown(t, &source)
			for kind, a := range map[string]*fapitest.Answer{
				"authorization_code": b.got(b.a.Redeem(t.Context(), code, verifier)),
				"refresh_token":      b.got(b.a.Refresh(t.Context(), before.Text("refresh_token"))),
				"client_credentials": b.got(b.a.Token(t.Context(), map[string][]string{"grant_type": {"client_credentials"}, "scope": {"accounts"}})),
			} {
				assert.Equal(t, http.StatusServiceUnavailable, a.Status, kind)
				assert.Equal(t, "temporarily_unavailable", a.Text("error"), kind)
				assert.NotContains(t, string(a.Body), "0815", kind)
				assert.Empty(t, a.Text("access_token"), kind)
			}
			assert.Equal(t, "FAPI-KEYS", b.events.last())
			problem := &fapi.Problem{}
			require.ErrorAs(t, b.provider.Check(t.Context(), reg), &problem)
			assert.Equal(t, "FAPI-KEYS", problem.ID)
			if breaksSource := name == "error" || name == "no set"; breaksSource {
				for url, status := range map[string]int{b.a.Server.JWKSURI: http.StatusServiceUnavailable, issuer + "/.well-known/openid-configuration": http.StatusInternalServerError} {
					a := b.get(url)
					assert.Equal(t, status, a.Status, url)
					assert.Equal(t, "no-store", a.Header.Get("Cache-Control"), url)
					assert.NotContains(t, string(a.Body), "0815")
					assert.NotContains(t, a.JSON, "keys")
				}
				hinted := b.hinted(before.Text("id_token"))
				assert.Equal(t, "temporarily_unavailable", hinted.Location().Query().Get("error"))
			}

			source.fail(nil)
			source.put(t, keys.Key{Signer: testEC()})
			a := b.got(b.a.Redeem(t.Context(), code, verifier))
			require.Equal(t, http.StatusOK, a.Status, "the code was not spent: %s", a.Body)
			a = b.got(b.a.Refresh(t.Context(), before.Text("refresh_token")))
			assert.Equal(t, http.StatusOK, a.Status, string(a.Body))
		})
	}
}

func TestKeyOptions(t *testing.T) {
	t.Parallel()
	set, err := keys.New(keys.Key{Signer: testEC(), ID: "k"})
	require.NoError(t, err)
	other, err := keys.NewDecryption(keys.DecryptionKey{Private: newEC(), ID: "d"})
	require.NoError(t, err)
	same, err := keys.NewDecryption(keys.DecryptionKey{Private: newEC(), ID: "k"})
	require.NoError(t, err)
	failing := func(context.Context) (*keys.Set, error) { return nil, errors.New("no HSM") }

	for _, tt := range []struct {
		name     string
		options  []fapi.Option
		id, text string // "" where the options are good
	}{
		{"keys and decryption keys", []fapi.Option{fapi.WithKeys(set), fapi.WithDecryptionKeys(other)}, "", ""},
		{"source", []fapi.Option{fapi.WithKeySource(keys.Static(set)), fapi.WithDecryptionKeySource(keys.StaticDecryption(other))}, "", ""},
		{"no source", []fapi.Option{fapi.WithKeys(set), fapi.WithKeySource(nil)}, "", "needs a source"},
		{"no keys", []fapi.Option{fapi.WithKeys(set), fapi.WithKeys(nil)}, "", "needs keys"},
		{"keys twice", []fapi.Option{fapi.WithKeys(set), fapi.WithKeySource(keys.Static(set))}, "", "signing keys are given twice"},
		{"no decryption keys", []fapi.Option{fapi.WithKeys(set), fapi.WithDecryptionKeys(nil)}, "", "needs keys"},
		{"no decryption source", []fapi.Option{fapi.WithKeys(set), fapi.WithDecryptionKeySource(nil)}, "", "needs a source"},
		{"decryption keys twice", []fapi.Option{fapi.WithKeys(set), fapi.WithDecryptionKeys(other), fapi.WithDecryptionKeys(other)}, "", "decryption keys are given twice"},
		{"source that fails", []fapi.Option{fapi.WithKeySource(failing)}, "F2-CR-02", "no HSM"},
		{"source without keys", []fapi.Option{fapi.WithKeySource(keys.Static(nil))}, "F2-CR-02", "gave no set"},
		{"decryption source without keys", []fapi.Option{fapi.WithKeys(set), fapi.WithDecryptionKeySource(keys.StaticDecryption(nil))}, "F2-CR-02", "gave no set"},
		{"F2-CR-09 kid of both", []fapi.Option{fapi.WithKeys(set), fapi.WithDecryptionKeys(same)}, "F2-CR-09", `the kid "k"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			config := hostConfig()
			provider, err := fapi.Compose(config, stores["memory"](), compose.NewOAuth2HMACStrategy(config),
				append(slices.Clone(tt.options), fapi.WithProfile(fapi.FAPI2Security()))...)
			if tt.text == "" {
				require.NoError(t, err)
				return
			}
			require.Nil(t, provider)
			all := problemsOf(t, err)
			require.Len(t, all, 1)
			assert.Equal(t, tt.id, all[0].ID)
			assert.Contains(t, all[0].Text, tt.text)
		})
	}
}

// What clients encrypt for is published beside what signs, and follows its source.
func TestDecryptionKeysArePublished(t *testing.T) {
	t.Parallel()
	set, err := keys.New(keys.Key{Signer: testEC(), ID: "sig"})
	require.NoError(t, err)
	var current atomic.Pointer[keys.DecryptionSet]
	first, err := keys.NewDecryption(keys.DecryptionKey{Private: testRSA(), ID: "rsa"}, keys.DecryptionKey{Private: newEC(), ID: "ec", Algorithm: jose.ECDH_ES_A256KW})
	require.NoError(t, err)
	current.Store(first)
	b := keyBench(t, fapi.WithKeys(set), fapi.WithDecryptionKeySource(func(context.Context) (*keys.DecryptionSet, error) { return current.Load(), nil }))

	published := b.fetched()
	require.Len(t, published, 3)
	for i, want := range []struct{ kid, use, alg string }{{"sig", "sig", "ES256"}, {"rsa", "enc", "RSA-OAEP-256"}, {"ec", "enc", "ECDH-ES+A256KW"}} {
		assert.Equal(t, want.kid, published[i].KeyID)
		assert.Equal(t, want.use, published[i].Use)
		assert.Equal(t, want.alg, published[i].Algorithm)
		assert.True(t, published[i].IsPublic())
	}

	second, err := keys.NewDecryption(keys.DecryptionKey{Private: newEC(), ID: "new"}, keys.DecryptionKey{Private: testRSA(), ID: "rsa", Unpublished: true})
	require.NoError(t, err)
	current.Store(second)
	assert.Equal(t, []string{"sig", "new"}, b.published())

	current.Store(nil)
	_, err = b.provider.JWKS(t.Context())
	assert.Error(t, err, "an incomplete key set is none")
}
