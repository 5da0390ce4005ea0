package fapi

import (
	"context"
	"errors"
	"fmt"

	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/cnf"
)

type bindingKey struct{}

// WithBinding tells [Provider.IntrospectToken] what the sender of a request has proved possession of: the certificate
// of its connection, or the key of its DPoP proof. Only a caller that checked it may say so.
func WithBinding(ctx context.Context, proved cnf.Confirmation) context.Context {
	return context.WithValue(ctx, bindingKey{}, proved)
}

// IntrospectToken says whether a token is good for these scopes. It is what resource servers inside the host's
// process call, and gets no HTTP request: a sender-constrained token is inactive unless the context carries the
// verified binding ([WithBinding]); see [Provider.Authorize] for the whole check of a resource request. Rules of the stage
// [AtResource] are asked about access tokens, and see neither Method nor Path.
func (p *Provider) IntrospectToken(ctx context.Context, token string, use fosite.TokenUse, session fosite.Session, scopes ...string) (fosite.TokenUse, fosite.AccessRequester, error) {
	w := p.watchResponse(ctx, "IntrospectToken", &trail{interaction: interactionOf(ctx, nil)}, nil)
	defer w.end()
	type answer struct {
		use   fosite.TokenUse
		token fosite.AccessRequester
	}
	found, err := guard(func() (answer, error) {
		use, token, err := p.introspectToken(w, token, use, session, scopes...)
		return answer{use, token}, err
	})
	if errors.Is(err, errPanicked) {
		err = p.refused(w, nil, refuse(AtResource, nil, err))
	}
	return found.use, found.token, err
}

func (p *Provider) introspectToken(ctx context.Context, token string, use fosite.TokenUse, session fosite.Session, scopes ...string) (fosite.TokenUse, fosite.AccessRequester, error) {
	f, err := p.lookUp(ctx, token, use, session)
	if err != nil {
		return "", nil, p.refused(ctx, nil, refuse(AtResource, nil, err))
	}
	if f == nil {
		use, ar, err := p.introspectLegacy(ctx, token, use, session, scopes...)
		return use, ar, p.ifRefused(ctx, err)
	}
	p.watching(ctx).seen(f)
	if f.use == fosite.AccessToken {
		proved, _ := ctx.Value(bindingKey{}).(cnf.Confirmation)
		if err := proves(proved, f.confirmation); err != nil {
			return "", nil, p.refused(ctx, f.party, refuse(AtResource, f.party, err))
		}
	}
	if !p.allows(ctx, f, scopes) {
		return "", nil, p.refused(ctx, f.party, refuse(AtResource, f.party, errTokenNarrow))
	}
	if f.use == fosite.AccessToken {
		if err := p.judge(ctx, f.party, Request{
			Stage: AtResource, Scopes: f.GrantedScope, Subject: f.Session.GetSubject(), Confirmation: f.confirmation,
			AuthorizationDetails: f.details,
		}); err != nil {
			return "", nil, p.refused(ctx, f.party, refuse(AtResource, f.party, err))
		}
	}
	if err := p.granted(ctx, AtResource, f.party, ""); err != nil {
		return "", nil, p.refused(ctx, f.party, refuse(AtResource, f.party, err))
	}
	return f.use, f.accessRequest, nil
}

// proves says whether what a sender proved is what a token is bound to.
func proves(proved, bound cnf.Confirmation) error {
	if bound.JKT != "" {
		bound.X5TS256, proved.X5TS256 = "", ""
	} else {
		proved.JKT = ""
	}
	if bound.IsZero() {
		return cnf.ErrNotBound
	}
	if !bound.Equal(proved) {
		return cnf.ErrMismatch
	}
	return nil
}

func (p *Provider) allows(ctx context.Context, f *found, scopes []string) bool {
	granted := p.config.GetScopeStrategy(ctx)
	for _, scope := range scopes {
		if scope != "" && !granted(f.GrantedScope, scope) {
			return false
		}
	}
	return true
}

// introspectLegacy asks the host's own lane. What a client was issued before it got a profile is unbound, and no
// longer counts.
func (p *Provider) introspectLegacy(ctx context.Context, token string, use fosite.TokenUse, session fosite.Session, scopes ...string) (fosite.TokenUse, fosite.AccessRequester, error) {
	if p.legacy == nil {
		return "", nil, inactive(p.ownerOf(ctx, token, use, session), "The token is unknown, expired or revoked.")
	}
	use, ar, err := p.legacy.IntrospectToken(ctx, token, use, session, scopes...)
	if err == nil && p.profiled(ctx, ar.GetClient()) {
		moved, _ := p.party(ctx, ar.GetClient().GetID())
		return "", nil, inactive(moved, "The token was issued before its client got a security profile.")
	}
	if err != nil {
		if owner := p.ownerOf(ctx, token, use, session); owner != nil {
			return "", nil, inactive(owner, "The token expired.")
		}
	}
	return use, ar, err
}

// inactive refuses a token that is no good any more. Hosts find fosite.ErrInactiveToken in the error. It is the caller's
// to report: some only ask.
func inactive(owner *party, why string) *Refusal {
	return refuse(AtResource, owner, fmt.Errorf("%w: %w", errTokenInactive, fosite.ErrInactiveToken.WithHint(why)))
}

// ifRefused reports an error that is a refusal.
func (p *Provider) ifRefused(ctx context.Context, err error) error {
	var r *Refusal
	if errors.As(err, &r) {
		return p.refused(ctx, r.party, r)
	}
	return err
}

// ownerOf finds, for the audit, whose a token is that was the profiled lane's and is no good any more; nil where the store
// has forgotten it.
func (p *Provider) ownerOf(ctx context.Context, token string, use fosite.TokenUse, session fosite.Session) *party {
	stored, err := p.stored(ctx, token, use, clone(session))
	if err != nil || stored == nil || stored.GetClient() == nil {
		return nil
	}
	c, err := p.party(ctx, stored.GetClient().GetID())
	if err != nil || c.profile == nil {
		return nil
	}
	p.watching(ctx).request = stored.GetID()
	return c
}
