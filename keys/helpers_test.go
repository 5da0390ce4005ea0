package keys_test

import (
	"context"
	"crypto"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"io"
	"strings"
	"testing"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/internal/leaftest"
	"github.com/fosite-fapi/fosite-fapi/keys"
)

var (
	p224, p256, p256b, p384, p521 = leaftest.EC(elliptic.P224()), leaftest.P256(), leaftest.P256(), leaftest.EC(elliptic.P384()), leaftest.EC(elliptic.P521())

	rsa1024, rsa2048, rsa2048b = leaftest.RSA(1024), leaftest.RSA(2048), leaftest.RSA(2048)

	ed = leaftest.Ed25519()
)

// opaque signs like an HSM: what it holds can't be seen.
type opaque struct{ crypto.Signer }

// remote signs like a KMS.
type remote struct{ opaque }

func (remote) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return nil, errors.New("called without a context")
}

func (r remote) SignContext(ctx context.Context, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return r.opaque.Sign(rand.Reader, digest, opts)
}

// broken returns something that is no signature.
type broken struct {
	opaque
	out []byte
	err error
}

func (b broken) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) { return b.out, b.err }

// check verifies a token by go-jose with what the set publishes.
func check(t *testing.T, set *keys.Set, token string) (header jose.Header, payload string) {
	t.Helper()
	parsed, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{
		jose.ES256, jose.ES384, jose.ES512, jose.PS256, jose.PS384, jose.PS512, jose.RS256, jose.RS384, jose.RS512, jose.EdDSA,
	})
	require.NoError(t, err)
	out, err := parsed.Verify(set.Public())
	require.NoError(t, err)
	return parsed.Signatures[0].Protected, string(out)
}

func headerOf(t *testing.T, token string) string {
	t.Helper()
	header, _, _ := strings.Cut(token, ".")
	out, err := base64.RawURLEncoding.DecodeString(header)
	require.NoError(t, err)
	return string(out)
}
