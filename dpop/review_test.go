package dpop_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/dpop"
)

// review asks for everything that is wrong, and sees that nothing is spent.
func (c *call) review(t *testing.T) []error {
	t.Helper()
	before := len(c.used.Entries)
	_, faults := c.verifier.Review(c.proof(), c.request)
	require.Len(t, c.used.Entries, before)
	return faults
}

func TestReviewFindsEverything(t *testing.T) {
	t.Parallel()
	c := base()
	c.atResource()
	c.by("RS256", rsa2048())
	c.header["typ"] = "JWT"
	c.claims["htm"], c.claims["htu"], c.claims["iat"], c.claims["ath"] = "GET", tokenURL+"2", at(-3600), "x"
	delete(c.claims, "jti")
	faults := c.review(t)
	want := []error{
		dpop.ErrType, dpop.ErrAlgorithm, dpop.ErrIDMissing, dpop.ErrMethod, dpop.ErrURL, dpop.ErrExpired, dpop.ErrAccessTokenHash, dpop.ErrThumbprint,
	}
	require.Len(t, faults, len(want))
	for i := range want {
		assert.ErrorIs(t, faults[i], want[i])
	}
	_, err := c.verify()
	require.ErrorIs(t, err, dpop.ErrType, "what a review read is not trusted later")
}

func TestReviewOfAUsedProof(t *testing.T) {
	t.Parallel()
	c := base()
	_, err := c.verify()
	require.NoError(t, err)
	assert.Empty(t, c.review(t))
}
