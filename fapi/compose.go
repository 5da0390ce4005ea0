package fapi

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/ory/fosite"
	"github.com/ory/fosite/compose"

	"github.com/fosite-fapi/fosite-fapi/clientcert"
	"github.com/fosite-fapi/fosite-fapi/internal/fetch"
	"github.com/fosite-fapi/fosite-fapi/mtls"
	"github.com/fosite-fapi/fosite-fapi/rar"
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

// assemble judges the settings and builds the provider.
func assemble(config fosite.Configurator, store any, s *settings, legacy fosite.OAuth2Provider, found problems) (*Provider, error) {
	ctx := context.Background()
	p := &Provider{
		legacy: legacy, hostLane: s.hostLane, config: config, selector: s.selector, profiles: map[string]*Profile{},
		fixedIssuer: s.issuer, legacyIssuer: s.legacyIssuer, urls: s.endpoints, defaultAudience: s.audience,
		metadataOf: s.metadata, certificates: s.certificates, mtls: s.mtls, introspectors: s.introspectors, introspectionView: s.view,
		auditors: s.auditors, required: s.required, auditLogs: logs(s.auditors) || logs(s.required), errorBase: s.errorURI,
		logger: s.logger, errorPage: s.errorPage, maxBytes: s.maxBytes, now: s.now, format: s.format,
		nonces: s.nonces, nonceSource: s.nonceSource, resourceURLs: s.resourceURLs, idTokenClaims: s.idTokenClaims, details: s.details,
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
	if p.details == nil {
		p.details = &rar.Types{}
	}
}
