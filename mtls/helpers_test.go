package mtls_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// now is when the tests take place.
var now = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func clock() time.Time { return now }

func newKey(tb testing.TB) *ecdsa.PrivateKey {
	tb.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(tb, err)
	return key
}

// authority is a CA, a root or one that another certifies.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// change is made to the template of a certificate before it is signed.
type change func(*x509.Certificate)

func newAuthority(tb testing.TB, name string, parent *authority, changes ...change) *authority {
	tb.Helper()
	template := &x509.Certificate{
		Subject:               pkix.Name{CommonName: name},
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign,
		NotBefore:             now.Add(-24 * time.Hour),
		NotAfter:              now.Add(240 * time.Hour),
	}
	a := &authority{key: newKey(tb)}
	a.certificate = sign(tb, template, a.key, parent, changes...)
	return a
}

// client issues a certificate fit for client authentication, valid for 24 hours around now.
func (a *authority) client(tb testing.TB, changes ...change) *x509.Certificate {
	tb.Helper()
	template := &x509.Certificate{
		Subject:     pkix.Name{CommonName: "client"},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
		KeyUsage:    x509.KeyUsageDigitalSignature,
		NotBefore:   now.Add(-12 * time.Hour),
		NotAfter:    now.Add(12 * time.Hour),
	}
	return sign(tb, template, newKey(tb), a, changes...)
}

// sign issues by the parent, or self-signs without one.
func sign(tb testing.TB, template *x509.Certificate, key *ecdsa.PrivateKey, parent *authority, changes ...change) *x509.Certificate {
	tb.Helper()
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<60))
	require.NoError(tb, err)
	template.SerialNumber = serial
	for _, c := range changes {
		c(template)
	}
	issuer, issuerKey := template, key
	if parent != nil {
		issuer, issuerKey = parent.certificate, parent.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, issuer, &key.PublicKey, issuerKey)
	require.NoError(tb, err)
	certificate, err := x509.ParseCertificate(der)
	require.NoError(tb, err)
	return certificate
}

func (a *authority) pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.certificate)
	return pool
}

// attribute is one attribute of a name, with the string type as it shall be encoded.
type attribute struct {
	oid   asn1.ObjectIdentifier
	tag   int
	value []byte
}

// name encodes RDNs in the order given, which is the reverse of the string's.
func name(tb testing.TB, rdns ...[]attribute) []byte {
	tb.Helper()
	type pair struct {
		Type  asn1.ObjectIdentifier
		Value asn1.RawValue
	}
	type pairSET []pair
	var sequence []pairSET
	for _, rdn := range rdns {
		var set pairSET
		for _, a := range rdn {
			set = append(set, pair{a.oid, asn1.RawValue{Tag: a.tag, Bytes: a.value}})
		}
		sequence = append(sequence, set)
	}
	der, err := asn1.Marshal(sequence)
	require.NoError(tb, err)
	return der
}

func utf8(oid asn1.ObjectIdentifier, value string) []attribute {
	return []attribute{{oid, asn1.TagUTF8String, []byte(value)}}
}

var (
	country          = asn1.ObjectIdentifier{2, 5, 4, 6}
	organization     = asn1.ObjectIdentifier{2, 5, 4, 10}
	unit             = asn1.ObjectIdentifier{2, 5, 4, 11}
	commonName       = asn1.ObjectIdentifier{2, 5, 4, 3}
	serialNumber     = asn1.ObjectIdentifier{2, 5, 4, 5}
	businessCategory = asn1.ObjectIdentifier{2, 5, 4, 15}
	organizationID   = asn1.ObjectIdentifier{2, 5, 4, 97}
	userID           = asn1.ObjectIdentifier{0, 9, 2342, 19200300, 100, 1, 1}
	domainComponent  = asn1.ObjectIdentifier{0, 9, 2342, 19200300, 100, 1, 25}
	incorporated     = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 311, 60, 2, 1, 3}
)
