package fapi

import (
	"errors"
	"log/slog"
	"slices"
)

// WithAudit sends an [Event] for every decision about a profiled client to these auditors, beside those of earlier
// options. If one of them fails, the request goes on; [Provider.AuditFailures] counts. Unset, nobody is told.
func WithAudit(auditors ...Auditor) Option {
	return func(s *settings) error { return s.audit(&s.auditors, auditors) }
}

// WithRequiredAudit is [WithAudit] for auditors without whose record nothing may be granted: if one of them fails, the
// request is refused by temporarily_unavailable, and nothing that was issued for it leaves the server. Unset, no request
// waits for a record.
func WithRequiredAudit(auditors ...Auditor) Option {
	return func(s *settings) error { return s.audit(&s.required, auditors) }
}

func (s *settings) audit(to *Auditors, more []Auditor) error {
	if len(more) == 0 || slices.Contains(more, nil) {
		return errors.New("WithAudit and WithRequiredAudit need auditors")
	}
	*to = append(*to, more...)
	return nil
}

// WithLogger sets the log, which gets refusals (unless an [AuditLog] writes them) and failures. Unset, it is
// slog.Default().
func WithLogger(l *slog.Logger) Option {
	return func(s *settings) error { s.logger = l; return nil }
}
