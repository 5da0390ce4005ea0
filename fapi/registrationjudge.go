package fapi

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/clientassertion"
	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
	"github.com/fosite-fapi/fosite-fapi/registration"
	"github.com/fosite-fapi/fosite-fapi/requestobject"
)

// complete fills in what the metadata leaves out, so that the client is told what will be done for it: the specifications'
// own defaults are mostly what FAPI forbids (RS256, client_secret_basic). How a client authenticates is not guessed.
func (p *Provider) complete(ctx context.Context, m *registration.Metadata, profile *Profile) error {
	set, err := p.currentKeys(ctx)
	if err != nil {
		return err
	}
	m.GrantTypes, m.ResponseTypes = m.Grants(), m.Responses()
	if m.Scope == "" {
		m.Scope = strings.Join(p.registrar.Scopes, " ")
	}
	code := slices.Contains(m.GrantTypes, "authorization_code")
	for _, one := range []struct {
		alg  *string
		used bool
	}{
		{&m.IDTokenSignedResponseAlg, code}, {&m.AuthorizationSignedResponseAlg, code && signsResponses(profile)}, {&m.IntrospectionSignedResponseAlg, true},
	} {
		if *one.alg == "" && one.used {
			*one.alg = string(algorithm(set, profile, ""))
		}
	}
	m.RequirePushedAuthorizationRequests = m.RequirePushedAuthorizationRequests || code && profile.demands.pushed
	m.RequireSignedRequestObject = m.RequireSignedRequestObject || code && profile.demands.signedRequest
	if m.RequirePushedAuthorizationRequests {
		m.RequestURIs = nil // what is pushed is nowhere to be fetched
	}
	if !m.DPoPBoundAccessTokens && !m.TLSClientCertificateBoundAccessTokens {
		certified := m.AuthMethod() == registration.AuthTLS || m.AuthMethod() == registration.AuthSelfSignedTLS
		mutual := slices.Contains(profile.Bindings, BindingMTLS)
		m.TLSClientCertificateBoundAccessTokens = mutual && (certified || len(profile.Bindings) == 1)
		m.DPoPBoundAccessTokens = !mutual
	}
	// The server has no CIBA: what is registered for it means nothing here.
	m.BackchannelTokenDeliveryMode, m.BackchannelClientNotificationEndpoint, m.BackchannelAuthenticationRequestSigningAlg = "", "", ""
	m.BackchannelUserCodeParameter, m.BackchannelEndpointLoginHintTokenTypes = false, nil
	return nil
}

// signsResponses says whether a profile's authorization responses can be signed.
func signsResponses(profile *Profile) bool {
	return slices.ContainsFunc(profile.ResponseModes, func(mode string) bool { return !plain(mode) })
}

// unfit is the refusal of a client that can't be what it registers: for what [Provider.Check] finds, for anything that the
// profile does not do, and for contradictions. The first of them is the requirement that it names, the client is told
// all.
func (p *Provider) unfit(ctx context.Context, client *registration.Client, profile *Profile, contradictions error) error {
	c := &party{client: client, meta: &client.Metadata, profile: profile}
	var sharp, vague []*Problem
	for _, one := range registration.Problems(contradictions) {
		problem := &Problem{ID: refuse(AtRegistration, c, one).ID, Text: one.Field + " " + one.Reason, cause: one}
		if errors.Is(one, registration.ErrMetadata) {
			vague = append(vague, problem) // the profile may know better
		} else {
			sharp = append(sharp, problem)
		}
	}
	found := slices.Concat(sharp, p.check(ctx, c), p.closed(c), vague)
	if len(found) == 0 {
		return nil
	}
	for _, one := range found {
		if wire := faultOf(one.cause); wire != nil {
			return &Refusal{ID: one.ID, Stage: AtRegistration, wire: wire, cause: one.cause, quiet: true}
		}
	}
	first := found[0]
	return &Refusal{ID: first.ID, Stage: AtRegistration, wire: registrationError(first.cause).WithHint(told(profile, found)), cause: first.cause}
}

// told are all problems for the client's developer. The first comes last, where the refusal puts its ID; the others have
// theirs behind them.
func told(profile *Profile, found []*Problem) string {
	var others []string
	for _, one := range found[1:] {
		if len(others) == maxTold {
			break // there may be thousands
		}
		if text := one.hint(profile) + " (" + one.ID + ")"; !slices.Contains(others, text) {
			others = append(others, text)
		}
	}
	return strings.Join(append(others, found[0].hint(profile)), "; ")
}

