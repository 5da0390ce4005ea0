package fapi

import (
	"context"
	"maps"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/mtls"
	"github.com/fosite-fapi/fosite-fapi/par"
	"github.com/fosite-fapi/fosite-fapi/pkce"
	"github.com/fosite-fapi/fosite-fapi/replay"
)

// A rehearsal is report-only mode at work. Its judge is a provider that shares the real one's configuration and keys,
// but neither store nor single use: it is the same code that refuses, and can change nothing.
type rehearsal struct {
	outbox
	judge    *Provider
	selector Selector
	clauses  map[string]map[string]string // by profile and ID
	prefix   func(context.Context) string // of the request_uri that the legacy lane gives
	resumed  *replay.Memory               // pushed requests whose page was loaded: fosite forgets then that they were pushed
}

// rehearse makes the rehearsal of the option.
func (p *Provider) rehearse(ctx context.Context, o *reportOnly, found *problems) {
	if o == nil {
		return
	}
	judge := &Provider{
		rehearses: true, profiles: maps.Clone(p.profiles), config: p.config, store: p.store, vault: p.vault, strategy: p.strategy,
		fixedIssuer: p.fixedIssuer, urls: p.urls, signing: p.signing, decryption: p.decryption, metadataOf: p.metadataOf,
		certificates: p.certificates, jwks: p.jwks, logger: p.logger, maxBytes: p.maxBytes, details: p.details, now: p.now, telemetry: p.telemetry,
		once: unspent{},
		// Whether a certificate is revoked may have to be asked elsewhere, and is not the client's to change.
		mtls: &mtls.Verifier{Roots: p.mtls.Roots, Intermediates: p.mtls.Intermediates, Now: p.mtls.Now, CacheSize: p.mtls.CacheSize},
	}
	judge.addProfiles(o.profiles, found)
	if len(judge.profiles) == 0 {
		found.add("", "WithReportOnly without a profile to judge by")
	}
	judge.lanes(p.issuer(ctx), found)
	judge.store, judge.vault, judge.pushed = nil, nil, nil // a use would be a mistake, and its panic is caught
	p.rehearsal = &rehearsal{
		outbox: outbox{to: o.reporter, logger: p.logger}, judge: judge, selector: o.selector,
		prefix: func(ctx context.Context) string { return p.legacyPrefix(ctx) }, resumed: replay.NewMemory(0),
	}
	p.rehearsal.resumed.Now = p.now
	p.rehearsal.clauses = make(map[string]map[string]string, len(judge.profiles))
	for name, profile := range judge.profiles {
		clauses := map[string]string{}
		for _, r := range profile.Requirements() {
			clauses[r.ID] = r.Clause
		}
		p.rehearsal.clauses[name] = clauses
	}
}

// unspent is the [SingleUse] of judgements that spend nothing.
type unspent struct{}

func (unspent) UseOnce(context.Context, string, string, time.Time) (bool, error) { return true, nil }
func (unspent) Used(context.Context, string, string) (bool, error)               { return false, nil }

// An unjudged thing is one that can't be judged without making the client wait.
type unjudged string

func (u unjudged) Error() string { return string(u) }

const (
	keysUnjudged   unjudged = "the keys at the client's jwks_uri are not at hand yet"
	objectUnjudged unjudged = "request objects by reference are not fetched for a judgement"
)

// atHand gives the client's keys as far as they are known. What has to be fetched is, for those who come later.
func (k *clientKeys) atHand(ctx context.Context, refresh bool) (*jose.JSONWebKeySet, error) {
	set, ok, err := k.provider.jwks.Peek(ctx, k.meta.JWKSURI, refresh)
	if err == nil && !ok {
		err = keysUnjudged
	}
	return set, err
}

// note notes everything that a review found, and returns the first of it.
func (c *party) note(wrong []error) error {
	for _, err := range wrong {
		_ = c.stop(err) // noted
	}
	if len(wrong) == 0 {
		return nil
	}
	return wrong[0]
}

