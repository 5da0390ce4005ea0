package requestobject

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/fosite-fapi/fosite-fapi/internal/fetch"
)

// A Fetcher gets request objects by reference: from the https URL that a client gives as request_uri (RFC 9101 5.2.3).
// The zero value is ready and strict: no redirects, and no private or loopback addresses. It is safe for concurrent use;
// its fields must not change once it is used. It has no goroutines of its own and needs no closing.
type Fetcher struct {
	// AllowPrivate lists destinations that may be reached although they are private, loopback or otherwise not on the
	// public internet. nil: none.
	AllowPrivate []netip.Prefix

	// Proxy names the egress proxy for a request, which judges the destination then; a nil URL means a direct connection.
	// nil: no proxy, the environment is not asked.
	Proxy func(*http.Request) (*url.URL, error)

	// RootCAs are the trust anchors of the servers asked. nil: the system's.
	RootCAs *x509.CertPool

	// Timeout bounds a whole fetch. Zero: 5 seconds.
	Timeout time.Duration

	// MaxBytes bounds an answer. Zero: 64 KiB. At most that.
	MaxBytes int64

	// TTL is how long an object whose hash is in its URL is kept. Zero: 10 minutes. Negative: not at all.
	TTL time.Duration

	// MaxEntries is how many are kept; beyond that, the oldest is forgotten. Zero: 256.
	MaxEntries int

	// Now is the clock. nil: time.Now.
	Now func() time.Time

	once    sync.Once
	door    *fetch.Door
	flights singleflight.Group

	mu      sync.Mutex
	entries map[string]entry // by URL, which has the hash in it
}

type entry struct {
	object  string
	fetched time.Time
}

const (
	maxURI            = 512 // RFC 9101 5.2
	defaultTTL        = 10 * time.Minute
	defaultMaxEntries = 256
)

// mediaTypes are the registered one and the one that is in use (RFC 9101 9.4.1 and 10.4; JAR-24).
var mediaTypes = []string{"application/" + Type, "application/jwt"}

// Fetch returns the request object at uri, of which nothing is verified yet but the hash in its fragment, if it has
// one. registered are the request_uris of the client; uri must be one of them. A uri with a fragment may also be one of
// them but for the fragment: the hash then only narrows what the client has registered.
//
// With a hash an object that was fetched before is not asked for again; several calls for one URL at a time, with whatever
// hash, share one fetch. ctx ends the wait of the caller alone.
//
// Each error is ErrRequestURI, alone or with ErrUnregistered, ErrFetch, ErrMediaType or ErrHash; or ctx's.
func (f *Fetcher) Fetch(ctx context.Context, uri string, registered []string) (string, error) {
	location, hash, err := split(uri)
	if err != nil {
		return "", err
	}
	if !slices.Contains(registered, uri) && (hash == "" || !slices.Contains(registered, location)) {
		return "", refused(ErrUnregistered)
	}
	if hash != "" {
		if object, ok := f.cached(uri); ok {
			return object, nil
		}
	}
	f.once.Do(f.build)

	// One caller's end must not be that of the others: the Door's timeout bounds the fetch.
	background := context.WithoutCancel(ctx)
	// The URL is what is asked, whatever hash strangers invent for it.
	flight := f.flights.DoChan(location, func() (any, error) { return f.fetch(background, uri, hash) })
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case result := <-flight:
		if result.Err != nil {
			return "", result.Err
		}
		object := result.Val.(string)
		if hash != "" && hashOf(object) != hash {
			return "", refused(ErrHash)
		}
		return object, nil
	}
}

func hashOf(object string) string {
	sum := sha256.Sum256([]byte(object))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// ValidateURI judges the form of a request_uri that a client registers, as Fetch does when it is used: the error is
// ErrRequestURI.
func ValidateURI(uri string) error {
	_, _, err := split(uri)
	return err
}

// split judges the form of a request_uri, and cuts off its fragment.
func split(uri string) (location, hash string, err error) {
	foreign := func(c rune) bool { return c <= ' ' || c > '~' }
	if len(uri) > maxURI || strings.ContainsFunc(uri, foreign) {
		return "", "", fmt.Errorf("%w: more than %d characters, or others than ASCII has", ErrRequestURI, maxURI)
	}
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
		return "", "", fmt.Errorf("%w: not an https URL", ErrRequestURI)
	}
	location, hash, _ = strings.Cut(uri, "#")
	return location, hash, nil
}

func refused(why error) error { return fmt.Errorf("%w: %w", ErrRequestURI, why) }

func (f *Fetcher) build() {
	limit := f.MaxBytes
	if limit <= 0 || limit > defaultMaxBytes {
		limit = defaultMaxBytes
	}
	f.door = &fetch.Door{AllowPrivate: f.AllowPrivate, Proxy: f.Proxy, RootCAs: f.RootCAs, Timeout: f.Timeout, MaxBytes: limit}
}

func (f *Fetcher) fetch(ctx context.Context, uri, hash string) (string, error) {
	// Another flight may have landed since the caller looked.
	if hash != "" {
		if object, ok := f.cached(uri); ok {
			return object, nil
		}
	}
	body, err := f.door.GetTyped(ctx, uri, mediaTypes...)
	if errors.Is(err, fetch.ErrMediaType) {
		return "", refused(fmt.Errorf("%w: %w", ErrMediaType, err))
	}
	if err != nil {
		return "", refused(fmt.Errorf("%w: %w", ErrFetch, err))
	}
	object := string(body)
	if hash != "" && hashOf(object) == hash {
		f.keep(uri, object)
	}
	return object, nil
}

func (f *Fetcher) cached(uri string) (string, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	e, ok := f.entries[uri]
	if !ok || !f.now().Before(e.fetched.Add(cmp.Or(f.TTL, defaultTTL))) {
		return "", false
	}
	return e.object, true
}

func (f *Fetcher) keep(uri, object string) {
	if f.TTL < 0 {
		return
	}
	limit := f.MaxEntries
	if limit <= 0 {
		limit = defaultMaxEntries
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.entries, uri)
	// A scan beside a fetch costs nothing, and cache hits stay free of bookkeeping.
	for len(f.entries) >= limit {
		oldest, first := "", true
		for u, e := range f.entries {
			if first || e.fetched.Before(f.entries[oldest].fetched) {
				oldest, first = u, false
			}
		}
		delete(f.entries, oldest)
	}
	if f.entries == nil {
		f.entries = make(map[string]entry)
	}
	f.entries[uri] = entry{object, f.now()}
}

func (f *Fetcher) now() time.Time {
	if f.Now == nil {
		return time.Now()
	}
	return f.Now()
}
