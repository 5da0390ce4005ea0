package ecosystems

import (
	"context"

	"github.com/go-jose/go-jose/v4/json" // reads names as the library does: by their case, and none twice
	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/fapi"
)

// requests makes a rule of each stage at which an authorization request is judged: when it is pushed, and when the user comes
// with it, which is the first time that a request that was not pushed is seen.
func requests(r fapi.Requirement, check func(context.Context, *fapi.Request) error) []fapi.Rule {
	pushed, loaded := r, r
	pushed.Stage, loaded.Stage = fapi.AtPushedRequest, fapi.AtAuthorization
	return []fapi.Rule{{Requirement: pushed, Check: check}, {Requirement: loaded, Check: check}}
}

// byFrontChannel says whether a request at the authorization endpoint came in a request object through the user's browser:
// that of a pushed one was verified before.
func byFrontChannel(r *fapi.Request) bool { return r.Stage == fapi.AtAuthorization && r.Object != nil }

// claims reads the claims parameter (OpenID Connect Core 5.5) into a value. Absent, it leaves the value as it is.
func claims(r *fapi.Request, into any) error {
	raw := r.Parameters.Get("claims")
	if raw == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(raw), into); err != nil {
		return fosite.ErrInvalidRequest.WithWrap(err).WithHint("claims can not be read.")
	}
	return nil
}
