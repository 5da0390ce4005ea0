package mtls_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func signsLists(c *x509.Certificate) { c.KeyUsage |= x509.KeyUsageCRLSign }

// list makes a revocation list that is in force for a day around now.
func (a *authority) list(tb testing.TB, changes ...func(*x509.RevocationList)) []byte {
	tb.Helper()
	template := &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: now.Add(-12 * time.Hour), NextUpdate: now.Add(12 * time.Hour)}
	for _, c := range changes {
		c(template)
	}
	der, err := x509.CreateRevocationList(rand.Reader, template, a.certificate, a.key)
	require.NoError(tb, err)
	return der
}

// forge makes a list that crypto/x509 would not: by a key that isn't the certificate's, or that may not sign lists.
func (a *authority) forge(tb testing.TB, changes ...func(*x509.RevocationList)) []byte {
	tb.Helper()
	fit := *a.certificate
	fit.KeyUsage |= x509.KeyUsageCRLSign
	return (&authority{certificate: &fit, key: a.key}).list(tb, changes...)
}

func listing(serials ...*big.Int) func(*x509.RevocationList) {
	return func(l *x509.RevocationList) {
		for _, serial := range serials {
			l.RevokedCertificateEntries = append(l.RevokedCertificateEntries, x509.RevocationListEntry{SerialNumber: serial, RevocationTime: now})
		}
	}
}

func serials(n int64) []*big.Int {
	var all []*big.Int
	for i := range n {
		all = append(all, big.NewInt(i+1))
	}
	return all
}

func from(at time.Time) func(*x509.RevocationList) {
	return func(l *x509.RevocationList) { l.ThisUpdate = at }
}

func until(d time.Duration) func(*x509.RevocationList) {
	return func(l *x509.RevocationList) { l.NextUpdate = now.Add(d) }
}

func extended(id asn1.ObjectIdentifier, critical bool, value string) func(*x509.RevocationList) {
	return func(l *x509.RevocationList) {
		l.ExtraExtensions = append(l.ExtraExtensions, pkix.Extension{Id: id, Critical: critical, Value: []byte(value)})
	}
}

// only is an issuingDistributionPoint of these members.
func only(members string) func(*x509.RevocationList) {
	return extended(asn1.ObjectIdentifier{2, 5, 29, 28}, true, "\x30"+string(rune(len(members)))+members)
}

// part is that of a distribution point.
func part(uri string) func(*x509.RevocationList) {
	n := len(uri)
	return only("\xa0" + string(rune(n+4)) + "\xa0" + string(rune(n+2)) + "\x86" + string(rune(n)) + uri)
}

// ofAnother gives the first entry a certificateIssuer.
func ofAnother(l *x509.RevocationList) {
	l.RevokedCertificateEntries[0].ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 29}, Critical: true, Value: []byte("\x30\x00")}}
}

// bundle puts lists, in DER or already in PEM, into one file of PEM.
func bundle(lists ...[]byte) []byte {
	var all []byte
	for _, l := range lists {
		if len(l) > 0 && l[0] == '-' {
			all = append(all, l...)
			continue
		}
		all = append(all, pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: l})...)
	}
	return all
}

// rsaList is signed by RSA with SHA-256.
func rsaList(tb testing.TB) []byte {
	tb.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(tb, err)
	issuer := &x509.Certificate{Subject: pkix.Name{CommonName: "rsa"}, KeyUsage: x509.KeyUsageCRLSign, SubjectKeyId: []byte("rsa")}
	der, err := x509.CreateRevocationList(rand.Reader, &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: now, NextUpdate: now}, issuer, key)
	require.NoError(tb, err)
	return der
}

// bySHA1 says that a list of rsaList is signed with SHA-1.
func bySHA1(tb testing.TB, der []byte) []byte {
	tb.Helper()
	const rsaPKCS1 = "\x2a\x86\x48\x86\xf7\x0d\x01\x01"
	require.Equal(tb, 2, bytes.Count(der, []byte(rsaPKCS1+"\x0b")))
	return bytes.ReplaceAll(der, []byte(rsaPKCS1+"\x0b"), []byte(rsaPKCS1+"\x05"))
}

// remarshal encodes a list again, with its nextUpdate or without.
func remarshal(tb testing.TB, der []byte, without bool) []byte {
	tb.Helper()
	var l struct {
		TBS struct {
			Version    int
			Algorithm  pkix.AlgorithmIdentifier
			Issuer     asn1.RawValue
			This       time.Time
			Next       time.Time `asn1:"optional"`
			Revoked    []asn1.RawValue
			Extensions []pkix.Extension `asn1:"explicit,tag:0"`
		}
		Algorithm pkix.AlgorithmIdentifier
		Signature asn1.BitString
	}
	rest, err := asn1.Unmarshal(der, &l)
	require.NoError(tb, err)
	require.Empty(tb, rest)
	if without {
		l.TBS.Next = time.Time{}
	}
	out, err := asn1.Marshal(l)
	require.NoError(tb, err)
	return out
}

// A hierarchy is a root, an authority below it that issues for clients, and a chain.
type hierarchy struct {
	root, issuing *authority
	chain         []*x509.Certificate // as verified
}

func newHierarchy(tb testing.TB, leaf ...change) *hierarchy {
	tb.Helper()
	root := newAuthority(tb, "root", nil, signsLists)
	issuing := newAuthority(tb, "issuing", root, signsLists)
	return &hierarchy{root, issuing, []*x509.Certificate{issuing.client(tb, leaf...), issuing.certificate, root.certificate}}
}

// good are lists of both authorities with neither certificate on them.
func (h *hierarchy) good(tb testing.TB) []byte {
	return bundle(h.root.list(tb), h.issuing.list(tb))
}

func write(tb testing.TB, document []byte) string {
	tb.Helper()
	name := filepath.Join(tb.TempDir(), "crl")
	replace(tb, name, document)
	return name
}

// replace puts another file in the place of one.
func replace(tb testing.TB, name string, document []byte) {
	tb.Helper()
	require.NoError(tb, os.WriteFile(name+".new", document, 0o600))
	require.NoError(tb, os.Rename(name+".new", name))
}

// exempt names the root.
func (h *hierarchy) exempt(issuer *x509.Certificate) bool { return issuer.Equal(h.root.certificate) }
