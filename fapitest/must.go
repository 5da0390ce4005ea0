package fapitest

import (
	"crypto/tls"
	"crypto/x509/pkix"
	"testing"
)

// MustPKI is [NewPKI] for a test, which ends where it fails.
func MustPKI(tb testing.TB) *PKI {
	tb.Helper()
	pki, err := NewPKI()
	if err != nil {
		tb.Fatal(err)
	}
	return pki
}

// MustIntermediate is [PKI.Intermediate] for a test, which ends where it fails.
func (p *PKI) MustIntermediate(tb testing.TB) *PKI {
	tb.Helper()
	pki, err := p.Intermediate()
	if err != nil {
		tb.Fatal(err)
	}
	return pki
}

// MustServerCertificate is [PKI.ServerCertificate] for a test, which ends where it fails.
func (p *PKI) MustServerCertificate(tb testing.TB, hosts ...string) tls.Certificate {
	tb.Helper()
	cert, err := p.ServerCertificate(hosts...)
	if err != nil {
		tb.Fatal(err)
	}
	return cert
}

// MustClientCertificate is [PKI.ClientCertificate] for a test, which ends where it fails.
func (p *PKI) MustClientCertificate(tb testing.TB, subject pkix.Name, options ...CertificateOption) tls.Certificate {
	tb.Helper()
	cert, err := p.ClientCertificate(subject, options...)
	if err != nil {
		tb.Fatal(err)
	}
	return cert
}

// MustSelfSigned is [SelfSigned] for a test, which ends where it fails.
func MustSelfSigned(tb testing.TB, subject pkix.Name, options ...CertificateOption) tls.Certificate {
	tb.Helper()
	cert, err := SelfSigned(subject, options...)
	if err != nil {
		tb.Fatal(err)
	}
	return cert
}
