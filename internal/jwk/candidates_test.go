package jwk_test

import (
	"fmt"
	"testing"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
)

func TestCandidates(t *testing.T) {
	t.Parallel()

	type keys = []jose.JSONWebKey
	ec, ecB, rsaKey, edKey := p256().Public(), p256b().Public(), rsa2048().Public(), ed().Public()

	for _, tt := range []struct {
		name string
		keys keys
		alg  jose.SignatureAlgorithm
		kid  string
		want []any
	}{
		{"kid selects", keys{{Key: ecB, KeyID: "b"}, {Key: ec, KeyID: "a"}}, jose.ES256, "a", []any{ec}},
		{"kid is exact", keys{{Key: ec, KeyID: "A"}}, jose.ES256, "a", nil},
		{"unknown kid, all have others", keys{{Key: ec, KeyID: "b"}}, jose.ES256, "a", nil},
		{"unknown kid, one has none", keys{{Key: ec, KeyID: "b"}, {Key: ecB}}, jose.ES256, "a", []any{ecB}},
		{"known kid, the others don't count", keys{{Key: ec, KeyID: "a"}, {Key: ecB}}, jose.ES256, "a", []any{ec}},
		{"known kid of a key that doesn't fit", keys{{Key: rsaKey, KeyID: "a"}, {Key: ec}}, jose.ES256, "a", nil},
		{"no kid: all that fit", keys{{Key: ec, KeyID: "a"}, {Key: rsaKey}, {Key: ecB}}, jose.ES256, "", []any{ec, ecB}},

		{"F2-CR-09 same kid, by kty", keys{{Key: rsaKey, KeyID: "a"}, {Key: edKey, KeyID: "a"}, {Key: ec, KeyID: "a"}}, jose.ES256, "a", []any{ec}},
		{"F2-CR-09 same kid, by use", keys{{Key: ecB, KeyID: "a", Use: "enc"}, {Key: ec, KeyID: "a", Use: "sig"}}, jose.ES256, "a", []any{ec}},
		{"F2-CR-09 same kid, by alg", keys{{Key: rsaB().Public(), KeyID: "a", Algorithm: "RS256"}, {Key: rsaKey, KeyID: "a", Algorithm: "PS256"}}, jose.PS256, "a", []any{rsaKey}},
		{"F2-CR-09 same kid, by crv", keys{{Key: p384().Public(), KeyID: "a"}, {Key: ec, KeyID: "a"}}, jose.ES256, "a", []any{ec}},
		{"F2-CR-09 same kid, nothing tells them apart", keys{{Key: ecB, KeyID: "a"}, {Key: ec, KeyID: "a"}}, jose.ES256, "a", []any{ecB, ec}},
		{"F2-CR-09 neither use nor alg nor kid", keys{{Key: ec}}, jose.ES256, "a", []any{ec}},

		{"alg named comes first", keys{{Key: ec}, {Key: ecB, Algorithm: "ES256"}}, jose.ES256, "", []any{ecB, ec}},
		{"use is exact", keys{{Key: ec, Use: "Sig"}}, jose.ES256, "", nil},
		{"EdDSA under its new name", keys{{Key: edKey, Algorithm: "Ed25519"}}, jose.EdDSA, "", []any{edKey}},
		{"the new name is no name of another algorithm", keys{{Key: ec, Algorithm: "Ed25519"}}, jose.ES256, "", nil},
		{"the new name in a header", keys{{Key: edKey, Algorithm: "Ed25519"}}, "Ed25519", "", nil},

		{"F2-CR-04 RSA of 2048 bits", keys{{Key: rsaKey}}, jose.PS256, "", []any{rsaKey}},
		{"F2-CR-04 RSA of 1024 bits", keys{{Key: rsa1024().Public()}}, jose.PS256, "", nil},
		{"F2-CR-03 none", keys{{Key: ec}}, "none", "", nil},
		{"HMAC with the public key's holder", keys{{Key: []byte("0123456789abcdef0123456789abcdef")}}, jose.HS256, "", nil},
		{"secret", keys{{Key: []byte("0123456789abcdef0123456789abcdef")}}, jose.ES256, "", nil},
		{"private key", keys{{Key: p256()}}, jose.ES256, "", nil},
		{"no key", keys{{}}, jose.ES256, "", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got []any
			for _, k := range jwk.Candidates(&jose.JSONWebKeySet{Keys: tt.keys}, tt.alg, tt.kid) {
				got = append(got, k.Key)
			}
			assert.Equal(t, tt.want, got)
		})
	}

	t.Run("nil set", func(t *testing.T) {
		t.Parallel()
		assert.Empty(t, jwk.Candidates(nil, jose.ES256, ""))
	})
	t.Run("bounded", func(t *testing.T) {
		t.Parallel()
		for _, alg := range []string{"", "ES256"} {
			var set jose.JSONWebKeySet
			for i := range 3 * jwk.MaxCandidates {
				set.Keys = append(set.Keys, jose.JSONWebKey{Key: ec, KeyID: fmt.Sprint(i), Algorithm: alg})
			}
			set.Keys = append(set.Keys, jose.JSONWebKey{Key: ecB, Algorithm: "ES256"})
			got := jwk.Candidates(&set, jose.ES256, "")
			require.Len(t, got, jwk.MaxCandidates)
			if alg == "" {
				assert.Equal(t, ecB, got[0].Key, "the key that names alg isn't crowded out")
			}
		}
	})
	t.Run("the set stays as it was", func(t *testing.T) {
		t.Parallel()
		set := jose.JSONWebKeySet{Keys: keys{{Key: ec}, {Key: ecB, Algorithm: "ES256"}}}
		got := jwk.Candidates(&set, jose.ES256, "")
		got[0].Key = nil
		assert.Equal(t, keys{{Key: ec}, {Key: ecB, Algorithm: "ES256"}}, set.Keys)
	})
}
