package fapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	josev3 "github.com/go-jose/go-jose/v3"
	"github.com/ory/fosite"
	"github.com/ory/fosite/compose"
	"github.com/ory/fosite/handler/oauth2"

	"github.com/fosite-fapi/fosite-fapi/clientcert"
	"github.com/fosite-fapi/fosite-fapi/internal/fetch"
	"github.com/fosite-fapi/fosite-fapi/mtls"
	"github.com/fosite-fapi/fosite-fapi/requestobject"
)

// Compose is compose.Compose with FAPI: clients for which the profile selection says [Legacy] are served by a plain
// fosite provider made of the host's factories, the others by the profile's rules.
//
// config, store and strategy are what the host gave to compose.Compose; none of them is changed. The error joins a
// [*Problem] for everything that is misconfigured, and the provider is nil then.
func Compose(config *fosite.Config, store any, strategy any, options ...Option) (*Provider, error) {
	var found problems
	s := collect(options, &found)
	if s.strategy != nil {
		found.add("", "WithStrategy is for New; Compose has a parameter for it")
	}
	s.strategy = strategy
	if config == nil {
		found.add("", "config is nil; hosts without a *fosite.Config use New")
		return nil, errors.Join(found...)
	}
	var legacy fosite.OAuth2Provider
	if s.hasFactories {
		own := cloneConfig(config)
		legacy = composeLegacy(own, store, strategy, s.factories, &found)
		s.hostLane = &hostLane{own, strategy}
	}
	return assemble(cloneConfig(config), store, s, legacy, found)
}

// New is [Compose] for hosts that build their provider by fosite.NewOAuth2Provider and have a configurator of their
// own. Legacy clients are served by such a provider, with the handlers that the configurator names; [WithFactories]
// is an error here.
func New(store fosite.Storage, configurator fosite.Configurator, options ...Option) (*Provider, error) {
	var found problems
	s := collect(options, &found)
	if store == nil || configurator == nil {
		found.add("", "the store and the configurator must not be nil")
		return nil, errors.Join(found...)
	}
	if s.hasFactories {
		found.add("", "WithFactories is for Compose; a configurator names its handlers itself")
	}
	if s.strategy == nil {
		s.strategy = compose.NewOAuth2HMACStrategy(configurator)
	}
	s.hostLane = &hostLane{configurator, s.strategy}
	return assemble(configurator, store, s, fosite.NewOAuth2Provider(store, configurator), found)
}

func collect(options []Option, found *problems) *settings {
	s := &settings{}
	for _, option := range options {
		if option == nil {
			continue
		}
		if err := option(s); err != nil {
			found.add("", "%s", err)
		}
	}
	return s
}

// cloneConfig detaches a copy from the handler lists of the original and sets every value that fosite's getters would
// set later, without a lock.
func cloneConfig(config *fosite.Config) *fosite.Config {
	c := *config
	c.AuthorizeEndpointHandlers = slices.Clone(c.AuthorizeEndpointHandlers)
	c.TokenEndpointHandlers = slices.Clone(c.TokenEndpointHandlers)
	c.TokenIntrospectionHandlers = slices.Clone(c.TokenIntrospectionHandlers)
	c.RevocationHandlers = slices.Clone(c.RevocationHandlers)
	c.PushedAuthorizeEndpointHandlers = slices.Clone(c.PushedAuthorizeEndpointHandlers)
	ctx := context.Background()
	c.GetSecretsHasher(ctx)
	c.GetScopeStrategy(ctx)
	c.GetAudienceStrategy(ctx)
	if c.JWKSFetcherStrategy == nil {
		c.JWKSFetcherStrategy = lazyFetcher(sync.OnceValue(func() fosite.JWKSFetcherStrategy { return fosite.NewDefaultJWKSFetcherStrategy() }))
	}
	c.GetRefreshTokenScopes(ctx)
	c.GetTokenEntropy(ctx)
	c.GetRedirectSecureChecker(ctx)
	c.GetJWTMaxDuration(ctx)
	return &c
}

// lazyFetcher makes fosite's default, which starts goroutines, only when a legacy client needs it.
type lazyFetcher func() fosite.JWKSFetcherStrategy

func (f lazyFetcher) Resolve(ctx context.Context, location string, ignoreCache bool) (*josev3.JSONWebKeySet, error) {
	return f().Resolve(ctx, location, ignoreCache)
}

