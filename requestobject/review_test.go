package requestobject_test

import (
	"context"
	"testing"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/requestobject"
)

// review asks for everything that is wrong, and sees that nothing is spent.
func (r *request) review(t *testing.T) []error {
	t.Helper()
	c := r.client
	if c.Keys == nil && r.keys != nil {
		c.Keys = requestobject.StaticKeys(&jose.JSONWebKeySet{Keys: r.keys})
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
	r.client.EncryptionAlgorithm = jose.RSA_OAEP
	r.claims["iss"], r.claims["sub"], r.claims["aud"], r.claims["iat"] = "another", client, issuer+"/par", at(300)
	delete(r.claims, "exp")
	delete(r.claims, "nbf")
	faults := r.review(t)
	want := []error{
		requestobject.ErrEncryptionRequired, requestobject.ErrAlgorithm, requestobject.ErrType, requestobject.ErrIssuer, requestobject.ErrSubject,
		requestobject.ErrAudience, requestobject.ErrExpiryMissing, requestobject.ErrNotBeforeMissing, requestobject.ErrIssuedAhead,
	}
	require.Len(t, faults, len(want))
	for i := range want {
		assert.ErrorIs(t, faults[i], want[i])
	}
}
