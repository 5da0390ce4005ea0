package fapi

import (
	"context"
	"crypto/x509"
	"net/url"
	"time"

	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/cnf"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

// A Requirement is one demand of a specification or of an ecosystem, by the ID under which every refusal names it.
type Requirement struct {
	ID     string // "F2-AZ-05"
	Clause string // where the demand is written: "FAPI 2.0 SP 5.3.2.2-5"
	Text   string // the demand in one sentence
	Stage  Stage  // where it is judged
}

// ruleStages are where rules are judged.
var ruleStages = []Stage{AtPushedRequest, AtAuthorization, AtToken}

// A Rule is a requirement of a profile that is judged by a function: the way in which an ecosystem or a host adds its
// own.
//
// Rules are judged at [AtPushedRequest], [AtAuthorization] and [AtToken], in the order in which they were added. They
// see the request verified, after everything the library itself demands at that stage; at AtToken the client and what
// its token will be bound to, but not yet the code or refresh token, which is looked at last. A rule can refuse; it
// cannot loosen what came before.
type Rule struct {
	Requirement
	// Check returns nil to pass. A *fosite.RFC6749Error goes out with its own code and hint, any other error as
	// invalid_request without its text, which reaches only the log. It may run concurrently.
	Check func(ctx context.Context, r *Request) error
}

// A Request is what a rule sees: one message of a client, parsed and verified. It is read only.
type Request struct {
	Stage        Stage
	Issuer       string
	Client       fosite.Client
	Metadata     *registration.Metadata
	Profile      string            // the name of the client's profile
	Parameters   url.Values        // the parameters that count, without the client's credentials
	GrantType    string            // at the token endpoint
	AuthMethod   string            // how the client authenticated: "private_key_jwt", "tls_client_auth", ...; "" on the front channel
	Certificate  *x509.Certificate // the client's certificate; nil without one
	Confirmation cnf.Confirmation  // what tokens of this request are bound to
	Time         time.Time         // when the request was received
}