// composeLegacy is compose.Compose, but a factory that panics is reported instead of ending the process.
func composeLegacy(config *fosite.Config, store, strategy any, factories []compose.Factory, found *problems) fosite.OAuth2Provider {
	if _, ok := store.(fosite.Storage); !ok {
		return nil // reported by assemble
	}
	guarded := make([]compose.Factory, len(factories))
	for i, factory := range factories {
		guarded[i] = func(c fosite.Configurator, store, strategy any) (handler any) {
			defer func() {
				if cause := recover(); cause != nil {
					found.add("", "factory %d failed: %v", i, cause)
				}
			}()
			return factory(c, store, strategy)
		}
	}
	return compose.Compose(config, store, strategy, guarded...)
}

// assemble judges the settings and builds the provider.
func assemble(config fosite.Configurator, store any, s *settings, legacy fosite.OAuth2Provider, found problems) (*Provider, error) {
	ctx := context.Background()
	p := &Provider{
		legacy: legacy, hostLane: s.hostLane, config: config, selector: s.selector, profiles: map[string]*Profile{},
		fixedIssuer: s.issuer, legacyIssuer: s.legacyIssuer, urls: s.endpoints, defaultAudience: s.audience,
		metadataOf: s.metadata, certificates: s.certificates, mtls: s.mtls, introspectors: s.introspectors, introspectionView: s.view,
		auditors: s.auditors, required: s.required, auditLogs: logs(s.auditors) || logs(s.required), errorBase: s.errorURI,
		logger: s.logger, errorPage: s.errorPage, maxBytes: s.maxBytes, now: s.now, format: s.format,
		nonces: s.nonces, nonceSource: s.nonceSource, resourceURLs: s.resourceURLs, idTokenClaims: s.idTokenClaims,
	}
	p.setDefaults()
	p.telemetry = newTelemetry(s, &found)
	p.checkStorage(store, &found)
	p.checkProfiles(s, &found)
	p.checkRegistration(s.registration, &found)
	p.checkIssuer(ctx, &found)
	p.checkStrategy(ctx, s, &found)
	p.checkKeys(ctx, s, &found)
	p.once = s.singleUse
	if p.once == nil && p.store != nil {
		p.once = defaultSingleUse(p.store, config, p.now)
		checkSecret(ctx, p.once, &found)
	}
	p.jwks = &fetch.JWKS{Now: p.now, Door: &fetch.Door{
		AllowPrivate: s.outbound.AllowPrivate, Proxy: s.outbound.Proxy, RootCAs: s.outbound.RootCAs,
	}}
	p.objectFetcher = &requestobject.Fetcher{
		AllowPrivate: s.outbound.AllowPrivate, Proxy: s.outbound.Proxy, RootCAs: s.outbound.RootCAs, Now: p.now,
	}
	if s.mtls != nil && s.mtls.Roots == nil {
		found.add("MTLS-24", "the trust anchors of tls_client_auth are nil")
	}
	p.lanes(p.issuer(ctx), &found)
	p.rehearse(ctx, s.reportOnly, &found)
	if len(found) > 0 {
		return nil, errors.Join(found...)
	}
	for _, w := range p.weakened {
		p.logger.LogAttrs(ctx, slog.LevelWarn, "profile weakened", slog.String("id", w))
	}
	return p, nil
}

func (p *Provider) setDefaults() {
	if p.metadataOf == nil {
		p.metadataOf = clientMetadata
	}
	if p.certificates == nil {
		p.certificates = clientcert.FromTLS
	}
	if p.logger == nil {
		p.logger = slog.Default()
	}
	if p.errorPage == nil {
		p.errorPage = defaultErrorPage
	}
	if p.maxBytes == 0 {
		p.maxBytes = 128 << 10
	}
	if p.now == nil {
		p.now = time.Now
	}
	if p.mtls == nil {
		p.mtls = &mtls.Verifier{}
	}
}

// checkStorage names every method that the profiled lane needs and the store lacks.
func (p *Provider) checkStorage(store any, found *problems) {
	if v := reflect.ValueOf(store); !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil() {
		found.add("", "the store is nil")
		return
	}
	for _, need := range []struct {
		id    string
		iface reflect.Type
	}{
		{"", reflect.TypeFor[fosite.Storage]()},
		{"OA-08", reflect.TypeFor[oauth2.CoreStorage]()},
		{"F2-AZ-09", reflect.TypeFor[oauth2.TokenRevocationStorage]()},
		{"F2-AZ-02", reflect.TypeFor[fosite.PARStorage]()},
	} {
		if t := reflect.TypeOf(store); !t.Implements(need.iface) {
			var missing []string
			for i := range need.iface.NumMethod() {
				want := need.iface.Method(i)
				if got := reflect.ValueOf(store).MethodByName(want.Name); !got.IsValid() || got.Type() != want.Type {
					missing = append(missing, want.Name) // also where it has the name but not the signature
				}
			}
			found.add(need.id, "the store %s is no %s: it lacks %s", t, need.iface, strings.Join(missing, ", "))
		}
	}
	p.store, _ = store.(fosite.Storage)
	p.vault = newVault(store)
}

