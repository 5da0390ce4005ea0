package fapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/registration"
)

// Registration is the client registration endpoint (RFC 7591 3) of a provider with [WithRegistration]; of others it answers
// 404.
func (h *Handlers) Registration() http.Handler {
	return h.registered("Register", http.MethodPost, func(rw http.ResponseWriter, g *registering, r *http.Request) error {
		response, err := g.register(r)
		if err == nil {
			registration.WriteResponse(rw, http.StatusCreated, response)
		}
		return err
	})
}

// ClientConfiguration is the client configuration endpoint (RFC 7592 2) of all clients of a provider with
// [WithRegistration]. It belongs to every path directly below that of [Handlers.Registration]: "/register/" with the
// client_id behind it.
func (h *Handlers) ClientConfiguration() http.Handler {
	return h.registered("ManageRegistration", registration.Methods, func(rw http.ResponseWriter, g *registering, r *http.Request) error {
		response, err := g.manage(r)
		if err == nil {
			registration.WriteResponse(rw, http.StatusOK, response)
		}
		return err
	})
}

func (h *Handlers) registered(method, allow string, answer func(http.ResponseWriter, *registering, *http.Request) error) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		p := h.Provider
		if p.registrar == nil {
			http.NotFound(rw, r)
			return
		}
		w := p.watchResponse(r.Context(), method, &trail{interaction: interactionOf(r.Context(), r.Header)}, nil)
		defer w.end()
		g := &registering{Provider: p, w: w, endpoints: p.registrar.endpoints}
		g.endpoints.Judge, g.endpoints.May = g.judge, g.may
		if err := guarded(func() error { return answer(rw, g, r) }); err != nil {
			writeRegistrationRefusal(rw, p.refused(w, g.party, refuse(AtRegistration, g.party, g.unreadable(err))), p.issuer(w), allow)
		}
	})
}

// A registering is one request to the registration endpoints.
type registering struct {
	*Provider
	w         *watch
	endpoints registration.Endpoints
	party     *party // the client that manages its registration; nil for a new one
	before    *registration.Record
}

// unreadable is the refusal of metadata that the endpoints refuse by themselves, mostly since a member of it can't be read:
// the client is told which. Other errors it leaves alone.
func (g *registering) unreadable(err error) error {
	var judged *Refusal
	problems := registration.Problems(err)
	if len(problems) == 0 || errors.As(err, &judged) {
		return err
	}
	first := problems[0]
	wire := registrationError(first).WithHint(brief(first.Field + " " + first.Reason))
	return &Refusal{ID: refuse(AtRegistration, g.party, first).ID, Stage: AtRegistration, wire: wire, cause: err}
}

// register makes a client. It is one only when the host's storage finds it, the selector serves it by the profile that it
// was registered for, and the audit has it: else it is removed again.
func (g *registering) register(r *http.Request) (*registration.Response, error) {
	g.w.action = "create"
	response, err := g.endpoints.Register(g.w, r)
	if err != nil {
		return nil, err
	}
	c, err := g.served(g.w, response.Record())
	if err == nil {
		err = g.granted(g.w, AtRegistration, c, "")
	}
	if err != nil {
		undone := g.registrar.Store.DeleteRegistration(context.WithoutCancel(g.w), response.ID)
		return nil, errors.Join(err, undone)
	}
	return response, nil
}

// served is a new client as every endpoint will find it.
func (p *Provider) served(ctx context.Context, record *registration.Record) (*party, error) {
	c, err := p.party(ctx, record.ID)
	switch {
	case errors.Is(err, errStore), errors.Is(err, errPanicked):
		return nil, err
	case err != nil:
		return nil, errors.Join(errNotServed, err)
	case c.profile == nil || c.profile.Name != record.Policy:
		return nil, errNotServed
	}
	return c, nil
}

// manage reads, replaces or deletes a registration. What the audit should have and doesn't is not told, and a replacement
// is taken back; a deletion is not.
func (g *registering) manage(r *http.Request) (*registration.Response, error) {
	g.w.action = map[string]string{http.MethodGet: "read", http.MethodPut: "update", http.MethodDelete: "delete"}[r.Method]
	response, err := g.endpoints.Manage(g.w, r)
	switch {
	case errors.Is(err, registration.ErrMethod):
		return nil, errRegistrationMethod
	case errors.Is(err, registration.ErrNoToken):
		return nil, errRegistrationToken
	case err != nil:
		return nil, err
	}
	if err := g.granted(g.w, AtRegistration, g.party, ""); err != nil {
		if r.Method == http.MethodPut {
			back := *g.before
			back.Version = response.Record().Version + 1
			err = errors.Join(err, g.registrar.Store.UpdateRegistration(context.WithoutCancel(g.w), &back, response.Record().Version))
		}
		return nil, err
	}
	return response, nil
}

