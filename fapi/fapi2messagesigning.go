package fapi

import (
	"maps"
	"slices"

	"github.com/fosite-fapi/fosite-fapi/requestobject"
)

// A MessagePart is one of the messages that FAPI 2.0 Message Signing can have signed.
type MessagePart string

const (
	// SignedRequests has authorization requests pushed as request objects (FAPI 2.0 MS 5.3, RFC 9101).
	SignedRequests MessagePart = "requests"
	// SignedResponses makes authorization responses JWTs (FAPI 2.0 MS 5.4, JARM).
	SignedResponses MessagePart = "responses"
	// SignedIntrospection makes introspection responses JWTs (FAPI 2.0 MS 5.5, RFC 9701).
	SignedIntrospection MessagePart = "introspection"
)

// FAPI2MessageSigning is FAPI 2.0 Message Signing (Final, 25 September 2025), named "fapi2-message-signing":
// [FAPI2Security], and these messages signed; all of them when none is named.
//
// A request object lives for an hour at most and says so by nbf and exp. A request without response_mode is answered by
// JARM where responses are signed, and iss then stands in the JWT alone.
func FAPI2MessageSigning(parts ...MessagePart) Profile {
	if len(parts) == 0 {
		parts = []MessagePart{SignedRequests, SignedResponses, SignedIntrospection}
	}
	p := FAPI2Security()
	p.Name = "fapi2-message-signing"
	p.ids, p.requirements = maps.Clone(p.ids), slices.Clone(p.requirements)
	p.limits.responseModes = slices.Concat(p.limits.responseModes, jarmModes)
	for _, part := range parts {
		signed, ok := messageParts[part]
		if !ok {
			p.unknown = append(p.unknown, string(part))
			continue
		}
		signed.demand(&p)
		maps.Copy(p.ids, signed.ids)
		p.requirements = append(p.requirements, signed.requirements...)
	}
	return p
}

// messageParts are what each part adds to the Security Profile.
var messageParts = map[MessagePart]struct {
	demand       func(*Profile)
	ids          map[error]string
	requirements []Requirement
}{
	SignedRequests: {
		demand: func(p *Profile) { p.demands.signedRequest = true },
		ids: map[error]string{
			errRequestObjectMissing:           "F2-MS-01",
			requestobject.ErrAudience:         "F2-MS-02",
			requestobject.ErrNotBeforeMissing: "F2-MS-03",
			requestobject.ErrTooOld:           "F2-MS-03",
			requestobject.ErrExpiryMissing:    "F2-MS-04",
			requestobject.ErrExpired:          "F2-MS-04",
			requestobject.ErrLifetime:         "F2-MS-04",
			requestobject.ErrType:             "F2-MS-05",
		},
		requirements: []Requirement{
			{"F2-MS-01", "FAPI 2.0 MS 5.3.1-1", "Authorization requests are pushed as signed request objects.", AtPushedRequest},
			{"F2-MS-02", "FAPI 2.0 MS 5.3.1-2", "aud of a request object is the issuer identifier, or an array with it.", AtPushedRequest},
			{"F2-MS-03", "FAPI 2.0 MS 5.3.1-3", "A request object has nbf, which lies 60 minutes in the past at most.", AtPushedRequest},
			{"F2-MS-04", "FAPI 2.0 MS 5.3.1-4", "A request object has exp, 60 minutes after nbf at most.", AtPushedRequest},
			{"F2-MS-05", "FAPI 2.0 MS 5.3.1-5", "A request object of typ oauth-authz-req+jwt is accepted.", AtPushedRequest},
		},
	},
	SignedResponses: {
		demand: func(p *Profile) {
			p.demands.signedCode = true
			p.ResponseModes = slices.Clone(jarmModes)
			p.limits.responseModes = slices.Clone(jarmModes)
		},
		ids: map[error]string{errResponseMode: "F2-MS-08"},
		requirements: []Requirement{
			{"F2-MS-07", "FAPI 2.0 MS 5.3.3", "A client's response_modes are all that it is answered by.", AtPushedRequest},
			{"F2-MS-08", "FAPI 2.0 MS 5.4.1-1", "Authorization responses are JWTs, those of errors too.", AtAuthorization},
			{"F2-MS-09", "FAPI 2.0 MS 5.4.1 note", "iss of an authorization response stands in the JWT alone.", AtAuthorization},
		},
	},
	SignedIntrospection: {
		demand: func(p *Profile) { p.demands.signedIntrospection = true },
		requirements: []Requirement{
			{"F2-MS-11", "FAPI 2.0 MS 5.5.1-1", "Introspection responses are signed where the caller asks for it.", AtIntrospection},
			{"F2-MS-15", "FAPI 2.0 MS 6.2", "A client is not taken for a resource server at introspection.", AtIntrospection},
		},
	},
}
