package fapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/internal/faults"
	"github.com/fosite-fapi/fosite-fapi/internal/form"
	"github.com/fosite-fapi/fosite-fapi/mtls"
	"github.com/fosite-fapi/fosite-fapi/par"
	"github.com/fosite-fapi/fosite-fapi/pkce"
	"github.com/fosite-fapi/fosite-fapi/registration"
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
		certificates: p.certificates, jwks: p.jwks, logger: p.logger, maxBytes: p.maxBytes, now: p.now, telemetry: p.telemetry,
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

// A tryout is one request in report-only mode. A nil one does nothing.
type tryout struct {
	*rehearsal
	in     *inbound
	stage  Stage
	unread error // what the profiled lane would have said of the message
}

// tryout keeps what a judgement needs of a message before its own lane works on it: fosite writes into forms.
func (p *Provider) tryout(in *inbound, stage Stage) *tryout {
	if p.rehearsal == nil {
		return nil
	}
	t := &tryout{rehearsal: p.rehearsal, in: in, stage: stage}
	in.keeps = true
	if in.strict {
		return t // that lane reads it
	}
	defer t.caught()
	if in.malformed {
		t.unread = form.ErrSyntax
	}
	read := in.body
	if stage == AtAuthorization {
		read = in.frontChannel
	}
	if _, err := read(p.maxBytes); err != nil && t.unread == nil {
		t.unread = err
	}
	if in.sent == nil {
		in.sent = maps.Clone(in.Form)
	}
	return t
}

// caught keeps a panic from the request that is only being judged.
func (t *tryout) caught() {
	if cause := recover(); cause != nil {
		t.logger.LogAttrs(context.WithoutCancel(t.in.Context()), slog.LevelError, "report-only judgement panicked",
			slog.String("stage", string(t.stage)), slog.String("cause", brief(fmt.Sprint(cause))))
	}
}

// party is the client as the judging profile sees it; nil if it is not judged.
func (t *tryout) party(ctx context.Context, client fosite.Client) *party {
	if client == nil || client.GetID() == "" {
		return nil
	}
	name, err := t.selector(ctx, client)
	if err != nil || name != "" && name != Legacy && t.judge.profiles[name] == nil {
		t.logger.LogAttrs(ctx, slog.LevelError, "report-only selector failed", slog.String("client", client.GetID()), slog.String("profile", name))
		return nil
	}
	profile := t.judge.profiles[name]
	if served := t.in.parties.of(client.GetID()); profile == nil || served != nil && served.profile != nil && served.profile.Name == name {
		return nil
	}
	meta, err := t.judge.metadataOf(ctx, client)
	if err != nil || meta == nil {
		meta = &registration.Metadata{RedirectURIs: client.GetRedirectURIs()} // as good as none: the defaults of RFC 7591
	}
	return &party{
		client: client, meta: meta, profile: profile, keys: clientKeys{provider: t.judge, meta: meta}, all: new(faults.List),
	}
}

// of judges a request of the client by f, and reports.
func (t *tryout) of(ctx context.Context, client fosite.Client, f func(c *party, in *inbound) (Leg, error)) {
	defer t.caught()
	c := t.party(ctx, client)
	if c == nil {
		return
	}
	in := &inbound{Request: t.in.Request, strict: true, rehearsed: c, sent: t.in.sent, started: t.in.started}
	_ = c.stop(t.unread)
	if t.disagrees(c) {
		_ = c.stop(errIdentifiers)
	}
	leg, err := f(c, in)
	_ = c.stop(err) // what ended the judgement
	t.send(ctx, t.report(ctx, c, leg))
}

// disagrees says whether the message names another client too.
func (t *tryout) disagrees(c *party) bool {
	ids, err := identifiers(nil, t.in.Request, t.in.sent)
	return err != nil || t.in.disagrees(c.client.GetID()) || slices.ContainsFunc(ids, func(id string) bool { return id != c.client.GetID() })
}

func (t *tryout) report(ctx context.Context, c *party, leg Leg) *Report {
	r := &Report{Time: t.judge.now(), Client: c.client.GetID(), Profile: c.profile.Name, Leg: leg, Legs: c.legs()}
	add := func(id, reason string) {
		if !slices.ContainsFunc(r.Unmet, func(u Unmet) bool { return u.ID == id }) {
			r.Unmet = append(r.Unmet, Unmet{ID: id, Clause: t.clauses[c.profile.Name][id], Reason: brief(reason)})
		}
	}
	for _, one := range t.judge.check(ctx, c) {
		add(one.ID, one.Text)
	}
	for _, err := range *c.all {
		if why := unjudged(""); errors.As(err, &why) {
			r.Unjudged = append(r.Unjudged, string(why))
			continue
		}
		refusal := refuse(t.stage, c, err)
		add(refusal.ID, refusal.reason())
	}
	return r
}

