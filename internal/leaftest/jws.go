package leaftest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"

	"github.com/fosite-fapi/fosite-fapi/internal/must"
)

// pss are the options of PS256 (RFC 7518 3.5).
var pss = &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: crypto.SHA256}

// Base64 is s in base64url without padding (RFC 7515 2).
func Base64(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

// Sign returns the compact JWS of payload under a header that may claim anything. What signs is the key: by ECDSA with
// SHA-256, by EdDSA, or by PS256, unless the alg of the header is RS256.
func Sign(header map[string]any, payload string, key crypto.Signer) string {
	input := Base64(string(must.Get(json.Marshal(header)))) + "." + Base64(payload)
	digest := sha256.Sum256([]byte(input))
	var signature []byte
	switch key := key.(type) {
	case *ecdsa.PrivateKey:
		r, s, err := ecdsa.Sign(rand.Reader, key, digest[:])
		size := (key.Params().BitSize + 7) / 8
		signature = append(must.Get(r, err).FillBytes(make([]byte, size)), s.FillBytes(make([]byte, size))...)
	case *rsa.PrivateKey:
		if fmt.Sprint(header["alg"]) == "RS256" {
			signature = must.Get(rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, digest[:]))
		} else {
			signature = must.Get(rsa.SignPSS(rand.Reader, key, crypto.SHA256, digest[:], pss))
		}
	case ed25519.PrivateKey:
		signature = ed25519.Sign(key, []byte(input))
	}
	return input + "." + Base64(string(signature))
}
