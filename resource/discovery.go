package resource

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4/json"
	"golang.org/x/sync/singleflight"

	"github.com/fosite-fapi/fosite-fapi/internal/fetch"
	"github.com/fosite-fapi/fosite-fapi/metadata"
)

const (
	metadataTTL      = 15 * time.Minute
	metadataMaxStale = 24 * time.Hour // the keys themselves are served stale for less
	metadataPause    = 5 * time.Second
)

// document is what matters here of the issuer's metadata.
type document struct {
	Issuer                string `json:"issuer"`
	JWKSURI               string `json:"jwks_uri"`
	IntrospectionEndpoint string `json:"introspection_endpoint"`
	Aliases               struct {
		IntrospectionEndpoint string `json:"introspection_endpoint"`
	} `json:"mtls_endpoint_aliases"`
}

// discovery finds and keeps the issuer's metadata.
type discovery struct {
	issuer string
	urls   [2]string // RFC 8414 3, OpenID Connect Discovery 4
	door   *fetch.Door
	now    func() time.Time

	flights singleflight.Group
	mu      sync.Mutex
	known   *document // the last good one; nil: none yet. What it points to never changes
	fetched time.Time
	failed  time.Time // the last failure since then
	failure error
}

func newDiscovery(issuer string, door *fetch.Door, now func() time.Time) (*discovery, error) {
	oauth, openid, err := metadata.Paths(issuer)
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(issuer)
	if err != nil {
		return nil, err
	}
	origin := u.Scheme + "://" + u.Host
	return &discovery{issuer: issuer, urls: [2]string{origin + oauth, origin + openid}, door: door, now: now}, nil
}

// get returns the issuer's metadata: kept ones, where they are young enough or the issuer doesn't answer.
func (d *discovery) get(ctx context.Context) (*document, error) {
	if known, err := d.kept(); known != nil || err != nil {
		return known, err
	}
	background := context.WithoutCancel(ctx) // others wait for the same answer
	flight := d.flights.DoChan("", func() (any, error) { return d.refresh(background) })
	select {
	case <-ctx.Done():
		return nil, fmt.Errorf("%w: the issuer's metadata: %w", ErrUnavailable, ctx.Err())
	case result := <-flight:
		if result.Err != nil {
			return nil, result.Err
		}
		return result.Val.(*document), nil
	}
}

// kept answers without asking; nil, nil where it can't.
func (d *discovery) kept() (*document, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.now()
	switch {
	case d.known != nil && now.Before(d.fetched.Add(metadataTTL)):
		return d.known, nil
	case d.failure == nil || !now.Before(d.failed.Add(metadataPause)):
		return nil, nil
	case d.mayServe(now):
		return d.known, nil
	}
	return nil, d.failure
}

func (d *discovery) mayServe(now time.Time) bool {
	return d.known != nil && now.Before(d.fetched.Add(metadataTTL+metadataMaxStale))
}

func (d *discovery) refresh(ctx context.Context) (*document, error) {
	// Another flight may have landed since the caller looked.
	if known, err := d.kept(); known != nil || err != nil {
		return known, err
	}
	found, err := d.fetch(ctx)
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.now()
	if err == nil {
		d.known, d.fetched, d.failure = found, now, nil
		return found, nil
	}
	d.failed, d.failure = now, err
	if d.mayServe(now) {
		return d.known, nil
	}
	return nil, err
}

// fetch asks for the document of RFC 8414, and where there is none for that of OpenID Connect, which is all that FAPI 1.0
// demands.
func (d *discovery) fetch(ctx context.Context) (*document, error) {
	body, err := d.door.Get(ctx, d.urls[0], "application/json")
	if errors.Is(err, fetch.ErrStatus) {
		body, err = d.door.Get(ctx, d.urls[1], "application/json")
	}
	if err != nil {
		return nil, fmt.Errorf("%w: the issuer's metadata: %w", ErrUnavailable, err)
	}
	found := new(document)
	if json.Unmarshal(body, found) != nil {
		return nil, fmt.Errorf("%w: not a JSON object of the right types", ErrMetadata)
	}
	if found.Issuer != d.issuer { // MD-06, MD-07
		return nil, fmt.Errorf("%w: another issuer's", ErrMetadata)
	}
	return found, nil
}