// maxTold bounds how many problems one answer names, beside the first.
const maxTold = 5

// hint is a problem as the client is told it, with what would do instead: of a rule, what the rule wants it to be told.
func (p *Problem) hint(profile *Profile) string {
	text := p.Text
	var r *Refusal
	switch {
	case errors.As(p.cause, &r) && r.wire.HintField != "":
		text = r.wire.HintField
	case r != nil:
		text = r.wire.DescriptionField
	case errors.Is(p.cause, errAuthMethod):
		text += ", want " + listed(profile.AuthMethods)
	case errors.Is(p.cause, clientassertion.ErrUnsigned), errors.Is(p.cause, requestobject.ErrUnsigned), errors.Is(p.cause, requestobject.ErrAlgorithm):
		text += ", want " + listed(profile.SigningAlgorithms)
	}
	return brief(text)
}

// faultOf is the answer where not the client is to blame, but the server's keys or a rule that panicked.
func faultOf(cause error) *fosite.RFC6749Error {
	var r *Refusal
	if errors.Is(cause, errKeySource) {
		return errUnavailable
	}
	if errors.As(cause, &r) && serverFault(r.Code()) {
		return r.wire
	}
	return nil
}

// registrationError is the code by which a problem is told.
func registrationError(cause error) *fosite.RFC6749Error {
	for _, one := range []error{registration.ErrRedirectURI, errRedirectMissing, errRedirectInvalid, errRedirectUnknown, errRedirectInsecure} {
		if errors.Is(cause, one) {
			return errInvalidRedirect
		}
	}
	var wire *fosite.RFC6749Error
	if errors.As(cause, &wire) { // a rule's
		return registrationCode(wire)
	}
	return errInvalidMetadata
}

// closed names what a client registers and could never use, though it could live without: it would believe in it.
func (p *Provider) closed(c *party) (found []*Problem) {
	say := func(sentinel error, format string, args ...any) {
		found = append(found, &Problem{ID: refuse(AtRegistration, c, sentinel).ID, Text: fmt.Sprintf(format, args...), cause: sentinel})
	}
	m, profile := c.meta, c.profile
	for _, grant := range m.GrantTypes {
		if !slices.Contains(profile.GrantTypes, grant) {
			say(errGrantType, "grant_types has %q, want %s", grant, listed(profile.GrantTypes))
		}
	}
	for _, registered := range m.ResponseTypes {
		if !slices.ContainsFunc(profile.ResponseTypes, func(own string) bool { return sameList(own, registered) }) {
			say(errResponseType, "response_types has %q, want %s", registered, listed(profile.ResponseTypes))
		}
	}
	for _, mode := range m.ResponseModes {
		if !slices.Contains(profile.ResponseModes, mode) {
			say(errResponseMode, "response_modes has %q, want %s", mode, listed(profile.ResponseModes))
		}
	}
	for _, scope := range m.Scopes() {
		if !slices.Contains(p.registrar.Scopes, scope) {
			say(errRegistrationScope, "scope has %q, want %s", scope, listed(p.registrar.Scopes))
		}
	}
	for _, kind := range m.AuthorizationDetailsTypes {
		if p.details.Knows(kind) && !slices.Contains(p.registrar.AuthorizationDetailsTypes, kind) { // check names the others
			say(errRegistrationDetails, "authorization_details_types has %q, want %s", kind, listed(p.registrar.AuthorizationDetailsTypes))
		}
	}
	if alg := m.UserinfoSignedResponseAlg; alg != "" && !slices.Contains(profile.SigningAlgorithms, jwk.Named(jose.SignatureAlgorithm(alg))) {
		say(errAlgorithm, "userinfo_signed_response_alg is %q, want %s", alg, listed(profile.SigningAlgorithms))
	}
	if m.SubjectType == "pairwise" {
		say(errRegistered, "subject_type is pairwise, and the server has public subjects alone")
	}
	if m.SectorIdentifierURI != "" { // OpenID Connect Registration 5: the redirect URIs would have to be found there
		say(errRegistered, "sector_identifier_uri is for pairwise subjects, and the server has public ones alone")
	}
	if !signsResponses(profile) && (m.AuthorizationSignedResponseAlg != "" || m.AuthorizationEncryptedResponseAlg != "") {
		say(errRegistered, "authorization responses are neither signed nor encrypted in the profile")
	}
	return found
}
