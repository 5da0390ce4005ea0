package mtls

import (
	"bytes"
	"crypto"
	"crypto/x509"

	"github.com/go-jose/go-jose/v4"
)

// VerifySelfSigned authenticates a self_signed_tls_client_auth client (RFC 8705 2.2): the
// certificate must be one that the client registered. A key of the set that has an x5c names one
// certificate, the first in it, and admits only that; a key without x5c admits every certificate
// for that key. Keys for encryption (use "enc") admit none. The chain, the validity and the subject
// of the certificate are not looked at: RFC 8705 2.2 trusts registration alone. Errors:
// ErrNoCertificate for a nil leaf, ErrNotRegistered.
func VerifySelfSigned(leaf *x509.Certificate, set *jose.JSONWebKeySet) error {
	if leaf == nil {
		return ErrNoCertificate
	}
	if set == nil {
		return ErrNotRegistered
	}
	for i := range set.Keys {
		if registers(&set.Keys[i], leaf) {
			return nil
		}
	}
	return ErrNotRegistered
}

func registers(key *jose.JSONWebKey, leaf *x509.Certificate) bool {
	if key.Use != "" && key.Use != "sig" {
		return false
	}
	if len(key.Certificates) == 0 {
		return equal(key.Key, leaf)
	}
	// RFC 8705 2.2.2: key and x5c must agree, so a key that is there must be the certificate's
	// too.
	return bytes.Equal(key.Certificates[0].Raw, leaf.Raw) && (key.Key == nil || equal(key.Key, leaf))
}

// equal reports whether the certificate is for the key, of which a set should hold the public half
// only.
func equal(key any, leaf *x509.Certificate) bool {
	if private, ok := key.(crypto.Signer); ok {
		key = private.Public()
	}
	public, ok := key.(interface{ Equal(crypto.PublicKey) bool })
	return ok && public.Equal(leaf.PublicKey)
}
