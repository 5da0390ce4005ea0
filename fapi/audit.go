package fapi

import (
	"context"
	"log/slog"
	"time"
)

// An Event is one decision about a profiled client. It holds no token, code, assertion, key or password.
type Event struct {
	Time    time.Time
	Stage   Stage
	Client  string // unverified where the client's authentication was refused
	Profile string
	Subject string // where known
	Granted bool
	ID      string // the requirement that a refusal stands for
	Code    string // the OAuth error code of a refusal
	Reason  string // what was wrong, for the operator
}

// An Auditor receives events. It is called in line with the request, possibly concurrently: it should not block.
type Auditor interface {
	Audit(ctx context.Context, e Event)
}

// AuditFunc makes an [Auditor] of a function.
type AuditFunc func(ctx context.Context, e Event)

// Audit calls f.
func (f AuditFunc) Audit(ctx context.Context, e Event) { f(ctx, e) }

// refused reports a refusal to the audit and the log, and returns it.
func (p *Provider) refused(ctx context.Context, c *party, r *Refusal) *Refusal {
	if c != nil && r.Client == "" {
		r.Client = c.client.GetID()
	}
	e := Event{Time: p.now(), Stage: r.Stage, Client: r.Client, ID: r.ID, Code: r.Code(), Reason: r.Error()}
	if c != nil && c.profile != nil {
		e.Profile = c.profile.Name
	}
	level := slog.LevelInfo
	if r.Status() >= 500 {
		level = slog.LevelError
	}
	p.logger.LogAttrs(ctx, level, "refused",
		slog.String("stage", string(e.Stage)), slog.String("client", e.Client), slog.String("profile", e.Profile),
		slog.String("id", e.ID), slog.String("code", e.Code), slog.String("reason", e.Reason))
	if p.auditor != nil {
		p.auditor.Audit(ctx, e)
	}
	return r
}

// granted reports a decision in the client's favour.
func (p *Provider) granted(ctx context.Context, stage Stage, c *party, subject string) {
	if p.auditor == nil {
		return
	}
	p.auditor.Audit(ctx, Event{
		Time: p.now(), Stage: stage, Client: c.client.GetID(), Profile: c.profile.Name, Subject: subject, Granted: true,
	})
}
