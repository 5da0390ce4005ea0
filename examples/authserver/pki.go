package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"time"
)

// An authority issues the certificates of a written configuration. Its key is kept beside them, for more.
type authority struct {
	cert *x509.Certificate
	key  crypto.Signer
}

const (
	authorityLifetime   = 10 * 365 * 24 * time.Hour
	certificateLifetime = 825 * 24 * time.Hour // the most that some clients accept
)

func newAuthority(certFile, keyFile string) (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := certificate(pkix.Name{CommonName: "authserver test CA"}, authorityLifetime)
	template.IsCA, template.KeyUsage = true, x509.KeyUsageCertSign|x509.KeyUsageCRLSign
	a := &authority{cert: template, key: key}
	if a.cert, err = a.issue(template, key, certFile, keyFile); err != nil {
		return nil, err
	}
	return a, nil
}

// server issues an RSA certificate: conformance suites offer no suites but those of RSA.
func (a *authority) server(certFile, keyFile string, hosts ...string) error {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	template := certificate(pkix.Name{CommonName: hosts[0]}, certificateLifetime)
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	for _, host := range hosts {
		if ip := net.ParseIP(host); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, host)
		}
	}
	_, err = a.issue(template, key, certFile, keyFile)
	return err
}

// client issues a certificate for TLS client authentication, and returns its subject (RFC 4514).
func (a *authority) client(certFile, keyFile, name string) (subject string, err error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return "", err
	}
	template := certificate(pkix.Name{CommonName: name, Organization: []string{"Example"}, Country: []string{"DE"}}, certificateLifetime)
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	cert, err := a.issue(template, key, certFile, keyFile)
	if err != nil {
		return "", err
	}
	return cert.Subject.String(), nil
}

func certificate(subject pkix.Name, lifetime time.Duration) *x509.Certificate {
	now := time.Now()
	return &x509.Certificate{
		Subject: subject, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(lifetime),
		KeyUsage: x509.KeyUsageDigitalSignature, BasicConstraintsValid: true,
	}
}

// issue signs a certificate and writes it and its key.
func (a *authority) issue(template *x509.Certificate, key crypto.Signer, certFile, keyFile string) (*x509.Certificate, error) {
	var err error
	if template.SerialNumber, err = rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127)); err != nil {
		return nil, err
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, key.Public(), a.key)
	if err != nil {
		return nil, err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	if err := writePEM(keyFile, "PRIVATE KEY", private, 0o600); err != nil {
		return nil, err
	}
	if err := writePEM(certFile, "CERTIFICATE", der, 0o644); err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

func writePEM(file, kind string, der []byte, mode os.FileMode) error {
	return os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), mode)
}
