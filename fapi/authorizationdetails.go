package fapi

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"

	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/rar"
)

// detailsParameter is the parameter, and the member, of RFC 9396.
const detailsParameter = "authorization_details"

var (
	errDetailsUnsupported = errors.New("the server knows no authorization details")
	errDetailsRegistered  = errors.New("the client is not registered for a type of authorization details")
	errGrantedDetails     = errors.New("the host granted authorization details that are not valid")
)

// WithAuthorizationDetails lets profiled clients send authorization_details of these types (RFC 9396) wherever they send
// scope: in authorization requests, pushed or signed, and in token requests. A client uses the types in its
// authorization_details_types ([registration.Metadata]), and no others. What was granted goes into the token response, JWT
// access tokens and introspection. Unset, such a request is refused: rights that nobody looks at are nobody's to grant.
//
// The host's consent shows what [AuthorizationDetails] gives, beside the scopes, and may grant less, or more precisely, by
// [Decision] or [GrantAuthorizationDetails].
func WithAuthorizationDetails(types ...rar.Type) Option {
	return func(s *settings) (err error) {
		if len(types) == 0 || s.details != nil {
			return errors.New("WithAuthorizationDetails needs types, once")
		}
		s.details, err = rar.NewTypes(types...)
		return err
	}
}

// AuthorizationDetails returns those that a request of a profiled client asks for; once something was granted, that. Of an
// accepted token request they are those of its access token, of a token at a resource the token's own. nil: it has none, or
// is no request that a [Provider] accepted.
//
// A client wrote what stands in them: sanitise it before it is shown (RFC 9396 12).
func AuthorizationDetails(r fosite.Requester) rar.Details {
	switch own := r.(type) {
	case *authorizeRequest:
		if own.decided || own.AuthorizeRequest == nil {
			return slices.Clone(own.granted)
		}
		return requestedDetails(own.Form)
	case *accessRequest:
		return slices.Clone(own.details)
	}
	return nil
}

// GrantAuthorizationDetails says what is granted in place of what was requested: a part of it, or what the type lets stand
// for it ([rar.Type].Enriches); empty details grant nothing. It is called between a New...Request and its New...Response,
// which refuses the host's mistakes by server_error. On a request of a legacy client it does nothing.
func GrantAuthorizationDetails(r fosite.Requester, granted rar.Details) {
	granted = append(rar.Details{}, granted...)
	switch own := r.(type) {
	case *authorizeRequest:
		own.granted, own.decided = granted, true
	case *accessRequest:
		own.details, own.decided = granted, true
	}
}

// requestedDetails are those of a request that was judged.
func requestedDetails(form url.Values) rar.Details {
	raw := form.Get(detailsParameter)
	if raw == "" {
		return nil
	}
	all, _ := rar.Parse(raw) // nil where it was not judged yet
	return all
}

// validateDetails judges what an authorization request asks for (RAR-09, RAR-18).
func (p *Provider) validateDetails(ctx context.Context, c *party, ar *fosite.AuthorizeRequest) error {
	_, err := p.wantedDetails(ctx, c, ar.Form)
	return err
}

// wantedDetails reads and judges the parameter of any request; nil without it.
func (p *Provider) wantedDetails(ctx context.Context, c *party, form url.Values) (rar.Details, error) {
	raw := form.Get(detailsParameter)
	if raw == "" {
		return nil, nil
	}
	if p.details.Empty() {
		return nil, errDetailsUnsupported
	}
	wanted, err := rar.Parse(raw)
	if err != nil {
		return nil, err
	}
	if err := p.mayUse(c, wanted); err != nil {
		return nil, err
	}
	if err := p.details.Validate(ctx, wanted); err != nil {
		return nil, err
	}
	return wanted, nil
}

// mayUse says whether the server still knows the types, and the client is registered for them.
func (p *Provider) mayUse(c *party, all rar.Details) error {
	for _, kind := range all.Types() {
		switch {
		case !p.details.Knows(kind):
			return rar.ErrUnknownType
		case !slices.Contains(c.meta.AuthorizationDetailsTypes, kind):
			return errDetailsRegistered
		}
	}
	return nil
}

// decidedDetails are what the user granted (RAR-06): what was requested, where the host said nothing.
func (p *Provider) decidedDetails(ctx context.Context, ar *authorizeRequest) (rar.Details, error) {
	requested := requestedDetails(ar.Form)
	if !ar.decided {
		return requested, nil
	}
	if requested == nil && len(ar.granted) == 0 {
		return nil, nil
	}
	return ar.granted, p.grantable(ctx, requested, ar.granted)
}

// assignedDetails judges what the host made of the authorization details of an access token, if anything.
func (p *Provider) assignedDetails(ctx context.Context, t *accessRequest) error {
	switch {
	case !t.decided:
		return nil
	case t.entitled == nil && len(t.details) == 0:
		t.details = nil
		return nil
	}
	return p.grantable(ctx, t.entitled, t.details)
}

// grantable judges what the host grants where that was requested.
func (p *Provider) grantable(ctx context.Context, requested, granted rar.Details) error {
	if err := p.details.Permit(requested, granted); err != nil {
		return err
	}
	err := p.details.Validate(ctx, granted)
	if err == nil {
		_, err = rar.Parse(granted.String()) // together they must be no larger than one request
	}
	if err != nil {
		return fmt.Errorf("%w: %w", errGrantedDetails, err)
	}
	return nil
}

// assignDetails finds the authorization details of the access token: those of the grant, or the part of them that the token
// request names (RFC 9396 6). The grant stays whole.
func (p *Provider) assignDetails(ctx context.Context, t *accessRequest) error {
	granted, err := t.record.details()
	if err != nil {
		return err
	}
	if err := p.mayUse(t.party, granted); err != nil {
		return err // the registration, or the server, may have changed
	}
	wanted, err := p.wantedDetails(ctx, t.party, t.Form)
	if err != nil {
		return err
	}
	if wanted == nil {
		wanted = granted
	} else if err := p.details.Cover(granted, wanted); err != nil {
		return err
	}
	t.details, t.entitled = wanted, wanted
	return nil
}

// details are those of a grant or a token; nil without a record, or without any in it.
func (r *record) details() (rar.Details, error) {
	if r == nil || r.Details == "" {
		return nil, nil
	}
	all, err := rar.Parse(r.Details)
	if err != nil {
		return nil, fmt.Errorf("%w: its authorization details can't be read", errRecord)
	}
	return all, nil
}

// toldDetails are those that a resource server of this audience is told of a token, by its claims and by introspection alike
// (RAR-16, RAR-17); nil where there is nothing to tell. Where no audience was granted, a JWT is for the configured one; the
// issuer that stands in for one tells nothing of who needs to know what.
func (p *Provider) toldDetails(all rar.Details, use fosite.TokenUse, audience []string) (rar.Details, error) {
	if len(all) == 0 {
		return nil, nil
	}
	if len(audience) == 0 && use == fosite.AccessToken && p.format == JWT {
		audience = p.defaultAudience
	}
	return p.details.For(all, audience...)
}
