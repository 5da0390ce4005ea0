package mtls

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

const (
	mostLists   = 64 // in one source
	mostSigners = 16 // certificates of an issuer by which the signature of a list is known to be good

	// clockSkew is how far ahead of ours the clock of an authority may be.
	clockSkew = time.Minute
)

// listAlgorithms are those by which a list may be signed: crypto/x509 would let SHA-1 pass for lists.
var listAlgorithms = []x509.SignatureAlgorithm{
	x509.SHA256WithRSA, x509.SHA384WithRSA, x509.SHA512WithRSA,
	x509.SHA256WithRSAPSS, x509.SHA384WithRSAPSS, x509.SHA512WithRSAPSS,
	x509.ECDSAWithSHA256, x509.ECDSAWithSHA384, x509.ECDSAWithSHA512,
	x509.PureEd25519,
}

// A revocationList is to be trusted once its method by has returned it.
type revocationList struct {
	signed     x509.RevocationList // what its signature is checked by
	issuer     []byte              // its encoded name
	key        []byte              // the issuer's subjectKeyIdentifier; nil: not told
	scope      scope
	this, next time.Time
	serials    map[string]struct{} // big-endian

	mu      sync.Mutex
	signers map[[sha256.Size]byte]struct{} // SHA-256 of certificates whose key has signed it
	before  *revocationList                // the newest of those that it is to replace that was signed; nil: none
}

// parseLists reads one list in DER or several in PEM.
func parseLists(document []byte) ([]*revocationList, error) {
	if len(document) > 0 && document[0] == tagSequence {
		l, err := parseList(document)
		if err != nil {
			return nil, err
		}
		return []*revocationList{l}, nil
	}
	// pem.Decode passes over what it can't read: a damaged list would be missing without a word.
	blocks := bytes.Count(document, []byte("-----BEGIN "))
	if blocks == 0 || blocks > mostLists {
		return nil, fmt.Errorf("%w: neither DER nor PEM with 1 to %d lists", ErrList, mostLists)
	}
	lists := make([]*revocationList, 0, blocks)
	for range blocks {
		var block *pem.Block
		if block, document = pem.Decode(document); block == nil || block.Type != "X509 CRL" {
			return nil, fmt.Errorf("%w: a PEM block that is damaged or no X509 CRL", ErrList)
		}
		l, err := parseList(block.Bytes)
		if err != nil {
			return nil, err
		}
		lists = append(lists, l)
	}
	return lists, nil
}

func parseList(der []byte) (*revocationList, error) {
	parsed, err := x509.ParseRevocationList(der)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrList, err)
	case len(parsed.Raw) != len(der):
		return nil, fmt.Errorf("%w: something follows it", ErrList)
	case !slices.Contains(listAlgorithms, parsed.SignatureAlgorithm):
		return nil, fmt.Errorf("%w: signed by %v", ErrList, parsed.SignatureAlgorithm)
	case parsed.NextUpdate.IsZero(): // RFC 5280 5.1.2.5
		return nil, fmt.Errorf("%w: without nextUpdate", ErrList)
	}
	l := &revocationList{
		signed: x509.RevocationList{
			RawTBSRevocationList: parsed.RawTBSRevocationList,
			SignatureAlgorithm:   parsed.SignatureAlgorithm,
			Signature:            parsed.Signature,
		},
		issuer:  parsed.RawIssuer,
		key:     parsed.AuthorityKeyId,
		this:    parsed.ThisUpdate,
		next:    parsed.NextUpdate,
		serials: make(map[string]struct{}, len(parsed.RevokedCertificateEntries)),
		signers: map[[sha256.Size]byte]struct{}{},
	}
	if l.scope, err = scopeOf(parsed.Extensions); err != nil {
		return nil, err
	}
	for _, entry := range parsed.RevokedCertificateEntries {
		for _, extension := range entry.Extensions {
			if extension.Critical { // RFC 5280 5.3; the one in use is certificateIssuer, of indirect lists
				return nil, fmt.Errorf("%w: an entry with critical extension %v", ErrList, extension.Id)
			}
		}
		l.serials[string(entry.SerialNumber.Bytes())] = struct{}{}
	}
	return l, nil
}

// current reports whether the list is in force, or was until a grace ago.
func (l *revocationList) current(now time.Time, grace time.Duration) bool {
	return !now.Before(l.this.Add(-clockSkew)) && !now.After(l.next.Add(max(grace, 0)))
}

// tells returns an error unless a certificate that isn't listed is good.
func (l *revocationList) tells(certificate *x509.Certificate, now time.Time, grace time.Duration) error {
	switch {
	case !l.current(now, grace):
		return fmt.Errorf("the list is of %s to %s", l.this.Format(time.RFC3339), l.next.Format(time.RFC3339))
	case !l.scope.covers(certificate):
		return errors.New("the list is of other certificates of the issuer")
	}
	return nil
}

// by returns the list to go by for certificates of an issuer, whose SHA-256 is signer: l, or the one before it
// where that is newer or l is not signed. Whoever may write on the way from the authority can so not bring back an
// older list, and doesn't displace a good one.
func (l *revocationList) by(issuer *x509.Certificate, signer [sha256.Size]byte, now time.Time) (*revocationList, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	err := l.check(issuer, signer)
	if old := l.before; old != nil {
		old.mu.Lock()
		defer old.mu.Unlock()
		if (err != nil || old.this.After(l.this)) && old.current(now, 0) && old.check(issuer, signer) == nil {
			return old, nil
		}
		if err == nil {
			l.before = nil
		}
	}
	if err != nil {
		return nil, err
	}
	return l, nil
}

// check returns nil if the issuer has signed the list. The caller holds l.mu.
func (l *revocationList) check(issuer *x509.Certificate, signer [sha256.Size]byte) error {
	if _, known := l.signers[signer]; known {
		return nil
	}
	if len(l.key) > 0 && len(issuer.SubjectKeyId) > 0 && !bytes.Equal(l.key, issuer.SubjectKeyId) {
		return errors.New("the list is of another key of the issuer")
	}
	if err := l.signed.CheckSignatureFrom(issuer); err != nil {
		return fmt.Errorf("the list isn't signed by the issuer: %w", err)
	}
	if len(l.signers) < mostSigners {
		l.signers[signer] = struct{}{}
	}
	return nil
}

// succeed remembers which of the lists l is to replace.
func (l *revocationList) succeed(all []*revocationList) {
	for _, old := range all {
		if bytes.Equal(old.issuer, l.issuer) && bytes.Equal(old.key, l.key) && old.scope.equal(l.scope) {
			l.before = old.newest()
		}
	}
}

// newest returns l, or the one before it if only that was signed or is newer; nil if neither was signed.
func (l *revocationList) newest() *revocationList {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.signers) > 0 && (l.before == nil || !l.this.Before(l.before.this)) {
		return l
	}
	return l.before
}
