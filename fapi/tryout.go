package fapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"

	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/internal/faults"
	"github.com/fosite-fapi/fosite-fapi/internal/form"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

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
