package resource_test

import (
	"context"
	"crypto"
	"encoding/json"
	"errors"
	"testing"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/internal/leaftest"
	"github.com/fosite-fapi/fosite-fapi/internal/must"
	"github.com/fosite-fapi/fosite-fapi/keys"
	"github.com/fosite-fapi/fosite-fapi/resource"
)

func decryptionKeys() keys.DecryptionSource {
	return keys.StaticDecryption(must.Get(keys.NewDecryption(
		keys.DecryptionKey{Private: rsa2048(), ID: "rsa"}, keys.DecryptionKey{Private: otherKey(), ID: "ec", Algorithm: jose.ECDH_ES_A128KW},
	)))
}

// encrypted makes the issuer encrypt its signed introspection responses.
func (w *world) encrypted(alg jose.KeyAlgorithm, kid string, to crypto.PublicKey, options *jose.EncrypterOptions) *world {
	w.signed()
	w.config.Introspection.Decryption = decryptionKeys()
	w.as.sign = func(answer map[string]any) string {
		signed := w.sign(answer, func(map[string]any, map[string]any) {})
		return encryptFor(alg, kid, to, options, signed)
	}
	return w
}

func encryptFor(alg jose.KeyAlgorithm, kid string, to crypto.PublicKey, options *jose.EncrypterOptions, payload string) string {
	e := must.Get(jose.NewEncrypter(jose.A128GCM, jose.Recipient{Algorithm: alg, Key: to, KeyID: kid}, options))
	return must.Get(must.Get(e.Encrypt([]byte(payload))).CompactSerialize())
}

func nested() *jose.EncrypterOptions { return new(jose.EncrypterOptions).WithContentType("JWT") }

// INT-18: signed, then encrypted for this server.
func TestEncryptedIntrospection(t *testing.T) {
	t.Parallel()
	start := func(tb testing.TB) *world {
		return newWorld(tb).asOpaque().encrypted(jose.RSA_OAEP_256, "rsa", rsa2048().Public(), nested())
	}
	const down = "temporarily_unavailable"
	compressed := nested()
	compressed.Compression = jose.DEFLATE
	for _, c := range []refusedCase{
		{"INT-18 for another server", "F2-RS-03", func(w *world) { w.encrypted(jose.ECDH_ES_A128KW, "ec", clientKey().Public(), nested()) }, 503, down, resource.ErrIntrospection},
		{"INT-18 by another algorithm than the key's", "F2-RS-03", func(w *world) { w.encrypted(jose.RSA_OAEP, "rsa", rsa2048().Public(), nested()) }, 503, down, resource.ErrIntrospection},
		{"INT-18 compressed", "F2-RS-03", func(w *world) { w.encrypted(jose.RSA_OAEP_256, "rsa", rsa2048().Public(), compressed) }, 503, down, resource.ErrIntrospection},
		{"INT-18 in the clear", "F2-RS-03", func(w *world) { w.signed() }, 503, down, resource.ErrIntrospection},
		{"INT-18 encrypted, but not signed", "F2-RS-03", func(w *world) {
			w.as.sign = func(map[string]any) string {
				return encryptFor(jose.RSA_OAEP_256, "rsa", rsa2048().Public(), nested(), `{"active":true}`)
			}
		}, 503, down, resource.ErrIntrospection},
		{"INT-25 signed by somebody else inside", "F2-RS-03", func(w *world) {
			w.as.sign = func(answer map[string]any) string {
				signed := leaftest.Sign(map[string]any{"alg": "ES256", "kid": "k1", "typ": "token-introspection+jwt"},
					string(must.Get(json.Marshal(map[string]any{"iss": w.as.issuer, "aud": rsID, "iat": w.at(0), "token_introspection": answer}))), otherKey())
				return encryptFor(jose.RSA_OAEP_256, "rsa", rsa2048().Public(), nested(), signed)
			}
		}, 503, down, resource.ErrSignature},
		{"INT-18 the keys are out of reach", "F2-RS-03", func(w *world) {
			w.config.Introspection.Decryption = func(context.Context) (*keys.DecryptionSet, error) { return nil, errors.New("no HSM") }
		}, 503, down, resource.ErrUnavailable},
		{"INT-18 there are no keys", "F2-RS-03", func(w *world) { w.config.Introspection.Decryption = keys.StaticDecryption(nil) }, 503, down, resource.ErrUnavailable},
		{"INT-18 not expected", "F2-RS-03", func(w *world) { w.config.Introspection.Decryption = nil }, 503, down, resource.ErrIntrospection},
		{"INT-15 inactive", "F2-RS-03", func(w *world) { w.revoke(w.token()) }, 401, "invalid_token", resource.ErrInactive},
	} {
		c.run(t, start)
	}
	t.Run("INT-18 by an elliptic curve", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t).asOpaque().encrypted(jose.ECDH_ES_A128KW, "ec", otherKey().Public(), nested())
		w.passes(w.call())
		require.Len(t, w.as.headers, 1)
		assert.Equal(t, "application/token-introspection+jwt", w.as.headers[0].Get("Accept"))
	})
}
