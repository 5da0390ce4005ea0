package fapi

import (
	"container/list"
	"context"
	"slices"
	"strings"
	"sync"
	"time"
)

// Readiness is a [Reporter] that keeps, for each client, whether it can be moved to the profile by which it is judged. Its
// zero value is ready for use, and safe for concurrent use; its fields must not change once it is used.
//
// A client is ready when every leg of its flows was seen with nothing unmet, later than anything unmet on that leg, and
// nothing was unmet for Quiet. Requests of which something could not be judged count as not seen.
//
// It is kept in memory: each process knows what it saw. A host with several, or that wants to keep more, writes a
// Reporter of its own.
type Readiness struct {
	// Quiet is how long nothing may have been unmet before a client is ready: it may run in several places, of which not
	// all were changed. It is of no matter to clients that never had anything unmet. Zero: 24 hours. Negative: none.
	Quiet time.Duration
	// Deferred says what a client can't meet before it is moved, because its own lane would refuse it then: such findings
	// are kept, and stand in no one's way. fosite compares aud of a client assertion with its token URL (F2-AS-08), and
	// takes no assertion at introspection. Nil: nothing is deferred.
	Deferred func(leg Leg, id string) bool
	// MaxClients is how many clients are remembered; beyond that, the one heard of longest ago is forgotten. Zero: 10000.
	MaxClients int
	// Now is the clock. Nil: time.Now.
	Now func() time.Time

	mu      sync.Mutex
	clients map[string]*list.Element // of *progress
	recent  list.List                // the client heard of last is in front
}

const (
	defaultQuiet   = 24 * time.Hour
	defaultClients = 10000
	// maxFindings bounds what is kept of one client; no profile has as many requirements.
	maxFindings = 128
)

// A Summary is how far a client has come.
type Summary struct {
	Client, Profile string
	Ready           bool
	// Missing is what keeps the client from being ready, for people to read; empty if it is.
	Missing []string
	// Seen are the legs that were seen, in the order of a flow.
	Seen []Sighting
	// Findings are the requirements that were not met, the latest first. They stay when they are met later.
	Findings []Finding
}

// A Sighting is a leg that was seen.
type Sighting struct {
	Leg   Leg
	Count int // of requests
	Last  time.Time
}

// A Finding is a requirement that a client did not meet.
type Finding struct {
	Unmet     // as it was reported last
	Count int // of requests
	Last  time.Time
	Legs  []Leg // on which
	Open  []Leg // of these, the ones on which it was unmet when they were judged last, and not deferred
}

// Report implements [Reporter]. A client that is judged by another profile than before begins anew.
func (r *Readiness) Report(_ context.Context, report *Report) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p := r.of(report)
	p.legs = report.Legs
	leg := p.at(report.Leg)
	if leg == nil {
		return
	}
	leg.Count++
	leg.Last, leg.unjudged = report.Time, ""
	if len(report.Unjudged) > 0 {
		leg.unjudged = report.Unjudged[0]
	} else {
		leg.clean = true
		for _, f := range p.findings {
			f.Open = slices.DeleteFunc(f.Open, func(l Leg) bool { return l == report.Leg })
		}
	}
	for _, unmet := range report.Unmet {
		open := r.Deferred == nil || !r.Deferred(report.Leg, unmet.ID)
		p.find(unmet, report, open)
		if open {
			leg.clean, p.unmet = false, report.Time
		}
	}
}

// of finds or makes the progress of a report's client. The caller holds the lock.
func (r *Readiness) of(report *Report) *progress {
	if e := r.clients[report.Client]; e != nil {
		p := e.Value.(*progress) //nolint:forcetypeassert // it has no others
		if p.profile == report.Profile {
			r.recent.MoveToFront(e)
			return p
		}
		r.drop(e)
	}
	if r.clients == nil {
		r.clients = make(map[string]*list.Element)
	}
	for len(r.clients) > 0 && len(r.clients) >= r.limit() {
		r.drop(r.recent.Back())
	}
	p := &progress{client: report.Client, profile: report.Profile}
	r.clients[report.Client] = r.recent.PushFront(p)
	return p
}

func (r *Readiness) drop(e *list.Element) {
	delete(r.clients, r.recent.Remove(e).(*progress).client) //nolint:forcetypeassert // it has no others
}

func (r *Readiness) limit() int {
	if r.MaxClients <= 0 {
		return defaultClients
	}
	return r.MaxClients
}

// Forget drops what is known of a client: it begins anew, as after it was changed.
func (r *Readiness) Forget(client string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e := r.clients[client]; e != nil {
		r.drop(e)
	}
}

// Ready says whether a client can be moved. One of which nothing was seen can't.
func (r *Readiness) Ready(client string) bool {
	s, ok := r.Client(client)
	return ok && s.Ready
}

// Client returns the summary of a client, and whether anything was seen of it.
func (r *Readiness) Client(client string) (Summary, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	e := r.clients[client]
	if e == nil {
		return Summary{Client: client, Missing: []string{"nothing was seen of it"}}, false
	}
	return e.Value.(*progress).summary(r.now(), r.quiet()), true //nolint:forcetypeassert // it has no others
}

// Clients returns the summaries of all clients, by client_id.
func (r *Readiness) Clients() []Summary {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := make([]Summary, 0, len(r.clients))
	for e := r.recent.Front(); e != nil; e = e.Next() {
		all = append(all, e.Value.(*progress).summary(r.now(), r.quiet())) //nolint:forcetypeassert // it has no others
	}
	slices.SortFunc(all, func(a, b Summary) int { return strings.Compare(a.Client, b.Client) })
	return all
}

func (r *Readiness) now() time.Time {
	if r.Now == nil {
		return time.Now()
	}
	return r.Now()
}

func (r *Readiness) quiet() time.Duration {
	if r.Quiet == 0 {
		return defaultQuiet
	}
	return max(r.Quiet, 0)
}
