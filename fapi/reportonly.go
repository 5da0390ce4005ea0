package fapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// WithReportOnly judges requests by a profile that their client is not served by, refuses nothing, and reports what
// would have been refused: as browsers do by a policy that is only reported. It shows whether a client can be moved.
//
// The selector names the profile by which a client's requests are judged: one of those given here or to [WithProfiles].
// It says "" or [Legacy] for clients that are not judged. Given alone, without WithProfiles, it leaves every client to
// the host's factories.
//
// Only requests that were accepted are judged: what is refused already says nothing about a move, and neither strangers
// nor mistakes of others get into a client's record. Answers are what they would be without the option. Nothing is
// spent, stored or fetched for a judgement while the client waits, and reports are handed over beside the requests; see
// [Reporter]. The rules of the profile are asked too, while the client waits: one that asks others delays the answer, and
// one that counts what it sees will count these.
//
// A judgement costs about what the profile's own would: the verification of an assertion, a proof or a request object.
// Unset, nothing is judged but by the profile that serves.
func WithReportOnly(selector Selector, reporter Reporter, profiles ...Profile) Option {
	return func(s *settings) error {
		if selector == nil || reporter == nil || s.reportOnly != nil {
			return errors.New("WithReportOnly needs a selector and a reporter, once")
		}
		s.reportOnly = &reportOnly{selector: selector, reporter: reporter, profiles: profiles}
		return nil
	}
}

// reportOnly is what the option says.
type reportOnly struct {
	selector Selector
	reporter Reporter
	profiles []Profile
}

// A Report is what became of one request of a client that was judged in report-only mode. It holds no token, code,
// assertion, key or password.
type Report struct {
	Time    time.Time
	Client  string
	Profile string // by which it was judged
	Leg     Leg
	// Unmet is what the request would have been refused for, in the order of judgement, each requirement once. Empty: it
	// would have passed, if Unjudged is empty too.
	Unmet []Unmet
	// Unjudged is what could not be judged, and why.
	Unjudged []string
	// Legs are those that the client needs by its registered grants, as far as the profile has them.
	Legs []Leg
}

// A Leg is a part of a flow: an endpoint, and at the token endpoint the grant.
type Leg struct {
	Stage     Stage  // AtPushedRequest, AtAuthorization, AtToken, AtRefresh, AtIntrospection or AtRevocation
	GrantType string // of AtToken; "" elsewhere
}

// String is the stage, and the grant where there is one.
func (l Leg) String() string {
	if l.GrantType == "" {
		return string(l.Stage)
	}
	return string(l.Stage) + " " + l.GrantType
}

// An Unmet requirement is one for which a request would have been refused.
type Unmet struct {
	ID     string // as in [Profile.Requirements]: "F2-AZ-05"
	Clause string // where it is written
	Reason string // what was wrong
}

// A Reporter receives reports, one after the other, and beside the requests that they are about: no request waits for
// it. Up to 1024 reports wait for a slow one; those beyond are lost, and [Provider.LostReports] counts them. A panic is
// logged. [Readiness] is one.
type Reporter interface {
	Report(ctx context.Context, r *Report)
}

// ReportFunc makes a [Reporter] of a function.
type ReportFunc func(ctx context.Context, r *Report)

// Report calls f.
func (f ReportFunc) Report(ctx context.Context, r *Report) { f(ctx, r) }

// Reporters are several as one.
type Reporters []Reporter

// Report implements [Reporter].
func (all Reporters) Report(ctx context.Context, r *Report) {
	for _, one := range all {
		one.Report(ctx, r)
	}
}

// LostReports is how many reports could not be handed over since the provider was made.
func (p *Provider) LostReports() uint64 {
	if p.rehearsal == nil {
		return 0
	}
	return p.rehearsal.lost.Load()
}

// FlushReports waits until the reporter has had every report of the requests that were answered before the call, for a host
// that shuts down or a test that looks. Reports that come meanwhile don't prolong it. The error is ctx's.
func (p *Provider) FlushReports(ctx context.Context) error {
	if p.rehearsal == nil {
		return nil
	}
	return p.rehearsal.flush(ctx)
}

// maxReports is how many reports may wait for their reporter.
const maxReports = 1024

// An outbox hands reports to a reporter, in order, by a goroutine that lives as long as there are some.
type outbox struct {
	to     Reporter
	logger *slog.Logger
	lost   atomic.Uint64

	mu       sync.Mutex
	queue    []outgoing
	draining bool          // there is a goroutine
	accepted uint64        // reports, ever
	settled  uint64        // of these, the ones that the reporter has had, or made nothing of
	step     chan struct{} // closed when settled grows; nil while nobody waits for that
}

type outgoing struct {
	ctx    context.Context //nolint:containedctx // it is the request's, whose end nobody waits for
	report *Report
}

func (o *outbox) send(ctx context.Context, r *Report) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.queue) >= maxReports {
		o.lost.Add(1)
		return
	}
	o.queue = append(o.queue, outgoing{context.WithoutCancel(ctx), r})
	o.accepted++
	if !o.draining {
		o.draining = true
		go o.drain()
	}
}

func (o *outbox) drain() {
	for {
		o.mu.Lock()
		if len(o.queue) == 0 {
			o.draining, o.queue = false, nil
			o.mu.Unlock()
			return
		}
		one := o.queue[0] // one at a time: what is being delivered is all that waits beside the queue
		o.queue[0], o.queue = outgoing{}, o.queue[1:]
		o.mu.Unlock()
		o.deliver(one)
		o.settle()
	}
}

func (o *outbox) settle() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.settled++
	if o.step != nil {
		close(o.step)
		o.step = nil
	}
}

// flush waits for what is accepted now. Reports are settled in the order in which they came.
func (o *outbox) flush(ctx context.Context) error {
	o.mu.Lock()
	target := o.accepted
	for o.settled < target {
		if o.step == nil {
			o.step = make(chan struct{})
		}
		step := o.step
		o.mu.Unlock()
		select {
		case <-step:
		case <-ctx.Done():
			return ctx.Err()
		}
		o.mu.Lock()
	}
	o.mu.Unlock()
	return nil
}

func (o *outbox) deliver(one outgoing) {
	defer func() {
		if cause := recover(); cause != nil {
			o.lost.Add(1)
			o.logger.LogAttrs(one.ctx, slog.LevelError, "reporter panicked", slog.String("reporter", fmt.Sprintf("%T", o.to)))
		}
	}()
	o.to.Report(one.ctx, one.report)
}

// legs are those that a client needs.
func (c *party) legs() []Leg {
	var all []Leg
	for _, grant := range c.profile.GrantTypes {
		if grants[grant] == nil || !c.client.GetGrantTypes().Has(grant) {
			continue
		}
		switch grant {
		case "authorization_code":
			if c.mustPush() {
				all = append(all, Leg{Stage: AtPushedRequest})
			}
			all = append(all, Leg{Stage: AtAuthorization}, Leg{AtToken, grant})
		case "refresh_token":
			all = append(all, Leg{Stage: AtRefresh})
		default:
			all = append(all, Leg{AtToken, grant})
		}
	}
	return all
}
