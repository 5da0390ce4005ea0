package jwe

import (
	"crypto"
	"crypto/aes"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	_ "crypto/sha1" //nolint:gosec // RSA-OAEP is defined with SHA-1, whose weakness doesn't matter there
	"encoding/binary"

	jose "github.com/go-jose/go-jose/v4"
	josecipher "github.com/go-jose/go-jose/v4/cipher"
	"github.com/go-jose/go-jose/v4/json"

	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
)

// An oaep is an RSA key that go-jose can't see.
type oaep struct{ crypto.Decrypter }

// DecryptKey is called by go-jose: RFC 7518 4.3.
func (o oaep) DecryptKey(encryptedKey []byte, header jose.Header) ([]byte, error) {
	hash := crypto.SHA256
	if jose.KeyAlgorithm(header.Algorithm) == jose.RSA_OAEP {
		hash = crypto.SHA1
	}
	return o.Decrypt(rand.Reader, encryptedKey, &rsa.OAEPOptions{Hash: hash})
}

// An agreement is an elliptic curve key that go-jose can't see.
type agreement struct {
	Agreement
	public *ecdsa.PublicKey
}

// DecryptKey is called by go-jose: RFC 7518 4.6.
func (a agreement) DecryptKey(encryptedKey []byte, header jose.Header) ([]byte, error) {
	point, err := a.ephemeral(header)
	if err != nil {
		return nil, err
	}
	secret, err := a.ECDH(point)
	if err != nil || len(secret) != (a.public.Params().BitSize+7)/8 {
		return nil, ErrDecryption
	}
	alg := jose.KeyAlgorithm(header.Algorithm)
	size := wrapping(alg)
	if size == 0 {
		enc, _ := header.ExtraHeaders["enc"].(string)
		size, _ = sizes(jose.ContentEncryption(enc))
		return derive(secret, enc, header, size)
	}
	key, err := derive(secret, string(alg), header, size)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return josecipher.KeyUnwrap(block, encryptedKey)
}

// ephemeral reads the sender's key, which must be public and on our curve.
func (a agreement) ephemeral(header jose.Header) (*ecdh.PublicKey, error) {
	data, err := json.Marshal(header.ExtraHeaders["epk"])
	if err != nil {
		return nil, err
	}
	var epk jose.JSONWebKey
	if err := epk.UnmarshalJSON(data); err != nil {
		return nil, err
	}
	key, ok := epk.Key.(*ecdsa.PublicKey)
	if !ok || key.Curve != a.public.Curve {
		return nil, ErrDecryption
	}
	return key.ECDH()
}

// derive is the Concat KDF as RFC 7518 4.6.2 wants it.
func derive(secret []byte, id string, header jose.Header, size int) ([]byte, error) {
	info := [][]byte{[]byte(id), nil, nil}
	for i, name := range []jose.HeaderKey{"apu", "apv"} {
		member, ok := header.ExtraHeaders[name]
		if !ok {
			continue
		}
		text, ok := member.(string)
		if !ok {
			return nil, ErrDecryption
		}
		if info[i+1], ok = jwk.Decode(text); !ok {
			return nil, ErrDecryption
		}
	}
	for i, part := range info {
		info[i] = append(binary.BigEndian.AppendUint32(nil, uint32(len(part))), part...)
	}
	bits := binary.BigEndian.AppendUint32(nil, uint32(8*size))
	key := make([]byte, size)
	_, err := josecipher.NewConcatKDF(crypto.SHA256, secret, info[0], info[1], info[2], bits, nil).Read(key)
	return key, err
}
