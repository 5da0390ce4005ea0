package fapi

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"time"

	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/internal/form"
)

// An inbound message is a request with the clients that it names.
type inbound struct {
	*http.Request
	parties parties     // those that exist
	strict  bool        // the profiled lane answers
	size    countedBody // what finding the lane read of the body
	err     error       // why even that was not found out; the profiled lane refuses by it

	malformed bool          // parts of the message could not be read
	bearer    fosite.Client // whose access token authorizes an introspection of the legacy lane
	rehearsed *party        // in report-only mode: the client, judged by a profile that does not serve it
	sent      url.Values    // what was read of a message that is to be judged in report-only mode; not to be changed
	keeps     bool          // that is wanted

	started time.Time
	first   [1]namedParty // room for the usual number of parties
	ids     [2]string     // room for the usual number of identifiers
}

// parties are clients by the client_id with which a message named them: one, but for mistakes and attacks.
type parties []namedParty

type namedParty struct {
	id string
	*party
}

// of is the party of this name; nil without one.
func (all parties) of(id string) *party {
	for _, c := range all {
		if c.id == id {
			return c.party
		}
	}
	return nil
}

// receive finds the lane of a request. The request stays as fosite wants to see it.
func (p *Provider) receive(ctx context.Context, r *http.Request) *inbound {
	in := &inbound{Request: r, started: p.now()}
	if p.legacy == nil {
		in.strict = true
		return in
	}
	if r.Body != nil {
		in.size.ReadCloser, r.Body = r.Body, &in.size
	}
	malformed := parseOnce(r)
	in.malformed = malformed != nil
	in.choose(ctx, p)
	switch {
	case malformed != nil && in.strict && in.err == nil:
		in.err = form.ErrSyntax
	case malformed != nil && isMultipart(r):
		r.Form, r.PostForm, r.MultipartForm = nil, nil, nil
	}
	return in
}

// choose loads the clients that the message names and finds the lane. Assertions and request objects are opened only while nothing else
// named a profiled client.
func (in *inbound) choose(ctx context.Context, p *Provider) {
	ids, err := identifiers(in.ids[:0], in.Request, in.Form)
	if err == nil {
		err = in.load(ctx, p, ids)
	}
	if err == nil && !in.strict {
		if ids, err = asserted(in.Form); err == nil {
			err = in.load(ctx, p, ids)
		}
	}
	if err != nil {
		in.strict, in.err = true, err
	}
}

func (in *inbound) load(ctx context.Context, p *Provider, ids []string) error {
	for _, id := range ids {
		if in.parties.of(id) != nil {
			continue
		}
		c, err := p.party(ctx, id)
		if errors.Is(err, errClientUnknown) || errors.Is(err, errStore) {
			continue // the legacy lane can't load it either; should it, its answer is judged again before anything is issued
		}
		if err != nil {
			return err
		}
		in.remember(id, c)
		in.strict = in.strict || c.profile != nil
	}
	return nil
}

func (in *inbound) remember(id string, c *party) {
	if in.parties == nil {
		in.parties = in.first[:0]
	}
	in.parties = append(in.parties, namedParty{id, c})
}

// named is the one profiled client that an unreadable message names, for the audit; nil where it is not known.
func (in *inbound) named() *party {
	var found *party
	for _, c := range in.parties {
		if c.profile != nil && found != nil {
			return nil
		}
		if c.profile != nil {
			found = c.party
		}
	}
	return found
}

// party returns a client named by the message, loading it where finding the lane did not.
func (in *inbound) party(ctx context.Context, p *Provider, id string) (*party, error) {
	c := in.parties.of(id)
	if c == nil {
		var err error
		if c, err = p.party(ctx, id); err != nil {
			return nil, err
		}
		if in.keeps {
			in.remember(id, c)
		}
	}
	p.watching(ctx).party = c
	if c.profile == nil {
		return nil, errIdentifiers // another identifier of the request has a profile, this one has none
	}
	return c, nil
}

// body returns the parameters in the body of a POST.
func (in *inbound) body(limit int64) (url.Values, error) {
	if in.rehearsed != nil {
		return maps.Clone(in.sent), nil
	}
	if in.err != nil {
		return nil, in.err
	}
	if in.Method != http.MethodPost {
		return nil, errMethod
	}
	if in.ContentLength > limit || in.size.n > limit {
		return nil, form.ErrTooLarge
	}
	values, err := form.Body(in.Request, limit)
	if err != nil {
		return nil, err
	}
	in.keep(values)
	return values, form.Single(values)
}

// keep remembers a message as it was read, for report-only mode.
func (in *inbound) keep(values url.Values) {
	if in.keeps {
		in.sent = maps.Clone(values)
	}
}
