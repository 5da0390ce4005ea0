package fapi

import (
	"slices"

	"github.com/ory/fosite"
)

// Requirements returns everything that the profile demands: its own specification's in their order, those of the
// specifications that it stands on, the rules last. By their IDs a [Refusal] and a [Problem] say what was not met.
//
// What it stands on depends on its fields: without [BindingDPoP] it has no requirement of RFC 9449, without a response
// mode of JARM none of JARM.
func (p Profile) Requirements() []Requirement {
	all := slices.Concat(p.requirements, p.base())
	for _, r := range p.rules {
		if !slices.Contains(p.without, r.ID) {
			all = append(all, r.Requirement)
		}
	}
	return all
}

// base are the requirements that the profile's own specification takes from others.
func (p *Profile) base() []Requirement {
	var all []Requirement
	for _, family := range []struct {
		holds bool
		rows  []Requirement
	}{
		{true, oauthRequirements},
		{true, openIDRequirements},
		{true, assertionRequirements},
		{true, mtlsRequirements},
		{slices.Contains(p.Bindings, BindingDPoP), dpopRequirements},
		{true, pushedRequirements},
		{true, pkceRequirements},
		{true, objectRequirements},
		{slices.ContainsFunc(p.ResponseModes, func(m string) bool { return signed(fosite.ResponseModeType(m)) }), jarmRequirements},
		{true, detailsRequirements},
		{true, issuerRequirements},
		{true, introspectionRequirements},
		{true, metadataRequirements},
		{true, resourceRequirements},
		{true, registrationRequirements},
		{true, serverRequirements},
	} {
		if family.holds {
			all = append(all, family.rows...)
		}
	}
	return all
}
