package mtls

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"sync"
	"time"

	"github.com/fosite-fapi/fosite-fapi/internal/fetch"
)

const (
	defaultFileEvery = time.Minute
	defaultURLEvery  = time.Hour
	retryEvery       = time.Minute
	defaultListBytes = 4 << 20
	defaultListTime  = 10 * time.Second

	mostSources = 64
)

// A CRL says whether certificates are revoked by the revocation lists of their issuers (RFC 5280 5 and 6.3).
// Its method Revoked is made for Verifier.Revoked:
//
//	crl := &mtls.CRL{URLs: []string{"http://crl.ecosystem.example/issuing.crl"}}
//	verifier := &mtls.Verifier{Roots: roots, Revoked: crl.Revoked}
//
// Lists are asked for where the host says, never where a certificate says. They are matched to certificates by
// the name and key of the issuer, which must have signed them. It is safe for concurrent use; its fields must not
// change once it is used. It needs no closing.
type CRL struct {
	// Files are names of files with lists: one in DER, or any number up to 64 in PEM ("X509 CRL", nothing else). A file is read
	// again when its size or time has changed; replace it by renaming, for what is half written is
	// refused.
	Files []string
	// URLs are http or https addresses of such files. Lists are signed, so that http is usual. Redirects are
	// not followed.
	URLs []string

	// Every is how often a source is looked at again, at most. Zero: a minute for files, an hour for URLs. A
	// source that failed, and one with a list past its nextUpdate, is tried again after a minute, or after
	// Every where that is shorter.
	Every time.Duration
	// Grace is how long after its nextUpdate a list still tells that a certificate is good. Zero: not at all. What
	// a list says is revoked stays revoked.
	Grace time.Duration
	// Unlisted says for an issuer of which there is no list, by its name, whether what it issued is good. It is
	// asked when every source has been loaded. nil: no. Answer true only for authorities that publish no list:
	// one that does would be exempt whenever a source has another's list instead of its own, which on http
	// anybody on the way can bring about.
	Unlisted func(issuer *x509.Certificate) bool

	// MaxBytes bounds a file or answer. Zero: 4 MiB, which is some 100,000 certificates.
	MaxBytes int64
	// Timeout bounds the fetching from one URL. Zero: 10 seconds.
	Timeout time.Duration
	// AllowPrivate lists private, loopback and link-local networks that URLs may lead to. nil: public addresses only.
	AllowPrivate []netip.Prefix
	// Proxy names the egress proxy, which then judges destinations; nil: none, the environment is not
	// asked.
	Proxy func(*http.Request) (*url.URL, error)
	// RootCAs are the trust anchors of https servers; nil: the system's.
	RootCAs *x509.CertPool

	// Failed hears why a look at a source failed, ErrSource or ErrList, while lists that were read before still
	// serve. It must not block; nil: nobody hears.
	Failed func(source string, err error)
	// Now is the clock; nil: time.Now.
	Now func() time.Time

	once    sync.Once
	sources []*source
}

// Validate returns an error for a CRL that can't work: without sources, with more than 64, or with a URL that is
// not http or https. It opens nothing.
func (c *CRL) Validate() error {
	if n := len(c.Files) + len(c.URLs); n == 0 || n > mostSources {
		return fmt.Errorf("%w: %d sources, not 1 to %d", ErrSource, n, mostSources)
	}
	for _, name := range c.Files {
		if name == "" {
			return fmt.Errorf("%w: a file without a name", ErrSource)
		}
	}
	for _, raw := range c.URLs {
		u, err := url.Parse(raw)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
			return fmt.Errorf("%w: not an http or https URL without credentials", ErrSource)
		}
	}
	return nil
}

// Load looks at every source now and waits for it. It is for a server's start; Revoked loads what is not loaded.
// Its error joins those of the sources that failed: Validate's, ErrSource, ErrList, or ctx's.
func (c *CRL) Load(ctx context.Context) error {
	if err := c.Validate(); err != nil {
		return err
	}
	if err := c.refresh(ctx, true); err != nil {
		return err
	}
	var failures []error
	for _, s := range c.sources {
		failures = append(failures, s.failure())
	}
	return errors.Join(failures...)
}

