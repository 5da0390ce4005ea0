package dpop_test

import (
	"context"
	_ "embed"
	"encoding/json"
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/dpop"
	"github.com/fosite-fapi/fosite-fapi/replay"
)

//go:embed testdata/vectors.json
var vectorsJSON []byte

var vectors = func() (v struct {
	Thumbprints []struct {
		Name, Source, Thumbprint string
		Key                      jose.JSONWebKey
	}
	AccessToken struct{ Name, Source, Token, ATH string } `json:"access_token"`
	Proofs      []struct {
		Name, Source, Method, URL, JTI, JKT, Proof string
		Now                                        int64
		AccessToken                                string `json:"access_token"`
	}
	NotProofs     []struct{ Name, Source, JWT string } `json:"not_proofs"`
	ForeignNonces []string                             `json:"foreign_nonces"`
}) {
	if err := json.Unmarshal(vectorsJSON, &v); err != nil {
		panic(err)
	}
	return v
}()

func TestThumbprintVectors(t *testing.T) {
	t.Parallel()
	require.Len(t, vectors.Thumbprints, 2)
	for _, v := range vectors.Thumbprints {
		t.Run("DPOP-30 "+v.Name, func(t *testing.T) {
			t.Parallel()
			got, err := dpop.Thumbprint(&v.Key)
			require.NoError(t, err)
			assert.Equal(t, v.Thumbprint, got)
			assert.True(t, dpop.ValidThumbprint(got))
			assert.NotEmpty(t, v.Source)
		})
	}
}

func TestAccessTokenHashVector(t *testing.T) {
	t.Parallel()
	t.Run("DPOP-13 "+vectors.AccessToken.Name, func(t *testing.T) {
		t.Parallel()
		assert.Equal(t, vectors.AccessToken.ATH, dpop.AccessTokenHash(vectors.AccessToken.Token))
	})
}

// One Verifier with one memory sees all proofs: the second has the jti of the first, three quarters of an hour later.
func TestProofVectors(t *testing.T) {
	t.Parallel()
	require.Len(t, vectors.Proofs, 3)
	var clock time.Time
	memory := replay.NewMemory(0)
	memory.Now = func() time.Time { return clock }
	verifier := dpop.Verifier{Replay: memory, Now: memory.Now}
	require.NoError(t, verifier.Validate())

	for _, v := range vectors.Proofs {
		clock = time.Unix(v.Now, 0)
		request := dpop.Request{Method: v.Method, URLs: []string{v.URL}, AccessToken: v.AccessToken, Thumbprint: v.JKT}
		verify := func(change func(*dpop.Request)) error {
			changed := request
			change(&changed)
			got, err := verifier.Verify(context.Background(), v.Proof, changed)
			if err == nil {
				require.Equal(t, &dpop.Proof{Thumbprint: v.JKT, ID: v.JTI, IssuedAt: clock, Algorithm: jose.ES256}, got, v.Name)
			}
			return err
		}
		require.ErrorIs(t, verify(func(r *dpop.Request) { r.Method = "PUT" }), dpop.ErrMethod, v.Name)
		require.ErrorIs(t, verify(func(r *dpop.Request) { r.URLs = []string{v.URL + "/"} }), dpop.ErrURL, v.Name)
		require.ErrorIs(t, verify(func(r *dpop.Request) { r.AccessToken += "x" }), dpop.ErrAccessTokenHash, v.Name)
		require.ErrorIs(t, verify(func(r *dpop.Request) { r.Thumbprint = vectors.Thumbprints[0].Thumbprint }), dpop.ErrThumbprint, v.Name)
		require.NoError(t, verify(func(*dpop.Request) {}), v.Name)
		require.ErrorIs(t, verify(func(*dpop.Request) {}), dpop.ErrReplayed, v.Name)
	}
}

func TestNotProofVectors(t *testing.T) {
	t.Parallel()
	require.NotEmpty(t, vectors.NotProofs)
	for _, v := range vectors.NotProofs {
		_, err := base().verifier.Verify(context.Background(), v.JWT, base().request)
		assert.ErrorIs(t, err, dpop.ErrType, "DPOP-71 "+v.Name)
	}
}
