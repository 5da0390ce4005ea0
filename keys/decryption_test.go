package keys_test

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"io"
	"testing"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/internal/must"
	"github.com/fosite-fapi/fosite-fapi/keys"
)

// hsm decrypts with a key that can't be seen.
type hsm struct {
	public crypto.PublicKey
	key    crypto.Decrypter
}

func (h hsm) Public() crypto.PublicKey { return h.public }

func (h hsm) Decrypt(r io.Reader, message []byte, opts crypto.DecrypterOpts) ([]byte, error) {
	return h.key.Decrypt(r, message, opts)
}

func rsaHSM() hsm { return hsm{rsa2048().Public(), rsa2048()} }

// ecHSM agrees on secrets by a key that can't be seen.
type ecHSM struct{ key *ecdsa.PrivateKey }

func (h ecHSM) Public() crypto.PublicKey { return h.key.Public() }

func (h ecHSM) ECDH(remote *ecdh.PublicKey) ([]byte, error) {
	return must.Get(h.key.ECDH()).ECDH(remote)
}

type agreesNothing struct{ ecHSM }

func (agreesNothing) Public() crypto.PublicKey { return (*ecdh.PublicKey)(nil) }

func TestDecryption(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		private crypto.PrivateKey
		public  crypto.PublicKey
		alg     jose.KeyAlgorithm // "": the default
		want    jose.KeyAlgorithm
	}{
		{"RSA", rsa2048(), rsa2048().Public(), "", jose.RSA_OAEP_256},
		{"RSA", rsa2048(), rsa2048().Public(), jose.RSA_OAEP, jose.RSA_OAEP},
		{"HSM", rsaHSM(), rsa2048().Public(), "", jose.RSA_OAEP_256},
		{"HSM", rsaHSM(), rsa2048().Public(), jose.RSA_OAEP, jose.RSA_OAEP},
		{"HSM P-256", ecHSM{p256()}, p256().Public(), "", jose.ECDH_ES},
		{"HSM P-384", ecHSM{p384()}, p384().Public(), jose.ECDH_ES_A256KW, jose.ECDH_ES_A256KW},
		{"crypto/ecdh P-256", must.Get(p256().ECDH()), p256().Public(), "", jose.ECDH_ES},
		{"crypto/ecdh P-521", must.Get(p521().ECDH()), p521().Public(), "", jose.ECDH_ES},
		{"P-256", p256(), p256().Public(), "", jose.ECDH_ES},
		{"P-256", p256(), p256().Public(), jose.ECDH_ES_A128KW, jose.ECDH_ES_A128KW},
		{"P-384", p384(), p384().Public(), jose.ECDH_ES_A192KW, jose.ECDH_ES_A192KW},
		{"P-521", p521(), p521().Public(), jose.ECDH_ES_A256KW, jose.ECDH_ES_A256KW},
	} {
		t.Run(tt.name+" "+string(tt.want), func(t *testing.T) {
			t.Parallel()
			set, err := keys.NewDecryption(keys.DecryptionKey{Private: tt.private, Algorithm: tt.alg})
			require.NoError(t, err)
			assert.Equal(t, []jose.KeyAlgorithm{tt.want}, set.Algorithms())

			published := set.Public().Keys
			require.Len(t, published, 1)
			assert.True(t, published[0].IsPublic())
			assert.Equal(t, "enc", published[0].Use)
			assert.Equal(t, string(tt.want), published[0].Algorithm)
			assert.Equal(t, thumbprintOf(t, published[0]), published[0].KeyID)

			assert.Equal(t, []keys.DecryptionKey{{Private: tt.private, ID: published[0].KeyID, Algorithm: tt.want}}, set.Keys())
			assert.Equal(t, tt.public, published[0].Key)
		})
	}
}

func thumbprintOf(t *testing.T, key jose.JSONWebKey) string {
	t.Helper()
	set, err := keys.New(keys.Retired(key.Key, "", ""))
	require.NoError(t, err)
	return set.Public().Keys[0].KeyID
}