// Revoked returns nil if each certificate of the chain (leaf first, trust anchor last, as verified), but for the
// trust anchor, is not revoked. Errors wrap ErrListed, or ErrRevocationUnknown with the reason; Verifier.Verify
// wraps both in ErrRevoked.
//
// It waits for a source only where that has nothing to tell yet, or is a file; other URLs are fetched while it goes
// on with what there is.
func (c *CRL) Revoked(ctx context.Context, chain []*x509.Certificate) error {
	if len(chain) == 0 {
		return fmt.Errorf("%w: no chain", ErrRevocationUnknown)
	}
	if err := c.Validate(); err != nil {
		return fmt.Errorf("%w: %w", ErrRevocationUnknown, err)
	}
	if err := c.refresh(ctx, false); err != nil {
		return fmt.Errorf("%w: %w", ErrRevocationUnknown, err)
	}
	for i, certificate := range chain[:len(chain)-1] {
		if err := c.status(certificate, chain[i+1]); err != nil {
			return err
		}
	}
	return nil
}

// status judges one certificate.
func (c *CRL) status(certificate, issuer *x509.Certificate) error {
	now, signer := c.now(), sha256.Sum256(issuer.Raw)
	serial := string(certificate.SerialNumber.Bytes())
	var good bool
	var why error // not good, by the last list
	for _, s := range c.sources {
		for _, l := range s.of(certificate.RawIssuer) {
			l, err := l.by(issuer, signer, now)
			if err != nil {
				why = err
				continue
			}
			if _, listed := l.serials[serial]; listed {
				return fmt.Errorf("%w: serial number %x", ErrListed, certificate.SerialNumber)
			}
			if err := l.tells(certificate, now, c.Grace); err != nil {
				why = err
				continue
			}
			good = true
		}
	}
	switch {
	case good:
		return nil
	case why != nil:
		return fmt.Errorf("%w: %w", ErrRevocationUnknown, why)
	}
	for _, s := range c.sources {
		if !s.loaded() {
			return fmt.Errorf("%w: %w", ErrRevocationUnknown, s.failure())
		}
	}
	if c.Unlisted != nil && c.Unlisted(issuer) {
		return nil
	}
	return fmt.Errorf("%w: there is no list of its issuer", ErrRevocationUnknown)
}

// refresh looks at the sources that are due, all of them if so asked, and waits for those that can't be gone
// without.
func (c *CRL) refresh(ctx context.Context, all bool) error {
	c.once.Do(c.build)
	var flights []<-chan struct{}
	for _, s := range c.sources {
		if flight := s.refresh(ctx, c.now(), all); flight != nil {
			flights = append(flights, flight)
		}
	}
	for _, flight := range flights {
		select {
		case <-flight:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func (c *CRL) build() {
	limit := c.MaxBytes
	if limit <= 0 {
		limit = defaultListBytes
	}
	for _, name := range c.Files {
		f := &file{name: name, limit: limit}
		c.add(&source{name: name, file: f, read: f.read, every: defaultFileEvery})
	}
	timeout := c.Timeout
	if timeout <= 0 {
		timeout = defaultListTime
	}
	// A list is signed and public, so that http does (RFC 5280 8).
	door := &fetch.Door{AllowHTTP: true, AllowPrivate: c.AllowPrivate, Proxy: c.Proxy, RootCAs: c.RootCAs, Timeout: timeout, MaxBytes: limit}
	for _, u := range c.URLs {
		c.add(&source{name: u, every: defaultURLEvery, read: func(ctx context.Context) ([]byte, error) {
			return door.Get(ctx, u, "application/pkix-crl")
		}})
	}
}

func (c *CRL) add(s *source) {
	if c.Every > 0 {
		s.every = c.Every
	}
	s.grace, s.failed, s.now = c.Grace, c.Failed, c.now
	c.sources = append(c.sources, s)
}

func (c *CRL) now() time.Time {
	if c.Now == nil {
		return time.Now()
	}
	return c.Now()
}
