package mtls_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/mtls"
)

// issue makes a certificate; without issuer a self-signed authority.
func issue(subject pkix.Name, issuer *x509.Certificate, issuerKey *ecdsa.PrivateKey) (*x509.Certificate, *ecdsa.PrivateKey) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      subject,
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(time.Hour),
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	if issuer == nil {
		template.IsCA, template.BasicConstraintsValid = true, true
		template.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
		issuer, issuerKey = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, issuer, &key.PublicKey, issuerKey)
	if err != nil {
		panic(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	return certificate, key
}

// A client that authenticates with a certificate of an ecosystem's authority (tls_client_auth).
func ExampleVerifier_Verify() {
	authority, key := issue(pkix.Name{CommonName: "Ecosystem CA"}, nil, nil)
	leaf, _ := issue(pkix.Name{Country: []string{"GB"}, Organization: []string{"Third Party Ltd"}, CommonName: "client-1"}, authority, key)

	verifier := &mtls.Verifier{Roots: x509.NewCertPool()}
	verifier.Roots.AddCert(authority)

	chain := []*x509.Certificate{leaf} // from a clientcert.Source
	for _, registered := range []string{
		"CN=client-1,O=Third Party Ltd,C=GB",
		"cn = client-1, 2.5.4.10 = #0c0f5468697264205061727479204c7464, c = gb",
		"CN=client-2,O=Third Party Ltd,C=GB",
	} {
		fmt.Println(verifier.Verify(context.Background(), chain, mtls.Subject{DN: registered}))
	}
	// Output:
	// <nil>
	// <nil>
	// mtls: the certificate does not carry the registered subject
}

// An authority that publishes whom it no longer vouches for.
func ExampleCRL() {
	authority, key := issue(pkix.Name{CommonName: "Ecosystem CA"}, nil, nil)
	leaf, _ := issue(pkix.Name{CommonName: "client-1"}, authority, key)
	der, err := x509.CreateRevocationList(rand.Reader, &x509.RevocationList{
		Number:                    big.NewInt(1),
		ThisUpdate:                time.Now().Add(-time.Minute),
		NextUpdate:                time.Now().Add(time.Hour),
		RevokedCertificateEntries: []x509.RevocationListEntry{{SerialNumber: leaf.SerialNumber, RevocationTime: time.Now()}},
	}, authority, key)
	if err != nil {
		panic(err)
	}
	publisher := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { _, _ = rw.Write(der) }))
	defer publisher.Close()

	crl := &mtls.CRL{
		URLs:         []string{publisher.URL},
		AllowPrivate: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, // for this example
	}
	verifier := &mtls.Verifier{Roots: x509.NewCertPool(), Revoked: crl.Revoked}
	verifier.Roots.AddCert(authority)
	err = verifier.Verify(context.Background(), []*x509.Certificate{leaf}, mtls.Subject{DN: "CN=client-1"})
	fmt.Println(errors.Is(err, mtls.ErrRevoked), errors.Is(err, mtls.ErrListed))
	// Output:
	// true true
}

// A client that registered its own certificate (self_signed_tls_client_auth).
func ExampleVerifySelfSigned() {
	leaf, key := issue(pkix.Name{CommonName: "client-1"}, nil, nil)
	stranger, _ := issue(pkix.Name{CommonName: "client-1"}, nil, nil)

	registered := &jose.JSONWebKeySet{Keys: []jose.JSONWebKey{
		{Key: &key.PublicKey, Certificates: []*x509.Certificate{leaf}},
	}}
	fmt.Println(mtls.VerifySelfSigned(leaf, registered))
	fmt.Println(mtls.VerifySelfSigned(stranger, registered))
	// Output:
	// <nil>
	// mtls: the certificate is not registered for the client
}

// At registration a subject is refused that could never match, or not in one way only.
func ExampleSubject_Validate() {
	fmt.Println(mtls.Subject{SANURI: "spiffe://bank.example/ns/prod/sa/payments"}.Validate())
	fmt.Println(mtls.Subject{SANDNS: "*.bank.example"}.Validate())
	fmt.Println(mtls.Subject{DN: "CN=Smith, Jim"}.Validate())
	// Output:
	// <nil>
	// mtls: the registered subject is invalid: the DNS name is no host name in ASCII, without wildcard or final dot
	// mtls: the registered subject is invalid: DN, octet 9: an attribute without =
}