// may remembers the client that has shown its token.
func (g *registering) may(ctx context.Context, record *registration.Record, method string) error {
	g.w.trail.proved = true
	g.before = record
	// A profile that is not served any more keeps nobody from deleting the client.
	profile := g.profiles[record.Policy]
	if profile == nil {
		profile = &Profile{Name: record.Policy}
	}
	g.party = &party{client: record, meta: &record.Metadata, profile: profile}
	if g.registrar.May == nil {
		return nil
	}
	return g.registrar.May(ctx, record, method)
}

// judge is the Judge of the endpoints: it finds the profile, fills in what the metadata leaves out, and judges it.
func (g *registering) judge(ctx context.Context, r *registration.Request) error {
	profile, err := g.profileFor(ctx, r)
	if err != nil {
		return err
	}
	r.Policy = profile.Name
	if err := g.complete(ctx, r.Metadata, profile); err != nil {
		return err
	}
	client := &registration.Client{Metadata: *r.Metadata}
	if r.Record != nil {
		client.ID = r.Record.ID
	}
	return g.unfit(ctx, client, profile, r.Problems)
}

// profileFor is the profile of a new client by the host's policy, of an update the one that serves the client now.
func (g *registering) profileFor(ctx context.Context, r *registration.Request) (*Profile, error) {
	if r.Record != nil {
		c, err := g.Provider.party(ctx, r.Record.ID)
		switch {
		case errors.Is(err, errClientUnknown):
			return nil, registration.ErrToken // it was deleted meanwhile
		case err != nil:
			return nil, err
		case c.profile == nil:
			return nil, errRegistrationPolicy
		}
		return c.profile, nil
	}
	g.w.trail.proved = !g.registrar.InsecureOpen
	if r.Admission != nil {
		g.w.subject = r.Admission.Holder
	}
	name, err := g.registrar.Profile(ctx, r)
	if err != nil {
		return nil, unregistrable(err)
	}
	if profile := g.profiles[name]; profile != nil {
		return profile, nil
	}
	return nil, errRegistrationPolicy
}

// unregistrable is why the host's policy refuses a client, told by the codes of RFC 7591.
func unregistrable(err error) error {
	var wire *fosite.RFC6749Error
	told := errors.As(err, &wire)
	switch {
	case told && wire == nil:
		return fmt.Errorf("%w: it returned a nil *fosite.RFC6749Error, which is no nil error", errRegistrationPolicy)
	case !told:
		return errors.Join(errRegistrationPolicy, err)
	}
	return &Refusal{ID: byHost, Stage: AtRegistration, wire: registrationCode(wire), cause: err}
}

// registrationCode is an error with a code of RFC 7591 3.2.2, and the hint of the one that a rule or the host returned.
func registrationCode(wire *fosite.RFC6749Error) *fosite.RFC6749Error {
	if serverFault(wire.ErrorField) {
		return wire
	}
	own := errInvalidMetadata
	for _, one := range []*fosite.RFC6749Error{errInvalidRedirect, errInvalidStatement, errUnapprovedStatement} {
		if wire.ErrorField == one.ErrorField {
			own = one
		}
	}
	if wire.HintField == "" {
		return own
	}
	return own.WithHint(wire.HintField)
}

func writeRegistrationRefusal(rw http.ResponseWriter, r *Refusal, issuer, allow string) {
	switch r.Status() {
	case http.StatusMethodNotAllowed:
		rw.Header().Set("Allow", allow)
	case http.StatusUnauthorized, http.StatusForbidden:
		challenge := ResourceError{Code: r.Code(), Description: r.Description(), uri: r.uri}
		rw.Header().Set("WWW-Authenticate", "Bearer"+challenge.parameters(`realm="`+printable(issuer)+`"`))
	}
	if r.Code() == "" {
		writeJSON(rw, r.Status(), struct{}{})
		return
	}
	writeJSON(rw, r.Status(), errorBody{r.Code(), r.Description(), r.uri})
}
