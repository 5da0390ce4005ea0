package fapi

import (
	"slices"

	"github.com/ory/fosite"
)

// Requirements returns everything that the profile demands: its own specification's in their order, those of the
// specifications that it stands on, the rules last. Every [Refusal] of the profile's clients and every [Problem] with
// an ID has one of them.
//
// What it stands on depends on the ways that its specification knows, not on those that a host left in its fields: a
// profile without DPoP has no requirement of RFC 9449, one that could have DPoP has them all.
func (p Profile) Requirements() []Requirement {
	all := slices.Concat(p.requirements, p.base())
	for _, r := range p.rules {
		all = append(all, r.Requirement)
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
		{slices.Contains(p.limits.bindings, BindingDPoP), dpopRequirements},
		{true, pushedRequirements},
		{true, pkceRequirements},
		{true, objectRequirements},
		{slices.ContainsFunc(p.limits.responseModes, func(m string) bool { return signed(fosite.ResponseModeType(m)) }), jarmRequirements},
		{true, issuerRequirements},
		{true, introspectionRequirements},
		{true, metadataRequirements},
		{true, resourceRequirements},
		{true, serverRequirements},
	} {
		if family.holds {
			all = append(all, family.rows...)
		}
	}
	return all
}
