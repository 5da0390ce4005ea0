package fapitest

import (
	"net/http"
	"time"

	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/rar"
)

// A User decides authorization requests in place of a person, her login and her consent: an [fapi.Interaction]. The
// zero value is alice, who approves at once what is requested. It may be changed between messages.
type User struct {
	Subject   string   // "" means "alice"
	Denies    error    // why she does not approve: fosite.ErrAccessDenied; nil approves
	Scopes    []string // what she grants; nil means all that is requested
	Audience  []string // the same
	Undecided bool     // she is shown a page, and decides at a later visit
	// AuthorizationDetails are what she grants of those that are requested; nil means all.
	AuthorizationDetails rar.Details
	Thinks               time.Duration // how long a decision takes her, within one visit

	session func(subject string) fosite.Session
}

// Authorize implements [fapi.Interaction].
func (u *User) Authorize(rw http.ResponseWriter, _ *http.Request, ar fosite.AuthorizeRequester) (*fapi.Decision, error) {
	if u.Undecided {
		_, err := rw.Write([]byte("Who are you, and do you agree?"))
		return nil, err
	}
	if u.Thinks > 0 {
		Pass(u.Thinks)
	}
	if u.Denies != nil {
		return &fapi.Decision{Denied: u.Denies}, nil
	}
	d := &fapi.Decision{Scopes: u.Scopes, Audience: u.Audience, AuthorizationDetails: u.AuthorizationDetails}
	if d.Scopes == nil {
		d.Scopes = ar.GetRequestedScopes()
	}
	if d.Audience == nil {
		d.Audience = ar.GetRequestedAudience()
	}
	name := u.Subject
	if name == "" {
		name = "alice"
	}
	if u.session == nil {
		d.Session = fapi.NewSession(name)
	} else {
		d.Session = u.session(name)
	}
	return d, nil
}
