package jwe_test

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	_ "embed"
	"encoding/json"

	jose "github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/internal/jwe"
	"github.com/fosite-fapi/fosite-fapi/internal/leaftest"
	"github.com/fosite-fapi/fosite-fapi/internal/must"
)

var (
	p256    = leaftest.P256()
	p256b   = leaftest.P256()
	p384    = leaftest.EC(elliptic.P384())
	p521    = leaftest.EC(elliptic.P521())
	p224    = leaftest.EC(elliptic.P224())
	rsa2048 = leaftest.RSA(2048)
	rsaB    = leaftest.RSA(2048)
	rsa1024 = leaftest.RSA(1024)
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
	must.Do(json.Unmarshal(vectorsJSON, &out))
	return out
}

// A vault shows no private key: an HSM holding RSA.
type vault struct{ crypto.Decrypter }

// A card shows no private key: an HSM holding an elliptic curve key.
type card struct{ key *ecdsa.PrivateKey }

func (c card) Public() crypto.PublicKey { return c.key.Public() }

func (c card) ECDH(remote *ecdh.PublicKey) ([]byte, error) {
	return must.Get(c.key.ECDH()).ECDH(remote)
}

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

// seal encrypts by go-jose alone, with whatever header members.
func seal(alg jose.KeyAlgorithm, enc jose.ContentEncryption, key any, options *jose.EncrypterOptions) string {
	encrypter := must.Get(jose.NewEncrypter(enc, jose.Recipient{Algorithm: alg, Key: key}, options))
	return must.Get(must.Get(encrypter.Encrypt([]byte(payload))).CompactSerialize())
}

func open(compact string, keys ...jwe.Key) ([]byte, error) {
	return jwe.Decrypt(compact, keys, nil, nil, 0)
}

const payload = "header.payload.signature"