func (p *Provider) checkProfiles(s *settings, found *problems) {
	switch {
	case s.profileMode == "" && s.reportOnly != nil && (p.legacy == nil && !s.hasFactories):
		found.add("", "WithReportOnly alone leaves every client to the factories; add WithFactories")
	case s.profileMode == "" && s.reportOnly != nil:
		p.selector = func(context.Context, fosite.Client) (string, error) { return Legacy, nil }
	case s.profileMode == "":
		found.add("", "no profile is given; use WithProfiles or WithProfile")
	case s.profileMode == "WithProfiles" && len(s.profiles) == 1 && p.legacy == nil && !s.hasFactories:
		found.add("", "a selector without factories: clients for which it says %q would be served by nothing; add WithFactories, or use WithProfile", Legacy)
	case s.profileMode == "WithProfile" && s.hasFactories:
		found.add("", "WithProfile leaves no client to the factories; use WithProfiles")
	}
	if s.profileMode == "WithProfile" {
		p.legacy = nil
	}
	p.addProfiles(s.profiles, found)
}

// addProfiles takes copies of profiles, and names what is wrong with them.
func (p *Provider) addProfiles(profiles []Profile, found *problems) {
	for _, profile := range profiles {
		c := profile.clone()
		*found = append(*found, c.problems()...)
		if p.profiles[c.Name] != nil {
			found.add("", "two profiles are named %q", c.Name)
		}
		for _, id := range c.without {
			if !slices.ContainsFunc(profile.rules, func(r Rule) bool { return r.ID == id }) {
				found.add(id, "profile %q: the requirement can not be removed", c.Name)
			}
			p.weakened = append(p.weakened, c.Name+" without "+id)
		}
		p.profiles[c.Name] = c
	}
}

func (p *Provider) checkIssuer(ctx context.Context, found *problems) {
	issuer := p.issuer(ctx)
	if issuer == "" {
		found.add("ISS-03", "no issuer; set IDTokenIssuer in the config or use WithIssuer")
		return
	}
	if err := validIssuer(issuer); err != nil {
		found.add("ISS-02", "issuer %q: %s", issuer, err)
		return
	}
	doc, err := p.Metadata(ctx)
	if err == nil {
		err = doc.Validate()
	}
	if err != nil && len(p.profiles) > 0 {
		found.add("F2-AS-01", "the server metadata would be invalid: %s", err)
	}
}

func validIssuer(issuer string) error {
	u, err := url.Parse(issuer)
	switch {
	case err != nil:
		return errors.New("not a URL")
	case u.Scheme != "https":
		return errors.New("must be https")
	case u.Host == "" || u.RawQuery != "" || u.ForceQuery || strings.Contains(issuer, "#") || u.User != nil:
		return errors.New("must have a host and neither query nor fragment")
	}
	return nil
}

// checkStrategy tries the strategy once, because it would fail only at the first request: on a secret that is too
// short, for example.
func (p *Provider) checkStrategy(ctx context.Context, s *settings, found *problems) {
	core, ok := s.strategy.(oauth2.CoreStrategy)
	if !ok {
		found.add("F2-CR-06", "the strategy %T is no oauth2.CoreStrategy", s.strategy)
		return
	}
	p.strategy = core
	err := func() (err error) {
		defer func() {
			if cause := recover(); cause != nil {
				err = fmt.Errorf("%v", cause)
			}
		}()
		_, _, err = core.GenerateAuthorizeCode(ctx, fosite.NewRequest())
		return err
	}()
	if err != nil {
		found.add("F2-CR-06", "the strategy can not make codes: %s", err)
	}
	if p.format == "" {
		p.format = Opaque
		if makesJWT(s.strategy) {
			p.format = JWT
		}
	}
}

// checkSecret sees that the default single use has the secret that its entries are named by.
func checkSecret(ctx context.Context, once SingleUse, found *problems) {
	s, ok := once.(assertionStore)
	if !ok {
		return
	}
	if secret, err := s.config.GetGlobalSecret(ctx); err != nil || len(secret) < 32 {
		found.add("F2-CR-06", "single use in the host's store needs a global secret of at least 32 bytes; set one, or use WithSingleUse")
	}
}
