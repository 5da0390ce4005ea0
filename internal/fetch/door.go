package fetch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	defaultTimeout  = 5 * time.Second
	defaultMaxBytes = 256 << 10
)

// A Door fetches one URL at a time from strangers. The zero value is ready and strict. It is safe for concurrent use;
// its fields must not change once it is used.
type Door struct {
	// Transport makes the requests instead of the Door's own transport. It alone decides then which destinations may
	// be reached, and the three fields below have no effect. nil: own transport.
	Transport http.RoundTripper

	// AllowPrivate lists destinations that may be reached although they are private, loopback, link-local or otherwise not on
	// the public internet. nil: none.
	AllowPrivate []netip.Prefix

	// Proxy names the egress proxy for a request; a nil URL means a direct connection. The proxy is trusted: it may
	// have a private address, and it resolves the destination's name and so must judge it. Destinations that are written as an IP
	// address are judged here all the same. nil: no proxy, the environment is not asked.
	Proxy func(*http.Request) (*url.URL, error)

	// RootCAs are the trust anchors of the servers asked. nil: the system's.
	RootCAs *x509.CertPool

	// Timeout bounds a whole fetch, from resolving the name to the last byte. Zero: 5 seconds.
	Timeout time.Duration

	// MaxBytes bounds the body. Zero: 256 KiB.
	MaxBytes int64

	// AllowHTTP lets http URLs pass too: only for what carries its issuer's signature and is no secret, as certificate revocation
	// lists, for which https would go in circles (RFC 5280 8). false: https alone.
	AllowHTTP bool

	once            sync.Once
	direct, proxied http.RoundTripper
}

// Get returns the body at an https URL, or at an http one where AllowHTTP says so. Accept is sent as the header of that name; "" sends none.
//
// The errors are those of this package: [ErrURL], [ErrScheme], [ErrDestination], [ErrUnreachable], [ErrRedirect], [ErrStatus],
// [ErrTooLarge].
func (d *Door) Get(ctx context.Context, rawURL, accept string) ([]byte, error) {
	return d.get(ctx, rawURL, accept, nil)
}

// GetTyped is Get for an answer whose Content-Type is one of types, which are also the Accept header. Parameters don't
// count. The errors are those of Get, and [ErrMediaType].
func (d *Door) GetTyped(ctx context.Context, rawURL string, types ...string) ([]byte, error) {
	return d.get(ctx, rawURL, strings.Join(types, ", "), types)
}

// get asks, and reads the body of an answer of one of types; nil: of any.
func (d *Door) get(ctx context.Context, rawURL, accept string, types []string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, d.timeout())
	defer cancel()
	req, err := d.request(ctx, rawURL, accept)
	if err != nil {
		return nil, err
	}
	transport, req, err := d.route(req)
	if err != nil {
		return nil, err
	}
	// RoundTrip itself follows no redirects and keeps no cookies.
	resp, err := transport.RoundTrip(req)
	if err != nil {
		if errors.Is(err, ErrDestination) {
			return nil, fmt.Errorf("%w (%s)", err, req.URL.Host)
		}
		return nil, fmt.Errorf("%w from %s: %w", ErrUnreachable, req.URL.Host, err)
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode >= 300 && resp.StatusCode < 400:
		return nil, fmt.Errorf("%w: %s answers %d", ErrRedirect, req.URL.Host, resp.StatusCode)
	case resp.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("%w: %s answers %d", ErrStatus, req.URL.Host, resp.StatusCode)
	}
	if media, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type")); types != nil && (err != nil || !slices.Contains(types, media)) {
		return nil, fmt.Errorf("%w: %s does not send one of %q", ErrMediaType, req.URL.Host, types)
	}
	return d.read(req.URL.Host, resp)
}

func (d *Door) request(ctx context.Context, rawURL, accept string) (*http.Request, error) {
	u, err := url.Parse(rawURL)
	switch {
	case err != nil:
		return nil, ErrURL
	case u.Scheme != "https" && (u.Scheme != "http" || !d.AllowHTTP):
		return nil, fmt.Errorf("%w: %q", ErrScheme, u.Scheme)
	case u.Hostname() == "" || u.User != nil:
		return nil, ErrURL
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), http.NoBody)
	if err != nil {
		return nil, ErrURL
	}
	if accept != "" {
		req.Header.Set("Accept", accept)
	}
	return req, nil
}

func (d *Door) read(host string, resp *http.Response) ([]byte, error) {
	limit := d.MaxBytes
	if limit <= 0 {
		limit = defaultMaxBytes
	}
	if resp.ContentLength > limit {
		return nil, fmt.Errorf("%w: %s announces %d bytes, the limit is %d", ErrTooLarge, host, resp.ContentLength, limit)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	if err != nil {
		return nil, fmt.Errorf("%w from %s: %w", ErrUnreachable, host, err)
	}
	if int64(len(body)) > limit {
		return nil, fmt.Errorf("%w: %s sends more than %d bytes", ErrTooLarge, host, limit)
	}
	return body, nil
}

func (d *Door) timeout() time.Duration {
	if d.Timeout <= 0 {
		return defaultTimeout
	}
	return d.Timeout
}

type proxyKey struct{}

// route finds the transport for a request: the host's, the guarded one, or the one to the egress proxy. Two transports rather than one
// whose dialer guesses: it is told an address, not whose it is.
func (d *Door) route(req *http.Request) (http.RoundTripper, *http.Request, error) {
	if d.Transport != nil {
		return d.Transport, req, nil
	}
	d.once.Do(d.build)
	if addr, err := netip.ParseAddr(req.URL.Hostname()); err == nil {
		if err := d.permit(addr); err != nil {
			return nil, nil, err
		}
	}
	if d.Proxy == nil {
		return d.direct, req, nil
	}
	proxy, err := d.Proxy(req)
	switch {
	case err != nil:
		return nil, nil, fmt.Errorf("%w from %s: egress proxy: %w", ErrUnreachable, req.URL.Host, err)
	case proxy == nil:
		return d.direct, req, nil
	}
	return d.proxied, req.WithContext(context.WithValue(req.Context(), proxyKey{}, proxy)), nil
}

func (d *Door) build() {
	d.direct = d.transport(&net.Dialer{Control: d.control}, nil)
	d.proxied = d.transport(&net.Dialer{}, func(r *http.Request) (*url.URL, error) {
		proxy, _ := r.Context().Value(proxyKey{}).(*url.URL)
		return proxy, nil
	})
}

func (d *Door) transport(dialer *net.Dialer, proxy func(*http.Request) (*url.URL, error)) *http.Transport {
	return &http.Transport{
		Proxy:                  proxy,
		DialContext:            dialer.DialContext,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, CipherSuites: CipherSuites(), RootCAs: d.RootCAs},
		ForceAttemptHTTP2:      true,
		DisableCompression:     true, // what is small on the wire must be small in memory
		MaxIdleConns:           32,
		MaxIdleConnsPerHost:    1,
		IdleConnTimeout:        30 * time.Second,
		MaxResponseHeaderBytes: 32 << 10,
	}
}
