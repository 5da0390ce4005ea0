package fapi

import (
	"context"
	"fmt"

	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/internal/faults"
	"github.com/fosite-fapi/fosite-fapi/internal/fositejose"
	"github.com/fosite-fapi/fosite-fapi/mtls"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

// A Selector names the profile of a client: one of those given to [Compose], or [Legacy]. An unknown name, "" or an
// error refuses the request, and so does a panic. It is asked once for every client that a request names, and may run
// concurrently.
type Selector func(ctx context.Context, client fosite.Client) (profile string, err error)

// Legacy is the name by which a [Selector] leaves a client to the host's own factories.
const Legacy = "legacy"

// A party is a client with what is known of it, loaded once per request.
type party struct {
	client  fosite.Client
	meta    *registration.Metadata
	profile *Profile // nil for a legacy client
	keys    clientKeys
	all     *faults.List // nil but in report-only mode, where judgements go on
}

// stop ends a judgement at the first thing wrong. In report-only mode it notes that, and the judgement goes on.
func (c *party) stop(err error) error { return c.all.Stop(err) }

// party loads a client and selects its profile.
func (p *Provider) party(ctx context.Context, id string) (*party, error) {
	return guard(func() (*party, error) {
		client, err := p.client(ctx, id)
		if err != nil {
			return nil, err
		}
		return p.partyOf(ctx, client)
	})
}

func (p *Provider) client(ctx context.Context, id string) (fosite.Client, error) {
	client, err := p.store.GetClient(ctx, id)
	if isNotFound(err) || (err == nil && client == nil) {
		return nil, errClientUnknown
	} else if err != nil {
		return nil, fmt.Errorf("%w: loading the client: %w", errStore, err)
	}
	return client, nil
}

// profileOf selects a client's profile; nil for a legacy client.
func (p *Provider) profileOf(ctx context.Context, client fosite.Client) (*Profile, error) {
	name, err := p.selector(ctx, client)
	if err != nil {
		return nil, fmt.Errorf("%w: the selector failed: %w", errNoProfile, err)
	}
	if name == Legacy && p.legacy != nil {
		return nil, nil //nolint:nilnil // absence is an answer here, not an error
	}
	profile := p.profiles[name]
	if profile == nil {
		return nil, fmt.Errorf("%w: the selector said %q", errNoProfile, name)
	}
	return profile, nil
}

func (p *Provider) partyOf(ctx context.Context, client fosite.Client) (*party, error) {
	profile, err := p.profileOf(ctx, client)
	if err != nil {
		return nil, err
	}
	if profile == nil {
		return &party{client: client}, nil
	}
	meta, err := p.metadataOf(ctx, client)
	if err != nil {
		return nil, fmt.Errorf("%w: no client metadata: %w", errNoProfile, err)
	}
	return &party{client: client, meta: meta, profile: profile, keys: clientKeys{provider: p, meta: meta}}, nil
}

// A MetadataHolder is a client that knows its own metadata, as [registration.Client] does.
type MetadataHolder interface {
	RegistrationMetadata() *registration.Metadata
}

// clientMetadata is the default of [WithClientMetadata]: the client's own method, or what fosite's interfaces tell.
func clientMetadata(_ context.Context, client fosite.Client) (*registration.Metadata, error) {
	if h, ok := client.(MetadataHolder); ok {
		if m := h.RegistrationMetadata(); m != nil {
			return m, nil
		}
	}
	oidc, ok := client.(fosite.OpenIDConnectClient)
	if !ok {
		return nil, fmt.Errorf("%T has neither RegistrationMetadata nor the methods of fosite.OpenIDConnectClient", client)
	}
	m := &registration.Metadata{
		RedirectURIs:            client.GetRedirectURIs(),
		TokenEndpointAuthMethod: oidc.GetTokenEndpointAuthMethod(),
		JWKSURI:                 oidc.GetJSONWebKeysURI(),
		JWKS:                    fositejose.Set(oidc.GetJSONWebKeys()),
	}
	// fosite's stock client says RS256 where nothing was registered.
	if alg := oidc.GetTokenEndpointAuthSigningAlgorithm(); alg != "RS256" {
		m.TokenEndpointAuthSigningAlg = alg
	}
	return m, nil
}

func (c *party) subject() mtls.Subject {
	return mtls.Subject{
		DN: c.meta.TLSClientAuthSubjectDN, SANDNS: c.meta.TLSClientAuthSANDNS, SANURI: c.meta.TLSClientAuthSANURI,
		SANIP: c.meta.TLSClientAuthSANIP, SANEmail: c.meta.TLSClientAuthSANEmail,
	}
}

// keys is the client's key set as its registration gives it, for whatever verifies with it.
func (p *Provider) keys(c *party) *clientKeys { return &c.keys }

type clientKeys struct {
	provider *Provider
	meta     *registration.Metadata
}

// Keys implements clientassertion.Keys.
func (k *clientKeys) Keys(ctx context.Context, refresh bool) (*jose.JSONWebKeySet, error) {
	if k.meta.JWKS != nil || k.meta.JWKSURI == "" {
		return k.meta.JWKS, nil
	}
	if k.provider.rehearses {
		return k.atHand(ctx, refresh)
	}
	return k.provider.jwks.Get(ctx, k.meta.JWKSURI, refresh)
}