// reason is what was wrong, for the operator: the hint that the client would have got, or the cause.
func (r *Refusal) reason() string {
	switch {
	case r.wire.HintField != "":
		return r.wire.HintField
	case r.cause != nil:
		return r.cause.Error()
	}
	return r.wire.DescriptionField
}

// pushed judges a pushed request that was accepted.
func (t *tryout) pushed(ctx context.Context, accepted fosite.AuthorizeRequester, err error) {
	if t == nil || err != nil {
		return
	}
	t.of(ctx, accepted.GetClient(), func(c *party, in *inbound) (Leg, error) {
		ar := &authorizeRequest{AuthorizeRequest: &fosite.AuthorizeRequest{Request: fosite.Request{RequestedAt: in.started.UTC()}}}
		_, err := t.judge.push(ctx, in, ar)
		return Leg{Stage: AtPushedRequest}, err
	})
}

// authorization judges an authorization request that was accepted.
func (t *tryout) authorization(ctx context.Context, accepted fosite.AuthorizeRequester, err error) {
	if t == nil || err != nil {
		return
	}
	t.of(ctx, accepted.GetClient(), func(c *party, _ *inbound) (Leg, error) {
		leg := Leg{Stage: AtAuthorization}
		ar, pushed := t.arrived(ctx, c, accepted)
		if !pushed && c.mustPush() {
			_ = c.stop(errNotPushed)
			_ = c.stop(form.Single(ar.Form))
		}
		request := Request{Stage: AtAuthorization}
		switch signed := ar.Form.Has("request"); {
		case pushed:
			if c.mustSign() && !signed && routeOf(ar.Form) == asParameters {
				_ = c.stop(errRequestObjectMissing)
			}
		case signed:
			object, err := t.judge.verifyObject(ctx, c, ar.Form.Get("request"))
			if err != nil && object == nil {
				return leg, err
			}
			request.Object, ar.Form = object, object.Form()
			byFrontend.put(ar.Form)
		case ar.Form.Get("request_uri") != "":
			_ = c.stop(objectUnjudged)
			ar.Form = maps.Clone(accepted.GetRequestForm())
			byFrontend.put(ar.Form)
		default:
			if c.mustSign() {
				_ = c.stop(errRequestObjectMissing)
			}
			byFrontend.put(ar.Form)
		}
		err := t.judge.validate(ctx, c, ar)
		request.Parameters, request.Scopes = ar.Form, ar.RequestedScope
		return leg, errors.Join(err, t.judge.judge(ctx, c, request))
	})
}

// arrived is the authorization request as the profiled lane would have it, and whether it was pushed.
func (t *tryout) arrived(ctx context.Context, c *party, accepted fosite.AuthorizeRequester) (ar *fosite.AuthorizeRequest, pushed bool) {
	ar = &fosite.AuthorizeRequest{Request: fosite.Request{Client: accepted.GetClient(), RequestedAt: accepted.GetRequestedAt()}}
	if own, ok := accepted.(*authorizeRequest); ok {
		ar.Form = maps.Clone(own.Form)
		if routeOf(ar.Form) == byFrontend {
			ar.Form = maps.Clone(t.in.sent)
			return ar, false
		}
		return ar, true
	}
	key := hashed(resumable(accepted.GetRequestForm()).Encode())
	if strings.HasPrefix(t.in.sent.Get("request_uri"), t.prefix(ctx)) {
		_, _ = t.resumed.UseOnce(ctx, legacyPush, key, t.judge.now().Add(legacyInteraction)) // full: the page will seem not pushed
		if !t.judge.now().Before(accepted.GetRequestedAt().Add(c.profile.RequestURILifetime)) {
			_ = c.stop(par.ErrExpired) // fosite keeps it longer
		}
		ar.Form = resumable(accepted.GetRequestForm())
		delete(ar.Form, routeKey)
		return ar, true
	}
	ar.Form = maps.Clone(t.in.sent)
	delete(ar.Form, routeKey)
	resumed, _ := t.resumed.Used(ctx, legacyPush, key) // the error of a full memory is the same as an unknown page
	return ar, resumed
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
		if _, err := t.judge.admit(ctx, in, r); err != nil {
			return leg, err
		}
		switch r.grant.(type) {
		case codeGrant:
			return leg, t.redemption(ctx, c, r, accepted)
		case refreshGrant:
			_ = c.stop(t.judge.narrow(ctx, r))
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
