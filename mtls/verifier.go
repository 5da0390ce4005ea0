package mtls

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/binary"
	"fmt"
	"sync"
	"time"
)

// longestChain is how many certificates a client may present, the leaf included.
const longestChain = 8

// A Verifier authenticates tls_client_auth clients (RFC 8705 2.1). The zero value refuses
// everyone. It is safe for concurrent use; its fields must not change after the first call of
// Verify.
type Verifier struct {
	// Roots are the trust anchors; nil: every certificate is refused, never the system's are taken.
	// RFC 8705 7.4: as few as can be.
	Roots *x509.CertPool
	// Intermediates complete the chains of clients that present only the leaf, and of proxies that
	// forward only that; nil: none. What the client presents counts in addition.
	Intermediates *x509.CertPool
	// Revoked returns an error for a chain (leaf first, trust anchor last) with a revoked
	// certificate, and where it can't tell and that shall not pass. It is asked at every call,
	// cached chain or not; nil: not checked. CRL.Revoked is one.
	Revoked func(ctx context.Context, chain []*x509.Certificate) error
	// Now is the clock; nil: time.Now.
	Now func() time.Time
	// CacheSize is how many verified chains are remembered, so that their signatures are not
	// verified again; zero: 1024, negative: none. Each is forgotten once one of its certificates
	// has ended, the least recently used when there are too many.
	CacheSize int

	once  sync.Once
	known *chains
}

// Verify returns nil if the chain (leaf first, as the client presented it) leads to one of the
// roots at this time, may be used for client authentication (extended key usage), is not revoked,
// and its leaf carries the subject. Possession of the key is what the TLS handshake has shown.
// Errors wrap ErrNoCertificate, ErrSubject, ErrChain, ErrSubjectMismatch or ErrRevoked.
func (v *Verifier) Verify(ctx context.Context, chain []*x509.Certificate, subject Subject) error {
	if len(chain) == 0 || chain[0] == nil {
		return ErrNoCertificate
	}
	matches, err := subject.compile()
	if err != nil {
		return err
	}
	verified, err := v.chain(chain)
	if err != nil {
		return err
	}
	if err := check(matches, chain[0]); err != nil {
		return err
	}
	if v.Revoked == nil {
		return nil
	}
	if err := v.Revoked(ctx, verified); err != nil {
		return fmt.Errorf("%w: %w", ErrRevoked, err)
	}
	return nil
}

// chain returns the path from leaf to root, remembered or found.
func (v *Verifier) chain(presented []*x509.Certificate) ([]*x509.Certificate, error) {
	if v.Roots == nil {
		return nil, fmt.Errorf("%w: there are no trust anchors", ErrChain)
	}
	if len(presented) > longestChain {
		return nil, fmt.Errorf("%w: more than %d certificates", ErrChain, longestChain)
	}
	for _, certificate := range presented {
		if certificate == nil {
			return nil, fmt.Errorf("%w: a certificate is missing", ErrChain)
		}
	}
	now := time.Now
	if v.Now != nil {
		now = v.Now
	}
	v.once.Do(func() { v.known = newChains(v.CacheSize) })
	at, key := now(), fingerprint(presented)
	if path := v.known.get(key, at); path != nil {
		return path, nil
	}
	path, err := v.find(presented, at)
	if err != nil {
		return nil, err
	}
	v.known.put(key, path)
	return path, nil
}

func (v *Verifier) find(presented []*x509.Certificate, at time.Time) ([]*x509.Certificate, error) {
	intermediates := x509.NewCertPool()
	if v.Intermediates != nil {
		intermediates = v.Intermediates.Clone()
	}
	for _, certificate := range presented[1:] {
		intermediates.AddCert(certificate)
	}
	paths, err := presented[0].Verify(x509.VerifyOptions{
		Roots:         v.Roots,
		Intermediates: intermediates,
		CurrentTime:   at,
		KeyUsages:     []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrChain, err)
	}
	return paths[0], nil
}

// fingerprint is the SHA-256 of the whole chain, each certificate after its length.
func fingerprint(chain []*x509.Certificate) (sum [sha256.Size]byte) {
	hash := sha256.New()
	var size [8]byte
	for _, certificate := range chain {
		binary.BigEndian.PutUint64(size[:], uint64(len(certificate.Raw)))
		hash.Write(size[:])
		hash.Write(certificate.Raw)
	}
	hash.Sum(sum[:0])
	return sum
}