// token judges a token request that was accepted.
func (t *tryout) token(ctx context.Context, accepted fosite.AccessRequester, err error) {
	if t == nil || err != nil {
		return
	}
	t.of(ctx, accepted.GetClient(), func(c *party, in *inbound) (Leg, error) {
		leg := Leg{AtToken, in.sent.Get("grant_type")}
		if leg.GrantType == "refresh_token" {
			leg = Leg{Stage: AtRefresh}
		}
		r := &accessRequest{AccessRequest: &fosite.AccessRequest{Request: fosite.Request{
			RequestedAt: in.started.UTC(), Session: accepted.GetSession(), RequestedScope: accepted.GetRequestedScopes(),
			GrantedScope: accepted.GetGrantedScopes(), GrantedAudience: accepted.GetGrantedAudience(),
		}}}
		if own, ok := accepted.(*accessRequest); ok {
			r.record = own.record
		}
		if _, err := t.judge.admit(ctx, in, r); err != nil {
			return leg, err
		}
		switch r.grant.(type) {
		case codeGrant:
			return leg, t.redemption(ctx, c, r, accepted)
		case refreshGrant:
			_ = c.stop(t.judge.narrow(ctx, r))
			_ = c.stop(t.judge.assignDetails(ctx, r))
			return leg, t.judge.judgeToken(ctx, AtRefresh, r, r.GrantedScope)
		case credentialsGrant:
			return leg, r.grant.accept(ctx, t.judge, r)
		}
		return leg, nil
	})
}

// redemption judges what a token request says about its code. Of the code itself only its age is known: how it was asked
// for was judged then.
func (t *tryout) redemption(ctx context.Context, c *party, r *accessRequest, accepted fosite.AccessRequester) error {
	verifier := r.Form.Get("code_verifier")
	if c.profile.demands.exchange || verifier != "" {
		_ = c.stop(pkce.Verify(pkce.S256(verifier), verifier))
	}
	if expires := accepted.GetSession().GetExpiresAt(fosite.AuthorizeCode); !expires.IsZero() {
		lifetime := t.judge.config.GetAuthorizeCodeLifespan(ctx)
		if served := t.in.parties.of(c.client.GetID()); served != nil && served.profile != nil {
			lifetime = served.profile.AuthorizationCodeLifetime
		}
		if issued := expires.Add(-lifetime); !t.judge.now().Before(issued.Add(c.profile.AuthorizationCodeLifetime)) {
			_ = c.stop(errCodeExpired)
		}
	}
	_ = c.stop(t.judge.assignDetails(ctx, r))
	return t.judge.judgeToken(ctx, AtToken, r, r.GrantedScope)
}

// about judges a request about a token that was accepted.
func (t *tryout) about(ctx context.Context, client fosite.Client, err error) {
	if t == nil || err != nil {
		return
	}
	if client == nil {
		client = t.caller()
	}
	t.of(ctx, client, func(_ *party, in *inbound) (Leg, error) {
		leg := Leg{Stage: t.stage}
		values, err := in.body(t.judge.maxBytes)
		if err != nil {
			return leg, err
		}
		who, _, err := t.judge.authenticate(ctx, in, values, errUnauthenticated)
		if err != nil {
			return leg, err
		}
		return leg, t.judge.judgeAbout(ctx, t.stage, who, values)
	})
}

// caller is the client that a request came from whose lane does not tell; nil where it is not known. fosite prefers
// HTTP Basic.
func (t *tryout) caller() fosite.Client {
	if user, basic := basicUser(t.in.Request); basic {
		if c := t.in.parties.of(user); c != nil {
			return c.client
		}
		return nil
	}
	if len(t.in.parties) != 1 {
		return nil
	}
	return t.in.parties[0].client
}

// legacyPrefix is that of the request_uri which the host's own lane gives.
func (p *Provider) legacyPrefix(ctx context.Context) string {
	if config, ok := p.config.(fosite.PushedAuthorizeRequestConfigProvider); ok {
		return config.GetPushedAuthorizeRequestURIPrefix(ctx)
	}
	return par.Prefix
}
