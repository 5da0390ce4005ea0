package resource

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// A Requirement is what a route demands of a token that is valid and the sender's. An error refuses the request with 403
// and insufficient_scope (RFC 6750 3.1), [ErrAudience] with 401 and invalid_token; its text goes to the log and not to the client. It is called concurrently.
//
// Path values of the standard mux are there, so that it can compare them with the token's subject:
//
//	func(r *http.Request, t *resource.Token) error {
//		if !owns(t.Subject, r.PathValue("account")) {
//			return errors.New("somebody else's account")
//		}
//		return nil
//	}
type Requirement func(r *http.Request, t *Token) error

// Scope requires that all of the scopes were granted (F2-RS-04). Each argument may hold several, separated by spaces.
func Scope(scopes ...string) Requirement {
	wanted := strings.Fields(strings.Join(scopes, " "))
	missing := &missingScope{strings.Join(wanted, " ")}
	return func(_ *http.Request, t *Token) error {
		for _, scope := range wanted {
			if !t.HasScope(scope) {
				return missing
			}
		}
		return nil
	}
}

// Audience requires that the token's aud holds one of the names: for a route that is another resource than its neighbours.
// A token without an aud does not meet it. A request without is answered as one whose token is for another server: 401 and
// invalid_token. The names must be among Config.Audience too.
func Audience(names ...string) Requirement {
	accepted := slices.Clone(names)
	return func(_ *http.Request, t *Token) error {
		if !audience(t.Audience).names(accepted) {
			return ErrAudience
		}
		return nil
	}
}

// missingScope names everything that the route wants, which is what the client has to ask for (RFC 6750 3.1).
type missingScope struct{ wanted string }

func (m *missingScope) Error() string { return fmt.Sprintf("%s: %q is required", ErrScope, m.wanted) }

func (m *missingScope) Unwrap() error { return ErrScope }
