package dpop_test

import (
	"context"
	"crypto"
	"encoding/base64"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/dpop"
	"github.com/fosite-fapi/fosite-fapi/internal/must"
)

func TestSigner(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		key       crypto.Signer
		algorithm jose.SignatureAlgorithm // "": the key's default
		want      jose.SignatureAlgorithm
	}{
		{p256(), "", jose.ES256},
		{p384(), "", jose.ES384},
		{rsa2048(), "", jose.PS256},
		{rsa2048(), jose.RS256, jose.RS256},
		{ed(), "", jose.EdDSA},
		{opaque{Signer: p256()}, "", jose.ES256},
		{opaque{Signer: rsa2048()}, "", jose.PS256},
		{opaque{Signer: ed()}, "", jose.EdDSA},
	} {
		t.Run("DPOP-07 "+string(tt.want), func(t *testing.T) {
			t.Parallel()
			signer := dpop.Signer{Key: tt.key, Algorithm: tt.algorithm}
			c := base()
			c.verifier.Algorithms = []jose.SignatureAlgorithm{tt.want}
			c.verifier.Nonces = nonces()
			c.request = dpop.Request{
				Method: "GET", URLs: []string{"https://rs.example.com/accounts"},
				AccessToken: accessToken, Thumbprint: thumbprint(tt.key), NonceRequired: true,
			}
			proof := must.Get(signer.Proof(dpop.ProofOptions{
				Method: "GET", URL: "https://rs.example.com/accounts?page=2#top",
				AccessToken: accessToken, Nonce: c.verifier.Nonces.Current(), Now: c.verifier.Now,
			}))
			got, err := c.verifier.Verify(context.Background(), proof, c.request)
			require.NoError(t, err)
			assert.Equal(t, tt.want, got.Algorithm)
			assert.Equal(t, now, got.IssuedAt)
			assert.GreaterOrEqual(t, len(got.ID), 20, "96 random bits in base32")
			payload := string(must.Get(base64.RawURLEncoding.DecodeString(strings.Split(proof, ".")[1])))
			assert.Contains(t, payload, `"htu":"https://rs.example.com/accounts"`, "DPOP-09 without query and fragment")
		})
	}

	t.Run("DPOP-44 a new one each time", func(t *testing.T) {
		t.Parallel()
		signer := dpop.Signer{Key: p256()}
		c := base()
		c.verifier.Now = nil
		for range 3 {
			proof := must.Get(signer.Proof(dpop.ProofOptions{Method: "POST", URL: tokenURL}))
			_, err := c.verifier.Verify(context.Background(), proof, c.request)
			require.NoError(t, err)
		}
		assert.Len(t, c.used.Entries, 3)
	})

	good := dpop.ProofOptions{Method: "POST", URL: tokenURL, Now: func() time.Time { return now }}
	failure := errors.New("token removed")
	for _, tt := range []struct {
		name   string
		change func(*dpop.Signer, *dpop.ProofOptions)
		want   error
	}{
		{"none wrong", func(*dpop.Signer, *dpop.ProofOptions) {}, nil},
		{"no key", func(s *dpop.Signer, _ *dpop.ProofOptions) { s.Key = nil }, dpop.ErrConfig},
		{"key too short", func(s *dpop.Signer, _ *dpop.ProofOptions) { s.Key = rsa1024() }, dpop.ErrKey},
		{"key without algorithm", func(s *dpop.Signer, _ *dpop.ProofOptions) { s.Key = p224() }, dpop.ErrKey},
		{"key of another algorithm", func(s *dpop.Signer, _ *dpop.ProofOptions) { s.Algorithm = jose.ES384 }, dpop.ErrKey},
		{"algorithm unknown", func(s *dpop.Signer, _ *dpop.ProofOptions) { s.Algorithm = "HS256" }, dpop.ErrKey},
		{"signer fails", func(s *dpop.Signer, _ *dpop.ProofOptions) { s.Key = opaque{Signer: p256(), err: failure} }, dpop.ErrSigning},
		{"signer's error is kept", func(s *dpop.Signer, _ *dpop.ProofOptions) { s.Key = opaque{Signer: ed(), err: failure} }, failure},
		{"signer returns nonsense", func(s *dpop.Signer, _ *dpop.ProofOptions) { s.Key = opaque{Signer: p256(), out: []byte("x")} }, dpop.ErrSigning},
		{"signer returns too little", func(s *dpop.Signer, _ *dpop.ProofOptions) { s.Key = opaque{Signer: ed(), out: []byte("x")} }, dpop.ErrSigning},
		{"no method", func(_ *dpop.Signer, o *dpop.ProofOptions) { o.Method = "" }, dpop.ErrMethod},
		{"no URL", func(_ *dpop.Signer, o *dpop.ProofOptions) { o.URL = "" }, dpop.ErrURL},
		{"relative URL", func(_ *dpop.Signer, o *dpop.ProofOptions) { o.URL = strings.TrimPrefix(tokenURL, "https:") }, dpop.ErrURL},
	} {
		t.Run("DPOP-07 "+tt.name, func(t *testing.T) {
			t.Parallel()
			signer, options := dpop.Signer{Key: p256()}, good
			tt.change(&signer, &options)
			got, err := signer.Proof(options)
			require.ErrorIs(t, err, tt.want)
			assert.Equal(t, tt.want == nil, got != "")
		})
	}
}

// opaque is a key that only signs, like that of an HSM.
type opaque struct {
	crypto.Signer
	out []byte
	err error
}

func (o opaque) Sign(rand io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	if o.out != nil || o.err != nil {
		return o.out, o.err
	}
	return o.Signer.Sign(rand, digest, opts)
}
