package fapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"
)

// An Event is one decision about a profiled client. It holds no token, code, assertion, key or password.
//
// Each request has one: granted, or refused at the first station that said no. A visit to the authorization endpoint that
// decides nothing has none, and one whose answer could not be delivered after the approval has a refusal too.
type Event struct {
	Time    time.Time
	Stage   Stage
	Client  string // unverified where the client's authentication was refused; "" where no client is known
	Profile string // of the client
	Subject string // where known; upon a registration, the holder of the initial access token
	Action  string // of a decision about a registration: "create", "read", "update" or "delete"; else ""
	Granted bool
	ID      string // the requirement that a refusal stands for; never "" then
	Code    string // the OAuth error code of a refusal
	Reason  string // what was wrong, for the operator
	// RequestID is the ID of fosite's request, which a pushed request, its authorization, its code and its tokens share;
	// "" where it is not known.
	RequestID string
	// InteractionID is the client's x-fapi-interaction-id, or one that was made; see [InteractionID].
	InteractionID string
}

func (e *Event) outcome() string {
	if e.Granted {
		return "granted"
	}
	return "refused"
}

// An Auditor receives events. It is called in line with the request, possibly concurrently: it should not block. The
// context is not cancelled with the request, so that nobody can leave before the record of what they did is written.
//
// An error, or a panic, is logged and counted; whether the request goes on is for [WithAudit] and [WithRequiredAudit] to
// say.
type Auditor interface {
	Audit(ctx context.Context, e Event) error
}

// AuditFunc makes an [Auditor] of a function.
type AuditFunc func(ctx context.Context, e Event) error

// Audit calls f.
func (f AuditFunc) Audit(ctx context.Context, e Event) error { return f(ctx, e) }

// Auditors are several as one: each gets every event, whatever becomes of the others. The error joins theirs.
type Auditors []Auditor

// Audit implements [Auditor].
func (all Auditors) Audit(ctx context.Context, e Event) error {
	var errs []error
	for _, a := range all {
		if err := guarded(func() error { return a.Audit(ctx, e) }); err != nil {
			if errors.Is(err, errPanicked) {
				err = fmt.Errorf("the auditor %T: %w", a, err)
			}
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// AuditLog is an [Auditor] that writes each event to a log as one record: "granted" at level info, "refused" at info
// too, or at error where the fault is the server's. It replaces the record that the provider would write of a refusal. A
// nil logger means slog.Default().
func AuditLog(logger *slog.Logger) Auditor { return auditLog{logger} }

type auditLog struct{ logger *slog.Logger }

// Audit implements [Auditor].
func (l auditLog) Audit(ctx context.Context, e Event) error {
	logger := l.logger
	if logger == nil {
		logger = slog.Default()
	}
	level := slog.LevelInfo
	if serverFault(e.Code) {
		level = slog.LevelError
	}
	if !logger.Enabled(ctx, level) {
		return nil
	}
	record := slog.NewRecord(e.Time, level, e.outcome(), 0)
	for _, a := range []struct{ key, value string }{
		{"stage", string(e.Stage)}, {"action", e.Action}, {"client", e.Client}, {"profile", e.Profile}, {"subject", e.Subject}, {"id", e.ID}, {"code", e.Code},
		{"reason", e.Reason}, {"request_id", e.RequestID}, {"interaction_id", e.InteractionID},
	} {
		if a.value != "" {
			record.AddAttrs(slog.String(a.key, a.value))
		}
	}
	return logger.Handler().Handle(ctx, record)
}

func serverFault(code string) bool {
	return code == "server_error" || code == "temporarily_unavailable"
}

// logs says whether an auditor is, or has among others, one of [AuditLog].
func logs(a Auditor) bool {
	switch a := a.(type) {
	case auditLog:
		return true
	case Auditors:
		for _, one := range a {
			if logs(one) {
				return true
			}
		}
	}
	return false
}

// errAudit says that a decision in the client's favour could not be recorded, and so is none.
var errAudit = errors.New("the event could not be recorded")

// refused reports a refusal to whoever watches, once, and returns it. Whatever becomes of the report, the request stays
// refused.
func (p *Provider) refused(ctx context.Context, c *party, r *Refusal) *Refusal {
	if r.reported {
		return r
	}
	r.reported = true
	w := p.watching(ctx)
	if panicked := (*hostPanic)(nil); errors.As(r, &panicked) {
		if c == nil {
			c = w.party
		}
		p.panicked(w, r.Stage, panicked)
	}
	if c != nil && r.Client == "" {
		r.Client = c.client.GetID()
	}
	e := Event{
		Time: p.now(), Stage: r.Stage, Client: r.Client, Subject: w.whose(), ID: r.ID, Code: r.Code(), Reason: brief(r.Error()),
		RequestID: w.of(), InteractionID: w.trail.id(), Action: w.action,
	}
	if c != nil && c.profile != nil {
		e.Profile = c.profile.Name
	}
	r.InteractionID, r.uri = e.InteractionID, p.errorURI(r, w, e.InteractionID)
	p.telemetry.decided(w, &e, w.took())
	if !p.auditLogs {
		_ = auditLog{p.logger}.Audit(ctx, e) // what can not be logged can not be logged
	}
	_ = p.report(w, p.required, e)
	_ = p.report(w, p.auditors, e)
	return r
}

// granted reports a decision in the client's favour. An error means that it must not be carried out.
func (p *Provider) granted(ctx context.Context, stage Stage, c *party, subject string) error {
	w := p.watching(ctx)
	if len(p.required) == 0 && len(p.auditors) == 0 && !p.telemetry.observed(w) {
		return nil
	}
	if subject == "" {
		subject = w.whose()
	}
	e := Event{
		Time: p.now(), Stage: stage, Client: c.client.GetID(), Profile: c.profile.Name, Subject: subject, Granted: true,
		RequestID: w.of(), InteractionID: w.trail.id(), Action: w.action,
	}
	if err := p.report(w, p.required, e); err != nil {
		return fmt.Errorf("%w: %w", errAudit, err)
	}
	_ = p.report(w, p.auditors, e)
	p.telemetry.decided(w, &e, w.took())
	return nil
}

// report hands an event to auditors, and counts it if one fails.
func (p *Provider) report(w *watch, to Auditors, e Event) error {
	if len(to) == 0 {
		return nil
	}
	ctx := context.WithoutCancel(w)
	err := to.Audit(ctx, e)
	if err == nil {
		return nil
	}
	p.auditFailures.Add(1)
	p.telemetry.failed(w, e.Stage)
	p.logger.LogAttrs(ctx, slog.LevelError, "audit failed", slog.String("stage", string(e.Stage)), slog.String("id", e.ID),
		slog.String("interaction_id", e.InteractionID), slog.String("reason", brief(err.Error())))
	return err
}

// AuditFailures is how many events could not be recorded by all who should since the provider was made.
func (p *Provider) AuditFailures() uint64 { return p.auditFailures.Load() }

// maxReason bounds what is told of one refusal, in bytes: a stranger's nonsense must not fill the log.
const maxReason = 512

func brief(s string) string {
	if len(s) <= maxReason {
		return s
	}
	return strings.ToValidUTF8(s[:maxReason], "") + "..."
}
