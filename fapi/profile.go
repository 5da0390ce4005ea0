package fapi

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// A Profile is a security profile as a value: what the server does for clients of this profile and what it demands of
// them. Start from one of the constructors ([FAPI2Security]), change fields within the profile's own bounds, add
// rules by [Profile.With]; Compose copies it and refuses values that the profile does not allow.
type Profile struct {
	// Name is what a [Selector] returns for the profile's clients.
	Name string

	AuthorizationCodeLifetime time.Duration // of a code; FAPI 2.0 allows 60 s at most (F2-AS-11)
	RequestURILifetime        time.Duration // expires_in of a pushed request; less than 600 s (F2-AZ-12)
	InteractionLifetime       time.Duration // how long login and consent may take once they began in time
	AccessTokenLifetime       time.Duration
	RefreshTokenLifetime      time.Duration // absolute, from the grant; refreshing doesn't extend it
	IDTokenLifetime           time.Duration
	AssertionLifetime         time.Duration // how far ahead the exp of a client assertion may lie

	// SigningAlgorithms are the JWS algorithms that clients may use and that the server uses for them.
	SigningAlgorithms []jose.SignatureAlgorithm
	// AuthMethods are the permitted values of token_endpoint_auth_method.
	AuthMethods []string
	// Bindings are the ways of sender-constraining an access token that the server offers.
	Bindings []Binding
	// ResponseTypes are the permitted values of response_type.
	ResponseTypes []string
	// ResponseModes are the permitted values of response_mode. A request without one gets the first that its
	// response_type allows.
	ResponseModes []string
	// GrantTypes are the grants of the profile's token endpoint. Others are refused, whatever a client has
	// registered.
	GrantTypes []string

	requirements []Requirement
	ids          map[error]string // which requirement a leaf's sentinel violates here
	rules        []Rule
	limits       limits
	demands      demands
	without      []string
	unknown      []string // what a constructor was asked for and does not know
}

// demands are what a profile asks for that is no matter of values.
type demands struct {
	pushed              bool // authorization requests are pushed
	signedRequest       bool // they are request objects, with the lifetimes that FAPI wants
	signedCode          bool // response_type code is answered by JARM
	signedIntrospection bool // introspection responses are JWTs
	exchange            bool // PKCE for every request, not for pushed ones alone
	issuerAudience      bool // aud of client assertions is the issuer, as a string
	openID              bool // scope is there; nonce with openid, state without
	noLoopback          bool // redirect URIs are https, of native clients too
}

// limits are the bounds within which a profile's fields may be changed.
type limits struct {
	code, requestURI time.Duration
	algorithms       []jose.SignatureAlgorithm
	authMethods      []string
	responseTypes    []string
	responseModes    []string
	grantTypes       []string
	bindings         []Binding
}

// With returns a copy of the profile that judges these rules too, after those it has.
func (p Profile) With(rules ...Rule) Profile {
	p.rules = slices.Concat(p.rules, rules)
	return p
}

// InsecureWithout returns a copy of the profile without the rules of these IDs: for a migration in which one rule
// must wait. Only rules added by [Profile.With] can go; [Compose] fails for others, logs each removal, and reports it
// in [Provider.Weakened].
func (p Profile) InsecureWithout(ids ...string) Profile {
	p.without = slices.Concat(p.without, ids)
	return p
}

// clone detaches the profile from slices that its maker may still change.
func (p Profile) clone() *Profile {
	p.SigningAlgorithms = slices.Clone(p.SigningAlgorithms)
	p.AuthMethods = slices.Clone(p.AuthMethods)
	p.Bindings = slices.Clone(p.Bindings)
	p.ResponseTypes = slices.Clone(p.ResponseTypes)
	p.ResponseModes = slices.Clone(p.ResponseModes)
	p.GrantTypes = slices.Clone(p.GrantTypes)
	p.rules = slices.DeleteFunc(slices.Clone(p.rules), func(r Rule) bool { return slices.Contains(p.without, r.ID) })
	p.requirements = slices.Clone(p.requirements)
	return &p
}

// problems names everything about the profile that its specification does not allow.
func (p *Profile) problems() []error {
	var found []error
	report := func(id, format string, args ...any) {
		found = append(found, &Problem{ID: id, Text: fmt.Sprintf("profile %q: ", p.Name) + fmt.Sprintf(format, args...)})
	}
	if p.ids == nil {
		report("", "made by hand; start from a constructor such as FAPI2Security")
		return found
	}
	if len(p.unknown) > 0 {
		report("", "there are no parts %q", p.unknown)
	}
	if p.Name == "" || p.Name == Legacy || strings.ContainsRune(p.Name, '\n') {
		report("", "needs a name other than %q, in one line", Legacy)
	}
	if p.AuthorizationCodeLifetime <= 0 || p.AuthorizationCodeLifetime > p.limits.code {
		report(p.ids[errCodeExpired], "AuthorizationCodeLifetime is %s, want more than 0 and at most %s", p.AuthorizationCodeLifetime, p.limits.code)
	}
	if p.RequestURILifetime < 5*time.Second || p.RequestURILifetime >= p.limits.requestURI {
		report(p.ids[errRequestURILifetime], "RequestURILifetime is %s, want at least 5s and less than %s", p.RequestURILifetime, p.limits.requestURI)
	}
	for _, d := range []struct {
		name     string
		lifetime time.Duration
	}{
		{"InteractionLifetime", p.InteractionLifetime}, {"AccessTokenLifetime", p.AccessTokenLifetime},
		{"RefreshTokenLifetime", p.RefreshTokenLifetime}, {"IDTokenLifetime", p.IDTokenLifetime}, {"AssertionLifetime", p.AssertionLifetime},
	} {
		if d.lifetime <= 0 {
			report("", "%s is %s, want more than 0", d.name, d.lifetime)
		}
	}
	outsiders := func(id, field string, bad []string) {
		if len(bad) > 0 {
			report(id, "%s has %q, which the profile does not allow (or is empty)", field, bad)
		}
	}
	outsiders(p.ids[errAlgorithm], "SigningAlgorithms", outside(p.SigningAlgorithms, p.limits.algorithms))
	outsiders(p.ids[errAuthMethod], "AuthMethods", outside(p.AuthMethods, p.limits.authMethods))
	outsiders(p.ids[errResponseType], "ResponseTypes", outside(p.ResponseTypes, p.limits.responseTypes))
	outsiders("", "ResponseModes", outside(p.ResponseModes, p.limits.responseModes))
	outsiders(p.ids[errBindingMethod], "Bindings", outside(p.Bindings, p.limits.bindings))
	outsiders("", "GrantTypes", outside(p.GrantTypes, p.limits.grantTypes))
	for i, r := range p.rules {
		if r.ID == "" || r.Check == nil || r.Stage == "" {
			report(r.ID, "rule %d needs an ID, a Stage and a Check", i)
		} else if !slices.Contains(ruleStages, r.Stage) {
			report(r.ID, "rules are judged at %q, not at %q", ruleStages, r.Stage)
		}
	}
	return found
}

// outside returns the values that are not among the allowed; an empty list is itself outside.
func outside[T ~string](values, allowed []T) (bad []string) {
	if len(values) == 0 {
		return []string{""}
	}
	for _, v := range values {
		if !slices.Contains(allowed, v) {
			bad = append(bad, string(v))
		}
	}
	return bad
}

// requirement returns the ID under which the profile refuses what the sentinel stands for.
func (p *Profile) requirement(sentinel error) string {
	if p == nil {
		return ""
	}
	return p.ids[sentinel]
}