func TestNewDecryption(t *testing.T) {
	t.Parallel()
	incomplete := *rsa2048()
	incomplete.D = nil
	mismatch := *p256()
	mismatch.PublicKey = p256b().PublicKey

	for _, tt := range []struct {
		name string
		keys []keys.DecryptionKey
		want []error
	}{
		{"none", nil, []error{keys.ErrNone}},
		{"nil", []keys.DecryptionKey{{}}, []error{keys.ErrDecrypter}},
		{"typed nil", []keys.DecryptionKey{{Private: (*rsa.PrivateKey)(nil)}, {Private: (*ecdsa.PrivateKey)(nil)}, {Private: (*hsm)(nil)}}, []error{keys.ErrDecrypter}},
		{"public", []keys.DecryptionKey{{Private: p256().Public()}}, []error{keys.ErrDecrypter}},
		{"X25519", []keys.DecryptionKey{{Private: must.Get(ecdh.X25519().GenerateKey(rand.Reader))}}, []error{keys.ErrDecrypter}},
		{"F2-CR-05 P-224 in an HSM", []keys.DecryptionKey{{Private: ecHSM{p224()}}}, []error{keys.ErrDecrypter}},
		{"Ed25519 signs only", []keys.DecryptionKey{{Private: ed()}}, []error{keys.ErrDecrypter}},
		{"secret", []keys.DecryptionKey{{Private: make([]byte, 32)}}, []error{keys.ErrDecrypter}},
		{"incomplete RSA", []keys.DecryptionKey{{Private: &incomplete}}, []error{keys.ErrDecrypter}},
		{"halves of two keys", []keys.DecryptionKey{{Private: &mismatch}}, []error{keys.ErrDecrypter}},
		{"HSM with another type of key", []keys.DecryptionKey{{Private: hsm{p256().Public(), rsa2048()}}}, []error{keys.ErrDecrypter}},
		{"HSM without a public key", []keys.DecryptionKey{{Private: hsm{(*rsa.PublicKey)(nil), rsa2048()}}}, []error{keys.ErrDecrypter}},
		{"HSM without a point", []keys.DecryptionKey{{Private: agreesNothing{}}}, []error{keys.ErrDecrypter}},
		{"F2-CR-04 RSA 1024", []keys.DecryptionKey{{Private: rsa1024()}}, []error{keys.ErrWeak}},
		{"F2-CR-04 RSA 1024 in an HSM", []keys.DecryptionKey{{Private: hsm{rsa1024().Public(), rsa1024()}}}, []error{keys.ErrWeak}},
		{"F2-CR-05 P-224", []keys.DecryptionKey{{Private: p224()}}, []error{keys.ErrDecrypter}},
		{"F1A-ALG-04 RSA1_5", []keys.DecryptionKey{{Private: rsa2048(), Algorithm: jose.RSA1_5}}, []error{keys.ErrAlgorithm}},
		{"symmetric", []keys.DecryptionKey{{Private: rsa2048(), Algorithm: jose.DIRECT}, {Private: p256(), Algorithm: jose.A256KW}}, []error{keys.ErrAlgorithm}},
		{"algorithm of another type", []keys.DecryptionKey{{Private: p256(), Algorithm: jose.RSA_OAEP}, {Private: rsa2048(), Algorithm: jose.ECDH_ES}}, []error{keys.ErrAlgorithm}},
		{"kid not UTF-8", []keys.DecryptionKey{{Private: p256(), ID: "\xff"}}, []error{keys.ErrID}},
		{"F2-CR-09 kid twice", []keys.DecryptionKey{{Private: p256(), ID: "a"}, {Private: rsa2048(), ID: "a"}}, []error{keys.ErrDuplicate}},
		{"everything that is wrong", []keys.DecryptionKey{{Private: p224()}, {Private: rsa1024()}}, []error{keys.ErrDecrypter, keys.ErrWeak}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			set, err := keys.NewDecryption(tt.keys...)
			for _, want := range tt.want {
				require.ErrorIs(t, err, want)
			}
			assert.Nil(t, set)
		})
	}
}

// A rotation: what was encrypted for the key before can still be read, though nobody is invited to use it.
func TestDecryptionRotation(t *testing.T) {
	t.Parallel()
	after, err := keys.NewDecryption(keys.DecryptionKey{Private: rsa2048(), ID: "next"}, keys.DecryptionKey{Private: p256(), ID: "before", Unpublished: true})
	require.NoError(t, err)
	require.Len(t, after.Public().Keys, 1)
	assert.Equal(t, "next", after.Public().Keys[0].KeyID)
	assert.Equal(t, []jose.KeyAlgorithm{jose.RSA_OAEP_256}, after.Algorithms(), "only what is published is announced")
	require.Len(t, after.Keys(), 2, "what was sent before can still be read")
	assert.Equal(t, "before", after.Keys()[1].ID)
}

