package resource

import (
	"strings"

	"github.com/fosite-fapi/fosite-fapi/dpop"
	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
)

// challenges are the values of WWW-Authenticate without an error: which schemes are accepted here, and how.
type challenges struct {
	bearer string
	dpop   string // "": not accepted
}

func newChallenges(c Config) challenges {
	out := challenges{bearer: bearer + ` realm="` + c.Realm + `"`} // RFC 6750 3: one parameter at least
	if c.DPoP == nil {
		return out
	}
	var names []string
	for _, alg := range jwk.Accepted(c.DPoP.Algorithms) {
		names = append(names, string(alg))
	}
	out.dpop = dpop.Scheme + ` algs="` + strings.Join(names, " ") + `"`
	return out
}

// of returns the challenges that answer a refusal. The error stands in that of the scheme that the client used, which
// comes first (RFC 6750 3, RFC 9449 7.1).
func (c challenges) of(r *Refusal) []string {
	var failed strings.Builder
	for _, parameter := range [][2]string{{"error", r.Code}, {"error_description", r.Description}, {"error_uri", r.uri}, {"scope", r.scope}} {
		if parameter[1] != "" && isQuotable(parameter[1]) {
			failed.WriteString(`, ` + parameter[0] + `="` + parameter[1] + `"`)
		}
	}
	switch {
	case c.dpop == "":
		return []string{c.bearer + failed.String()}
	case r.scheme == dpop.Scheme:
		return []string{c.dpop + failed.String(), c.bearer}
	}
	return []string{c.bearer + failed.String(), c.dpop}
}
