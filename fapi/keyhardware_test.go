package fapi_test

import (
	"context"
	"crypto"
	"crypto/rand"
	"errors"
	"io"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/keys"
)

// An opaqueSigner signs like an HSM: what it holds can't be seen.
type opaqueSigner struct{ crypto.Signer }

// A remoteSigner signs like a KMS, by calls under the context of the request.
type remoteSigner struct {
	opaqueSigner
	calls *atomic.Int64
}

func (remoteSigner) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return nil, errors.New("called without a context")
}

type tenantKey struct{}

func (r remoteSigner) SignContext(ctx context.Context, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	if ctx.Value(tenantKey{}) != "tenant" {
		return nil, errors.New("not the request's context")
	}
	r.calls.Add(1)
	return r.opaqueSigner.Sign(rand.Reader, digest, opts)
}

// Keys in an HSM or a KMS sign both kinds of token by every algorithm of the profile.
func TestKeysInHardware(t *testing.T) {
	t.Parallel()
	for alg, key := range map[jose.SignatureAlgorithm]crypto.Signer{jose.PS256: testRSA(), jose.ES256: testEC(), jose.EdDSA: testEd()} {
		for _, kind := range []string{"HSM", "KMS"} {
			t.Run(string(alg)+" "+kind, func(t *testing.T) {
				t.Parallel()
				var calls atomic.Int64
				var hardware crypto.Signer = opaqueSigner{key}
				if kind == "KMS" {
					hardware = remoteSigner{opaqueSigner{key}, &calls}
				}
				set, err := keys.New(keys.Key{Signer: hardware, ID: "hardware"})
				require.NoError(t, err)
				b := keyBench(t, fapi.WithKeys(set))
				b.registration(b.a.ID).IDTokenSignedResponseAlg = string(alg)
				inner := b.handler
				b.handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
					inner.ServeHTTP(rw, r.WithContext(context.WithValue(r.Context(), tenantKey{}, "tenant")))
				})
				b.connect(b.a, &b.certA)

				tokens := b.tokens(b.a, "openid accounts")
				published := b.fetched()
				require.Len(t, published, 1)
				for name, typ := range map[string]string{"id_token": "JWT", "access_token": "at+jwt"} {
					jws, err := jose.ParseSignedCompact(tokens.Text(name), []jose.SignatureAlgorithm{alg})
					require.NoError(t, err, name)
					_, err = jws.Verify(published[0].Key)
					require.NoError(t, err, name)
					assert.Equal(t, "hardware", jws.Signatures[0].Protected.KeyID)
					assert.Equal(t, typ, jws.Signatures[0].Protected.ExtraHeaders["typ"])
				}
				assert.Equal(t, http.StatusOK, b.call(b.apiServer(), tokens.Text("access_token")))
				if kind == "KMS" {
					assert.EqualValues(t, 2, calls.Load())
				}
			})
		}
	}
}

// An HSM that fails costs the answer, never a token without a signature.
func TestHardwareFails(t *testing.T) {
	t.Parallel()
	set, err := keys.New(keys.Key{Signer: remoteSigner{opaqueSigner{testEC()}, new(atomic.Int64)}})
	require.NoError(t, err)
	b := keyBench(t, fapi.WithKeys(set)) // no tenant in its requests
	a := b.got(b.a.Redeem(t.Context(), b.code(b.a, verifier, "openid accounts"), verifier))
	assert.Equal(t, http.StatusInternalServerError, a.Status)
	assert.Equal(t, "server_error", a.Text("error"))
	assert.Empty(t, a.Text("access_token"))
	assert.Empty(t, a.Text("id_token"))
	assert.NotContains(t, string(a.Body), "context")
}
