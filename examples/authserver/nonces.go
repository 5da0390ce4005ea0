package main

import (
	"crypto/rand"
	"encoding/base64"
	"strings"

	"github.com/fosite-fapi/fosite-fapi/fapi"
)

// noncePolicies are the values of dpop_nonce.
var noncePolicies = map[string]fapi.NoncePolicy{"off": fapi.NonceOff, "on": fapi.NonceOn, "required": fapi.NonceRequired}

const nonceSecretSize = 32

// checkNonces reads the secret of the DPoP nonces, or makes one.
func (s *setup) checkNonces(found *findings) {
	oneOf("dpop_nonce", s.DPoPNonce, found, "off", "on", "required")
	if s.DPoPNonceSecret == "" {
		s.nonceSecret = make([]byte, nonceSecretSize)
		_, _ = rand.Read(s.nonceSecret) // never fails
		return
	}
	if s.DPoPNonce == "off" {
		found.add("dpop_nonce_secret", `is of no use while dpop_nonce is "off"`)
	}
	var err error
	s.nonceSecret, err = base64.RawURLEncoding.DecodeString(strings.TrimRight(s.DPoPNonceSecret, "="))
	if err != nil || len(s.nonceSecret) < nonceSecretSize {
		found.add("dpop_nonce_secret", "must be base64url of %d bytes or more", nonceSecretSize)
	}
}
