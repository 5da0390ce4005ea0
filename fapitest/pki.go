package fapitest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"net/netip"
	"sync"
)

// A PKI is a certification authority in memory. Each one has a key of its own, so what one PKI issues is refused
// by whoever trusts only another.
//
// Its certificates are valid from 1999 to 2099, which covers the clock of testing/synctest (it starts in 2000) as
// well as the real one. A PKI reads no clock, never changes and may be used concurrently.
type PKI struct {
	root   *x509.Certificate
	issuer *x509.Certificate
	key    crypto.Signer
	chain  [][]byte // the intermediates, the issuer first
}

// NewPKI returns a PKI with a new root, a P-256 key. It fails only when the system's randomness does.
func NewPKI() (*PKI, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("fapitest: generate the root's key: %w", err)
	}
	template := authority("fapitest root")
	template.Key = key
	cert, err := issue(template, &template.Certificate, key)
	if err != nil {
		return nil, err
	}
	return &PKI{root: cert, issuer: cert, key: key}, nil
}

// Intermediate returns a PKI that issues under a new intermediate authority of p. Its certificates come with the
// intermediates as their chain; its Pool is that of p, the root alone.
func (p *PKI) Intermediate() (*PKI, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("fapitest: generate the intermediate's key: %w", err)
	}
	template := authority("fapitest intermediate")
	template.Key = key
	cert, err := issue(template, p.issuer, p.key)
	if err != nil {
		return nil, err
	}
	chain := append([][]byte{cert.Raw}, p.chain...)
	return &PKI{root: p.root, issuer: cert, key: key, chain: chain}, nil
}

// Pool returns a new pool that holds the root alone: the RootCAs of a TLS client, the ClientCAs of a TLS server, the
// trust anchors of a verifier.
func (p *PKI) Pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(p.root)
	return pool
}

// Root returns the root certificate. It must not be changed.
func (p *PKI) Root() *x509.Certificate { return p.root }

// RootPEM returns the root certificate in PEM, as in a ca.pem file.
func (p *PKI) RootPEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: p.root.Raw})
}

// ServerCertificate returns a certificate for a TLS server. A host that is an IP address becomes an IP SAN, every
// other one a DNS SAN. No hosts means localhost, 127.0.0.1 and ::1.
//
// Its key is RSA 2048, since FAPI clients may offer RSA cipher suites only. All server certificates of a process share
// that key, which takes long to generate.
func (p *PKI) ServerCertificate(hosts ...string) (tls.Certificate, error) {
	key, err := serverKey()
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("fapitest: generate the server's key: %w", err)
	}
	if len(hosts) == 0 {
		hosts = []string{"localhost", "127.0.0.1", "::1"}
	}
	template := leaf(pkix.Name{CommonName: hosts[0]}, x509.ExtKeyUsageServerAuth)
	template.Key = key
	for _, host := range hosts {
		if ip, err := netip.ParseAddr(host); err == nil {
			template.IPAddresses = append(template.IPAddresses, ip.AsSlice())
		} else {
			template.DNSNames = append(template.DNSNames, host)
		}
	}
	return p.sign(template)
}

// ClientCertificate returns a certificate for a TLS client, with a new P-256 key and clientAuth as its only extended
// key usage. Options change it from there.
func (p *PKI) ClientCertificate(subject pkix.Name, options ...CertificateOption) (tls.Certificate, error) {
	template, err := client(subject, options)
	if err != nil {
		return tls.Certificate{}, err
	}
	return p.sign(template)
}

// SelfSigned returns a client certificate that its own key has signed, for self_signed_tls_client_auth (RFC 8705
// section 2.2). It takes the same options as [PKI.ClientCertificate].
func SelfSigned(subject pkix.Name, options ...CertificateOption) (tls.Certificate, error) {
	template, err := client(subject, options)
	if err != nil {
		return tls.Certificate{}, err
	}
	cert, err := issue(template, &template.Certificate, template.Key)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.Certificate{Certificate: [][]byte{cert.Raw}, PrivateKey: template.Key, Leaf: cert}, nil
}

func (p *PKI) sign(template *Template) (tls.Certificate, error) {
	cert, err := issue(template, p.issuer, p.key)
	if err != nil {
		return tls.Certificate{}, err
	}
	chain := append([][]byte{cert.Raw}, p.chain...)
	return tls.Certificate{Certificate: chain, PrivateKey: template.Key, Leaf: cert}, nil
}

var serverKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })
