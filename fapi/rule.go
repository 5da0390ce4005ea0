package fapi

import (
	"context"
	"crypto/x509"
	"errors"
	"net/url"
	"slices"
	"time"

	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/cnf"
	"github.com/fosite-fapi/fosite-fapi/dpop"
	"github.com/fosite-fapi/fosite-fapi/rar"
	"github.com/fosite-fapi/fosite-fapi/registration"
	"github.com/fosite-fapi/fosite-fapi/requestobject"
)

// A Requirement is one demand of a specification or of an ecosystem, by the ID under which every refusal names it.
type Requirement struct {
	ID     string // "F2-AZ-05"
	Clause string // where the demand is written: "FAPI 2.0 SP 5.3.2.2-5"
	Text   string // the demand in one sentence
	Stage  Stage  // where it is judged
}

// ruleStages are where rules are judged.
var ruleStages = []Stage{
	AtClientAuthentication, AtPushedRequest, AtAuthorization, AtToken, AtRefresh, AtIntrospection, AtRevocation, AtResource, AtRegistration,
}

// A Rule is a requirement of a profile that is judged by a function: the way in which an ecosystem or a host adds its
// own.
//
// Rules are judged at their Stage, in the order in which they were added. They see the request verified, after everything
// that the library itself demands there, and before anything is stored or spent, but for the assertion and the proof of
// the message itself. A rule can refuse; it can't loosen what came before. What each stage is:
//
//   - [AtClientAuthentication]: any request of a client that has authenticated.
//   - [AtPushedRequest], [AtAuthorization]: an authorization request; at the latter each time that the page is loaded.
//   - [AtToken]: a code or client credentials, about to be spent. [AtRefresh]: a refresh token.
//   - [AtIntrospection], [AtRevocation]: the caller, before the token is looked up.
//   - [AtResource]: a request to [Provider.Authorize], or [Provider.IntrospectToken], whose token and binding were verified.
//     Resource servers that look tokens up elsewhere, as package resource does, have no rules.
//   - [AtRegistration]: a client's metadata, in [Provider.Check], and when it registers itself or is updated.
type Rule struct {
	Requirement
	// Check returns nil to pass. A *fosite.RFC6749Error goes out with its own code and hint, any other error as
	// invalid_request without its text, which reaches only the log. A panic refuses too, with server_error. It may run
	// concurrently.
	Check func(ctx context.Context, r *Request) error
}

// A Request is what a rule sees: one message of a client, parsed and verified. It is read only; each rule gets parameters,
// scopes and metadata of its own, so that nothing comes of changing them.
type Request struct {
	Stage    Stage
	Issuer   string
	Client   fosite.Client
	Metadata *registration.Metadata
	Profile  string // the name of the client's profile

	Parameters url.Values            // those that count, without the client's credentials
	Object     *requestobject.Object // in which they stood, in the request that brought it; nil without one, and when a stored request is loaded again
	GrantType  string                // at the token endpoint
	Scopes     []string              // requested, or granted where there is a grant
	// AuthorizationDetails are requested, or granted where there is a grant; at the token endpoint those of the access token.
	AuthorizationDetails rar.Details
	Subject              string // the user whose grant it is; "" before there is one
	Method               string // of a resource request; "" in IntrospectToken, which knows none
	Path                 string // of a resource request; "" in IntrospectToken

	AuthMethod   string            // how the client authenticated: "private_key_jwt", "tls_client_auth", ...; "" on the front channel
	Certificate  *x509.Certificate // the client's; nil without one
	Proof        *dpop.Proof       // the DPoP proof; nil without one
	Confirmation cnf.Confirmation  // what tokens of this request are bound to
	Time         time.Time         // when the request was received
}

// judge asks the profile's rules of a stage, in order. What rules see is made only where there are rules, and anew for
// each: what one of them does to it changes neither the request nor what the next one sees.
func (p *Provider) judge(ctx context.Context, c *party, r Request) error {
	for _, rule := range c.profile.rules {
		if rule.Stage != r.Stage {
			continue
		}
		if err := c.stop(rule.Judge(ctx, p.seen(ctx, c, r))); err != nil {
			return err
		}
	}
	return nil
}

// seen completes what a rule sees.
func (p *Provider) seen(ctx context.Context, c *party, r Request) *Request {
	meta := *c.meta
	r.Client, r.Metadata, r.Profile = c.client, &meta, c.profile.Name
	r.Issuer, r.Time = p.issuer(ctx), p.now()
	r.Scopes = slices.Clone(r.Scopes)
	if r.Proof != nil {
		proof := *r.Proof
		r.Proof = &proof
	}
	if r.Stage == AtPushedRequest || r.Stage == AtAuthorization {
		r.AuthorizationDetails = requestedDetails(r.Parameters)
	}
	r.AuthorizationDetails = slices.Clone(r.AuthorizationDetails)
	all := r.Parameters
	r.Parameters = make(url.Values, len(all))
	for name, values := range all {
		if name != routeKey && !slices.Contains(credentials, name) {
			r.Parameters[name] = slices.Clone(values)
		}
	}
	return &r
}

// Judge asks the rule as a provider does: the error is nil, or the [*Refusal] that the client gets. A rule that panics
// refuses, with server_error.
func (rule Rule) Judge(ctx context.Context, r *Request) error {
	var wire *fosite.RFC6749Error
	err := guarded(func() error {
		err := rule.Check(ctx, r)
		if errors.As(err, &wire) && wire == nil {
			return errors.New("the rule returned a nil *fosite.RFC6749Error, which is no nil error")
		}
		return err
	})
	if err == nil {
		return nil
	}
	if errors.Is(err, errPanicked) {
		return &Refusal{ID: rule.ID, Stage: rule.Stage, wire: fosite.ErrServerError, cause: err, quiet: true}
	}
	if wire == nil || !registered[wire.ErrorField] {
		wire = fosite.ErrInvalidRequest.WithHint("The request violates a rule of the server.")
	}
	return &Refusal{ID: rule.ID, Stage: rule.Stage, wire: wire, cause: err}
}
