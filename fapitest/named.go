package fapitest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509/pkix"
	"sync"

	"github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/internal/must"
)

// Key returns the private key of that name: made when it is asked for first, the same for the rest of the process.
// The keys of a [Server]'s clients are named by their IDs, so that a row can sign with another client's key before
// there is any server. RSA keys, of 2048 bits, serve PS and RS algorithms alike. It returns nil for an algorithm
// that signs with no private key.
func Key(name string, alg jose.SignatureAlgorithm) crypto.Signer {
	kind := keyKinds[alg]
	if kind == nil {
		return nil
	}
	key, _ := named.LoadOrStore(namedKey{name, kind.name}, sync.OnceValue(kind.generate))
	return key.(func() crypto.Signer)()
}

// Certificate returns the client certificate of that name, issued by [Authority] to CN=name,O=Example,C=DE: made when
// it is asked for first, the same for the rest of the process. Those of a [Server]'s clients are named by their IDs.
func Certificate(name string) *tls.Certificate {
	cert, _ := named.LoadOrStore(namedKey{name, "certificate"}, sync.OnceValue(func() *tls.Certificate {
		return pointer(Authority().ClientCertificate(subject(name)))
	}))
	return cert.(func() *tls.Certificate)()
}

// SelfSignedCertificate is [Certificate] signed by its own key.
func SelfSignedCertificate(name string) *tls.Certificate {
	cert, _ := named.LoadOrStore(namedKey{name, "self-signed certificate"}, sync.OnceValue(func() *tls.Certificate {
		return pointer(SelfSigned(subject(name)))
	}))
	return cert.(func() *tls.Certificate)()
}

// Authority is the certification authority that a [Server] trusts: one for the process.
func Authority() *PKI { return authorityOnce() }

var authorityOnce = sync.OnceValue(func() *PKI { return must.Get(NewPKI()) })

func subject(name string) pkix.Name {
	return pkix.Name{CommonName: name, Organization: []string{"Example"}, Country: []string{"DE"}}
}

type namedKey struct{ name, kind string }

var named sync.Map // of functions that make it once

type keyKind struct {
	name     string
	generate func() crypto.Signer
}

var keyKinds = func() map[jose.SignatureAlgorithm]*keyKind {
	rsaKey := &keyKind{"RSA", func() crypto.Signer { return must.Get(rsa.GenerateKey(rand.Reader, 2048)) }}
	ec := func(name string, curve elliptic.Curve) *keyKind {
		return &keyKind{name, func() crypto.Signer { return must.Get(ecdsa.GenerateKey(curve, rand.Reader)) }}
	}
	return map[jose.SignatureAlgorithm]*keyKind{
		jose.PS256: rsaKey, jose.PS384: rsaKey, jose.PS512: rsaKey, jose.RS256: rsaKey, jose.RS384: rsaKey, jose.RS512: rsaKey,
		jose.ES256: ec("P-256", elliptic.P256()), jose.ES384: ec("P-384", elliptic.P384()), jose.ES512: ec("P-521", elliptic.P521()),
		jose.EdDSA: {"Ed25519", func() crypto.Signer {
			_, key, err := ed25519.GenerateKey(rand.Reader)
			return must.Get(key, err)
		}},
	}
}()

func pointer(cert tls.Certificate, err error) *tls.Certificate {
	cert = must.Get(cert, err)
	return &cert
}
