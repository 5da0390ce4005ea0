package jwk_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"testing"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"

	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
)

func TestFit(t *testing.T) {
	t.Parallel()

	for alg, pair := range algorithms() {
		assert.NoError(t, jwk.Fit(pair[0].Public(), alg), alg)
		assert.True(t, jwk.Known(alg), alg)
		assert.ErrorIs(t, jwk.Fit(pair[0], alg), jwk.ErrKey, "private key, %s", alg)
	}
	assert.False(t, jwk.Known("Ed25519"), "lists have it by its old name")

	for _, tt := range []struct {
		name string
		key  crypto.PublicKey
		alg  jose.SignatureAlgorithm
		want error
	}{
		{"F2-CR-03 none", p256().Public(), "none", jwk.ErrAlgorithm},
		{"HS256", p256().Public(), jose.HS256, jwk.ErrAlgorithm},
		{"Ed25519 by its new name", ed().Public(), "Ed25519", jwk.ErrAlgorithm},
		{"Ed448", ed().Public(), "Ed448", jwk.ErrAlgorithm},
		{"empty", p256().Public(), "", jwk.ErrAlgorithm},
		{"names are case-sensitive", p256().Public(), "es256", jwk.ErrAlgorithm},
		{"curve too long", p384().Public(), jose.ES256, jwk.ErrKey},
		{"F2-CR-05 P-224", p224().Public(), jose.ES256, jwk.ErrKey},
		{"RSA for ES256", rsa2048().Public(), jose.ES256, jwk.ErrKey},
		{"EC for PS256", p256().Public(), jose.PS256, jwk.ErrKey},
		{"EC for EdDSA", p256().Public(), jose.EdDSA, jwk.ErrKey},
		{"Ed25519 for ES256", ed().Public(), jose.ES256, jwk.ErrKey},
		{"Ed25519 too short", ed25519.PublicKey("short"), jose.EdDSA, jwk.ErrKey},
		{"F2-CR-04 RSA 1024", rsa1024().Public(), jose.PS256, jwk.ErrWeak},
		{"F2-CR-04 RSA 1024, RS256", rsa1024().Public(), jose.RS256, jwk.ErrWeak},
		{"nil", nil, jose.ES256, jwk.ErrKey},
		{"nil EC", (*ecdsa.PublicKey)(nil), jose.ES256, jwk.ErrKey},
		{"empty EC", &ecdsa.PublicKey{Curve: elliptic.P256()}, jose.ES256, jwk.ErrKey},
		{"nil RSA", (*rsa.PublicKey)(nil), jose.PS256, jwk.ErrKey},
		{"empty RSA", &rsa.PublicKey{}, jose.PS256, jwk.ErrKey},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			assert.ErrorIs(t, jwk.Fit(tt.key, tt.alg), tt.want)
		})
	}
}

func TestDefault(t *testing.T) {
	t.Parallel()

	assert.Equal(t, jose.PS256, jwk.Default(rsa2048().Public()))
	assert.Equal(t, jose.ES256, jwk.Default(p256().Public()))
	assert.Equal(t, jose.ES384, jwk.Default(p384().Public()))
	assert.Equal(t, jose.ES512, jwk.Default(p521().Public()))
	assert.Equal(t, jose.EdDSA, jwk.Default(ed().Public()))
	assert.Empty(t, jwk.Default(p224().Public()))
	assert.Empty(t, jwk.Default("key"))
}

func TestSignerOpts(t *testing.T) {
	t.Parallel()

	assert.Equal(t, crypto.SHA256, jwk.SignerOpts(jose.ES256))
	assert.Equal(t, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: crypto.SHA384}, jwk.SignerOpts(jose.PS384))
	assert.Equal(t, crypto.Hash(0), jwk.SignerOpts(jose.EdDSA))
	assert.Nil(t, jwk.SignerOpts("none"))
}