func TestParseDecryption(t *testing.T) {
	t.Parallel()
	signing, err := keys.MarshalPrivate(keys.Key{Signer: p256()})
	require.NoError(t, err)
	list := []keys.DecryptionKey{{Private: rsa2048()}, {Private: p256b(), ID: "ec", Algorithm: jose.ECDH_ES_A256KW}}
	want, err := keys.NewDecryption(list...)
	require.NoError(t, err)
	decryption, err := keys.MarshalDecryption(list...)
	require.NoError(t, err)

	t.Run("one document has both", func(t *testing.T) {
		t.Parallel()
		var a, b struct {
			Keys []json.RawMessage `json:"keys"`
		}
		require.NoError(t, json.Unmarshal(signing, &a))
		require.NoError(t, json.Unmarshal(decryption, &b))
		a.Keys = append(a.Keys, b.Keys...)
		both := must.Get(json.Marshal(a))

		got, err := keys.ParseDecryption(both)
		require.NoError(t, err)
		require.Len(t, got.Keys(), len(want.Keys()))
		for i, key := range got.Keys() {
			equal, ok := key.Private.(interface{ Equal(crypto.PrivateKey) bool })
			require.True(t, ok)
			assert.True(t, equal.Equal(want.Keys()[i].Private), "what a key has computed ahead may differ")
			assert.Equal(t, want.Keys()[i].ID, key.ID)
			assert.Equal(t, want.Keys()[i].Algorithm, key.Algorithm)
		}
		set, err := keys.ParseJWKS(both)
		require.NoError(t, err)
		assert.Len(t, set.Public().Keys, 1)
	})

	document := func(list ...jose.JSONWebKey) string {
		return string(must.Get(json.Marshal(jose.JSONWebKeySet{Keys: list})))
	}
	for _, tt := range []struct {
		name, data string
		want       error
	}{
		{"only signing keys", string(signing), keys.ErrNone},
		{"no keys", `{}`, keys.ErrNone},
		{"no JSON", "keys", keys.ErrJWKS},
		{"public", document(jose.JSONWebKey{Key: p256().Public(), Use: "enc"}), keys.ErrJWKS},
		{"secret", document(jose.JSONWebKey{Key: []byte("0123456789abcdef0123456789abcdef"), Use: "enc"}), keys.ErrJWKS},
		{"Ed25519", document(jose.JSONWebKey{Key: ed(), Use: "enc"}), keys.ErrJWKS},
		{"F2-CR-04 RSA 1024", document(jose.JSONWebKey{Key: rsa1024(), Use: "enc"}), keys.ErrWeak},
		{"F1A-ALG-04 RSA1_5", document(jose.JSONWebKey{Key: rsa2048(), Use: "enc", Algorithm: "RSA1_5"}), keys.ErrAlgorithm},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			set, err := keys.ParseDecryption([]byte(tt.data))
			require.ErrorIs(t, err, tt.want)
			assert.Nil(t, set)
		})
	}
}

func TestGenerateDecryption(t *testing.T) {
	t.Parallel()
	for _, alg := range []jose.KeyAlgorithm{jose.RSA_OAEP, jose.ECDH_ES, jose.ECDH_ES_A256KW} {
		key, err := keys.GenerateDecryption(alg)
		require.NoError(t, err)
		set, err := keys.NewDecryption(key)
		require.NoError(t, err)
		assert.Equal(t, []jose.KeyAlgorithm{alg}, set.Algorithms())
	}
	for _, alg := range []jose.KeyAlgorithm{"", jose.RSA1_5, jose.DIRECT, jose.A128KW} {
		key, err := keys.GenerateDecryption(alg)
		require.ErrorIs(t, err, keys.ErrAlgorithm, alg)
		assert.Zero(t, key)
	}
}

func TestMarshalDecryptionRefuses(t *testing.T) {
	t.Parallel()
	for name, private := range map[string]crypto.PrivateKey{"HSM": rsaHSM(), "HSM P-256": ecHSM{p256()}, "crypto/ecdh": must.Get(p256().ECDH())} {
		data, err := keys.MarshalDecryption(keys.DecryptionKey{Private: private})
		require.ErrorIs(t, err, keys.ErrPrivate, name)
		assert.Nil(t, data)
	}
	_, err := keys.MarshalDecryption(keys.DecryptionKey{Private: rsa1024()})
	assert.ErrorIs(t, err, keys.ErrWeak)
}
