package fapitest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"net/netip"
	"net/url"
	"time"
)

// A Template is a certificate before it is issued. What the ready options do not offer, an option of the caller's
// own may set here, RawSubject for instance.
type Template struct {
	x509.Certificate
	Key crypto.Signer // the subject's private key
}

// A CertificateOption changes a certificate before it is issued. Options are applied in order.
type CertificateOption func(*Template) error

// WithDNS adds DNS names to the subject alternative names.
func WithDNS(names ...string) CertificateOption {
	return func(t *Template) error {
		t.DNSNames = append(t.DNSNames, names...)
		return nil
	}
}

// WithIP adds IP addresses to the subject alternative names.
func WithIP(addresses ...string) CertificateOption {
	return func(t *Template) error {
		for _, address := range addresses {
			ip, err := netip.ParseAddr(address)
			if err != nil {
				return fmt.Errorf("fapitest: certificate option: %w", err)
			}
			t.IPAddresses = append(t.IPAddresses, ip.AsSlice())
		}
		return nil
	}
}

// WithURI adds URIs to the subject alternative names.
func WithURI(uris ...string) CertificateOption {
	return func(t *Template) error {
		for _, raw := range uris {
			u, err := url.Parse(raw)
			if err != nil {
				return fmt.Errorf("fapitest: certificate option: %w", err)
			}
			t.URIs = append(t.URIs, u)
		}
		return nil
	}
}

// WithEmail adds e-mail addresses to the subject alternative names.
func WithEmail(addresses ...string) CertificateOption {
	return func(t *Template) error {
		t.EmailAddresses = append(t.EmailAddresses, addresses...)
		return nil
	}
}

// WithUsage replaces the extended key usages. x509.ExtKeyUsageServerAuth makes a certificate that no client may
// authenticate with; none at all leaves the extension out.
func WithUsage(usages ...x509.ExtKeyUsage) CertificateOption {
	return func(t *Template) error {
		t.ExtKeyUsage = usages
		return nil
	}
}

// WithKey issues the certificate for this key in place of a new one: the renewal of a certificate, or an RSA client.
func WithKey(key crypto.Signer) CertificateOption {
	return func(t *Template) error {
		t.Key = key
		return nil
	}
}

// Valid sets the period of validity. X.509 keeps whole seconds.
func Valid(from, until time.Time) CertificateOption {
	return func(t *Template) error {
		t.NotBefore, t.NotAfter = from, until
		return nil
	}
}

// Expired makes a certificate that ended in 1992.
func Expired() CertificateOption { return Valid(year(1991), year(1992)) }

// NotYetValid makes a certificate that begins in 2098.
func NotYetValid() CertificateOption { return Valid(year(2098), year(2099)) }

func year(y int) time.Time { return time.Date(y, time.January, 1, 0, 0, 0, 0, time.UTC) }

func authority(name string) *Template {
	t := &Template{}
	t.Subject = pkix.Name{CommonName: name}
	t.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	t.IsCA = true
	return validated(t)
}

func leaf(subject pkix.Name, usage x509.ExtKeyUsage) *Template {
	t := &Template{}
	t.Subject = subject
	t.KeyUsage = x509.KeyUsageDigitalSignature
	t.ExtKeyUsage = []x509.ExtKeyUsage{usage}
	return validated(t)
}

func validated(t *Template) *Template {
	t.NotBefore, t.NotAfter = year(1999), year(2099)
	t.BasicConstraintsValid = true
	return t
}

func client(subject pkix.Name, options []CertificateOption) (*Template, error) {
	t := leaf(subject, x509.ExtKeyUsageClientAuth)
	for _, option := range options {
		if err := option(t); err != nil {
			return nil, err
		}
	}
	if t.Key != nil {
		return t, nil
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("fapitest: generate the client's key: %w", err)
	}
	t.Key = key
	return t, nil
}

// issue signs the template by the issuer's key; an issuer that is the template itself makes it self-signed.
func issue(t *Template, issuer *x509.Certificate, key crypto.Signer) (*x509.Certificate, error) {
	if t.SerialNumber == nil {
		serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
		if err != nil {
			return nil, fmt.Errorf("fapitest: draw a serial number: %w", err)
		}
		t.SerialNumber = serial
	}
	der, err := x509.CreateCertificate(rand.Reader, &t.Certificate, issuer, t.Key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("fapitest: create a certificate: %w", err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("fapitest: parse the certificate created: %w", err)
	}
	return cert, nil
}
