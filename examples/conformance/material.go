package main

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509/pkix"
	"encoding/json"
	"fmt"
	"net/url"

	"github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/fapitest"
	"github.com/fosite-fapi/fosite-fapi/keys"
)

// material is what is secret, and what belongs to it: for the first and the second client of every plan.
type material struct {
	password     string             // of the user
	private      [2]json.RawMessage // JWKS
	public       [2]*jose.JSONWebKeySet
	certificates [2]pair
	subjects     [2]string         // RFC 4514
	files        map[string][]byte // of the server
}

// The suite leaves modules about RS256 out where a client has no RSA key, so the first one has.
var clientAlgorithms = [2]jose.SignatureAlgorithm{jose.PS256, jose.ES256}

func newMaterial(at site) (*material, error) {
	pki, err := fapitest.NewPKI()
	if err != nil {
		return nil, err
	}
	m := &material{password: rand.Text(), files: map[string][]byte{"ca.pem": pki.RootPEM()}}
	server, err := pki.ServerCertificate(hosts(at)...)
	if err != nil {
		return nil, err
	}
	m.files["server.pem"] = fapitest.CertPEM(server)
	if m.files["server-key.pem"], err = fapitest.KeyPEM(server); err != nil {
		return nil, err
	}
	for i, alg := range clientAlgorithms {
		if err := m.addKey(i, alg); err != nil {
			return nil, err
		}
		if err := m.addCertificate(i, pki); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// hosts are the names of both ports, once each.
func hosts(at site) []string {
	var names []string
	for _, raw := range []string{at.Issuer, at.MTLS} {
		u, err := url.Parse(raw)
		if err == nil && (len(names) == 0 || names[0] != u.Hostname()) {
			names = append(names, u.Hostname())
		}
	}
	return names
}

func (m *material) addKey(i int, alg jose.SignatureAlgorithm) error {
	key, err := keys.Generate(alg)
	if err != nil {
		return err
	}
	key.ID = fmt.Sprintf("client%d", i+1)
	if m.private[i], err = keys.MarshalPrivate(key); err != nil {
		return err
	}
	set, err := keys.New(key)
	if err == nil {
		m.public[i] = set.Public()
	}
	return err
}

// addCertificate makes a certificate for an RSA key, which every version of the suite can read.
func (m *material) addCertificate(i int, pki *fapitest.PKI) error {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	name := fmt.Sprintf("client%d", i+1)
	cert, err := pki.ClientCertificate(pkix.Name{CommonName: name, Organization: []string{"fosite-fapi conformance"}}, fapitest.WithKey(crypto.Signer(key)))
	if err != nil {
		return err
	}
	private, err := fapitest.KeyPEM(cert)
	if err != nil {
		return err
	}
	m.certificates[i] = pair{string(fapitest.CertPEM(cert)), string(private), string(pki.RootPEM())}
	m.subjects[i] = subject(cert)
	return nil
}

func subject(cert tls.Certificate) string { return cert.Leaf.Subject.String() }

// withheld stands for what is secret in the files of the repository.
func withheld() *material {
	const note = "go run ./examples/conformance makes this"
	m := &material{password: note}
	for i := range m.private {
		m.private[i] = json.RawMessage(fmt.Sprintf("%q", note))
		m.certificates[i] = pair{note, note, note}
	}
	return m
}
