package clientassertion_test

import (
	"context"
	"testing"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/clientassertion"
)

// review asks for everything that is wrong, and sees that nothing is spent.
func (r *request) review(t *testing.T) []error {
	t.Helper()
	c := r.client
	if c.Keys == nil && r.keys != nil {
		c.Keys = clientassertion.StaticKeys(&jose.JSONWebKeySet{Keys: r.keys})
	}
	before := len(r.used.Entries)
	_, faults := r.verifier.Review(context.Background(), r.raw(), c)
	require.Len(t, r.used.Entries, before)
	return faults
}

func TestReviewFindsEverything(t *testing.T) {
	t.Parallel()
	r := base()
	r.by("RS256", rsa2048())
	r.header["typ"] = "at+jwt"
	r.claims["aud"], r.claims["exp"], r.claims["iat"] = issuer+"/token", at(86400), at(300)
	delete(r.claims, "jti")
	r.keys[0].Key = rsa1024().Public()
	faults := r.review(t)
	want := []error{
		clientassertion.ErrAlgorithm, clientassertion.ErrType, clientassertion.ErrAudience, clientassertion.ErrLifetime, clientassertion.ErrNotYet,
		clientassertion.ErrIDMissing, clientassertion.ErrWeak,
	}
	require.Len(t, faults, len(want))
	for i := range want {
		assert.ErrorIs(t, faults[i], want[i])
	}
}

func TestReviewOfAnAlgorithmThatNobodyVerifies(t *testing.T) {
	t.Parallel()
	for alg, want := range map[string]error{"HS256": clientassertion.ErrAlgorithm, "none": clientassertion.ErrAlgorithm, "ES256K": clientassertion.ErrAlgorithm} {
		r := base()
		r.header["alg"] = alg
		faults := r.review(t)
		require.Len(t, faults, 1, alg)
		assert.ErrorIs(t, faults[0], want)
	}
}

func TestReviewOfAUsedAssertion(t *testing.T) {
	t.Parallel()
	r := base()
	_, err := r.verify()
	require.NoError(t, err)
	assert.Empty(t, r.review(t))
}
