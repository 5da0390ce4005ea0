package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

// A plan is a profile and what is told of it.
type plan struct {
	profile fapi.Profile
	title   string
	// register is how budget-app and rival-app are registered beyond what all profiles have in common.
	register     func(*registration.Metadata)
	responseType string
	responseMode string // "" asks for none
	objects      bool   // authorization requests are signed
	byValue      bool   // and go through the browser
	signed       bool   // introspection responses are JWTs
	// request is the first part of the flow: how the request gets to the server.
	request func(ctx context.Context, w *world, g *grant) error
	attacks func(*plan) []attack
	ids     ids
}

// ids are the requirements that the profiles have in common, by the IDs that each gives them.
type ids struct {
	algorithm, codeUsed, method, spent, unbound string
	header, live, scope, bound                  string // of resource servers
}

// plans are the profiles by name, the default first.
func plans() []*plan {
	second := ids{
		algorithm: "F2-CR-02", codeUsed: "F2-AZ-09", method: "F2-AS-06", spent: "F2-AZ-15", unbound: "F2-AS-04",
		header: "F2-RS-01", live: "F2-RS-03", scope: "F2-RS-04", bound: "F2-RS-05",
	}
	return []*plan{
		{
			profile: fapi.FAPI2Security(), title: "FAPI 2.0", ids: second, request: pushRequest,
			responseType: "code", attacks: (*plan).securityAttacks,
		},
		{
			profile: fapi.FAPI2MessageSigning(), title: "FAPI 2.0 Message Signing", ids: second, request: pushObject,
			responseType: "code", objects: true, signed: true, attacks: (*plan).messageAttacks,
		},
		{
			profile: fapi.FAPI1Advanced(), title: "FAPI 1.0 Advanced", request: sendObject,
			register:     func(m *registration.Metadata) { m.ResponseTypes = []string{"code id_token"} },
			responseType: "code id_token", responseMode: "form_post", objects: true, byValue: true, attacks: (*plan).advancedAttacks,
			ids: ids{
				algorithm: "F1A-ALG-01", codeUsed: "F1B-AS-13", method: "F1A-AS-14", spent: "PAR-23", unbound: "F1A-AS-05",
				header: "F1B-RS-02", live: "F1B-RS-04", scope: "F1B-RS-05", bound: "F1A-RS-02",
			},
		},
	}
}

// planOf finds a plan by the name of its profile.
func planOf(name string) (*plan, error) {
	all := plans()
	i := slices.IndexFunc(all, func(p *plan) bool { return p.profile.Name == name })
	if i < 0 {
		var names []string
		for _, p := range all {
			names = append(names, p.profile.Name)
		}
		return nil, fmt.Errorf("-profile %s: want one of %q", name, names)
	}
	return all[i], nil
}

// spentCode is the error of a request that was decided: what is spent is what the browser carried.
func (p *plan) spentCode() string {
	if p.byValue {
		return "invalid_request_object"
	}
	return "invalid_request_uri"
}

// advanced says whether this is FAPI 1.0.
func (p *plan) advanced() bool { return p.byValue }
