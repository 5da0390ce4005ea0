package jwe_test

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"io"
	"sync"

	jose "github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/internal/jwe"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func ecKey(curve elliptic.Curve) func() *ecdsa.PrivateKey {
	return sync.OnceValue(func() *ecdsa.PrivateKey { return must(ecdsa.GenerateKey(curve, rand.Reader)) })
}

func rsaKey(bits int) func() *rsa.PrivateKey {
	return sync.OnceValue(func() *rsa.PrivateKey { return must(rsa.GenerateKey(rand.Reader, bits)) })
}

var (
	p256    = ecKey(elliptic.P256())
	p256b   = ecKey(elliptic.P256())
	p384    = ecKey(elliptic.P384())
	p521    = ecKey(elliptic.P521())
	p224    = ecKey(elliptic.P224())
	rsa2048 = rsaKey(2048)
	rsaB    = rsaKey(2048)
	rsa1024 = rsaKey(1024)
)

//go:embed testdata/vectors.json
var vectorsJSON []byte

type vector struct {
	Name      string
	Alg       jose.KeyAlgorithm
	Enc       jose.ContentEncryption
	Key       jose.JSONWebKey
	Signer    jose.JSONWebKey
	JWE       string
	Plaintext string
	Refused   bool
}

func vectors() []vector {
	var out []vector
	must(0, json.Unmarshal(vectorsJSON, &out))
	return out
}

// A vault shows no private key: an HSM holding RSA.
type vault struct{ key *rsa.PrivateKey }

func (v vault) Public() crypto.PublicKey { return v.key.Public() }

func (v vault) Decrypt(random io.Reader, msg []byte, opts crypto.DecrypterOpts) ([]byte, error) {
	return v.key.Decrypt(random, msg, opts)
}

// A card shows no private key: an HSM holding an elliptic curve key.
type card struct{ key *ecdsa.PrivateKey }

func (c card) Public() crypto.PublicKey { return c.key.Public() }

func (c card) ECDH(remote *ecdh.PublicKey) ([]byte, error) { return must(c.key.ECDH()).ECDH(remote) }

// remote hides a private key, each type in its way.
func remote(private any) any {
	switch key := private.(type) {
	case *rsa.PrivateKey:
		return vault{key}
	case *ecdsa.PrivateKey:
		return card{key}
	}
	return nil
}

func publicOf(private any) any { return private.(interface{ Public() crypto.PublicKey }).Public() }

func setOf(keys ...jose.JSONWebKey) *jose.JSONWebKeySet { return &jose.JSONWebKeySet{Keys: keys} }

func b64(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

// seal encrypts by go-jose alone, with whatever header members.
func seal(alg jose.KeyAlgorithm, enc jose.ContentEncryption, key any, options *jose.EncrypterOptions) string {
	encrypter := must(jose.NewEncrypter(enc, jose.Recipient{Algorithm: alg, Key: key}, options))
	return must(must(encrypter.Encrypt([]byte(payload))).CompactSerialize())
}

func open(compact string, keys ...jwe.Key) ([]byte, error) {
	return jwe.Decrypt(compact, keys, nil, nil, 0)
}

const payload = "header.payload.signature"
