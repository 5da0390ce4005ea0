package fapi

import (
	"context"
	"log/slog"
	"net/url"
	"slices"
	"sync/atomic"
	"time"

	"github.com/ory/fosite"
	"github.com/ory/fosite/handler/oauth2"

	"github.com/fosite-fapi/fosite-fapi/clientassertion"
	"github.com/fosite-fapi/fosite-fapi/clientcert"
	"github.com/fosite-fapi/fosite-fapi/dpop"
	"github.com/fosite-fapi/fosite-fapi/internal/fetch"
	"github.com/fosite-fapi/fosite-fapi/keys"
	"github.com/fosite-fapi/fosite-fapi/mtls"
	"github.com/fosite-fapi/fosite-fapi/par"
	"github.com/fosite-fapi/fosite-fapi/rar"
	"github.com/fosite-fapi/fosite-fapi/registration"
	"github.com/fosite-fapi/fosite-fapi/requestobject"
)

// A Provider is a fosite.OAuth2Provider with two lanes: the host's own, for its legacy clients, and one that keeps
// the profiles. [Compose] makes it; it is safe for concurrent use.
//
// Every method first finds out which clients a request names: in the form, in HTTP Basic, in a client assertion. If
// one of them has a profile, the profiled lane answers. The lanes can't use each other's codes, tokens and pushed
// requests, because the profiled ones are stored under keys of their own.
type Provider struct {
	legacy   fosite.OAuth2Provider // nil when every client has a profile
	hostLane *hostLane             // what legacy was made of; nil where it is
	config   fosite.Configurator
	store    fosite.Storage
	vault    *vault
	strategy oauth2.CoreStrategy

	selector Selector
	profiles map[string]*Profile
	weakened []string

	fixedIssuer     string
	legacyIssuer    bool // iss also stands in what legacy clients are answered
	urls            Endpoints
	signing         keys.Source
	decryption      keys.DecryptionSource // nil: nothing can be encrypted for the server
	sharedKeys      bool                  // the legacy lane signs with them too, by algorithms of its own
	format          AccessTokenFormat
	defaultAudience []string

	metadataOf    func(context.Context, fosite.Client) (*registration.Metadata, error)
	once          SingleUse
	certificates  clientcert.Source
	mtls          *mtls.Verifier
	jwks          *fetch.JWKS
	introspectors func(context.Context, fosite.Client, fosite.AccessRequester) bool

	introspectionView IntrospectionView // nil: everything is told

	auditors      Auditors
	required      Auditors // without whose record nothing is granted
	auditLogs     bool     // one of them writes the log
	auditFailures atomic.Uint64
	telemetry     *telemetry
	errorBase     *url.URL // of error_uri; nil: none is sent

	logger    *slog.Logger
	errorPage ErrorPage
	maxBytes  int64
	now       func() time.Time

	nonces       NoncePolicy
	nonceSource  *dpop.Nonces
	resourceURLs []string

	idTokenClaims IDTokenClaimer
	details       *rar.Types // empty: authorization_details are refused
	objectFetcher *requestobject.Fetcher

	registrar *registrar // of WithRegistration; nil without

	rehearsal *rehearsal // report-only mode; nil without
	rehearses bool       // this provider judges for another's report-only mode

	assertions map[string]clientassertion.Verifier // by profile; the audience is set for each request
	objects    map[string]requestobject.Verifier   // by profile; the issuer is set for each request
	proofs     map[string]*dpop.Verifier           // by profile, of those that offer DPoP
	pushed     map[string]*par.Requests            // by profile
}

var _ fosite.OAuth2Provider = (*Provider)(nil)

// artefactPrefix stands before the keys under which the store sees what belongs to profiled clients. The dot keeps
// them out of the legacy lane's reach: fosite takes its keys from tokens that strangers send, and those keys never
// have a dot, because it is what tokens are split at.
const artefactPrefix = "fapi."

// lanes builds what each profile needs at run time.
func (p *Provider) lanes(issuer string, found *problems) {
	if p.store == nil || p.vault.pushed == nil || issuer == "" {
		return // reported before
	}
	p.assertions = make(map[string]clientassertion.Verifier, len(p.profiles))
	p.objects = make(map[string]requestobject.Verifier, len(p.profiles))
	p.proofs = make(map[string]*dpop.Verifier, len(p.profiles))
	p.pushed = make(map[string]*par.Requests, len(p.profiles))
	for name, profile := range p.profiles {
		p.assertions[name] = clientassertion.Verifier{
			Algorithms: profile.SigningAlgorithms, MaxLifetime: profile.AssertionLifetime, Replay: p.once, Now: p.now,
		}
		if slices.Contains(profile.Bindings, BindingDPoP) {
			p.proofs[name] = &dpop.Verifier{Algorithms: profile.SigningAlgorithms, Replay: p.once, Nonces: p.nonceSource, Now: p.now}
		}
		p.pushed[name] = &par.Requests{
			Storage: p.vault.pushed, SingleUse: p.once, Lifetime: profile.RequestURILifetime,
			Interaction: profile.InteractionLifetime, KeyPrefix: artefactPrefix, Now: p.now,
		}
		p.objects[name] = p.objectVerifier(profile)
		assertion, object := p.assertions[name], p.objects[name]
		assertion.Audience, object.Issuer = clientassertion.Audience{Issuer: issuer}, issuer
		checks := []error{assertion.Validate(), object.Validate(), p.pushed[name].Validate()}
		if proofs := p.proofs[name]; proofs != nil {
			checks = append(checks, proofs.Validate())
		}
		for _, err := range checks {
			if err != nil {
				found.add("", "profile %q: %s", name, err)
			}
		}
	}
}

// Weakened lists what the profiles leave out, or registration does, by an option named Insecure: nothing, in a
// conforming server.
func (p *Provider) Weakened() []string { return slices.Clone(p.weakened) }

// Profiles returns the profiles that the provider serves, by name.
func (p *Provider) Profiles() []Profile {
	all := make([]Profile, 0, len(p.profiles))
	for _, profile := range p.profiles {
		all = append(all, *profile.clone())
	}
	slices.SortFunc(all, func(a, b Profile) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	return all
}

// issuer is the issuer identifier for this request.
func (p *Provider) issuer(ctx context.Context) string {
	if p.fixedIssuer != "" {
		return p.fixedIssuer
	}
	if issuer := p.config.GetIDTokenIssuer(ctx); issuer != "" {
		return issuer
	}
	return p.config.GetAccessTokenIssuer(ctx)
}
