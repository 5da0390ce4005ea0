package fapi

import (
	"context"
	"net/http"
	"net/url"

	"github.com/ory/fosite"
)

// NewRevocationRequest authenticates the caller and revokes its token, with everything else of the same grant (RFC
// 7009 2.1). A token that is unknown, expired or revoked already is no error.
func (p *Provider) NewRevocationRequest(ctx context.Context, r *http.Request) error {
	in := p.receive(ctx, r)
	tryout := p.tryout(in, AtRevocation)
	if !in.strict {
		err := p.legacy.NewRevocationRequest(ctx, r)
		tryout.about(ctx, nil, err)
		return err
	}
	w := p.watchRequest(ctx, "NewRevocationRequest", in, &trail{}, nil)
	defer w.end()
	c, err := guard(func() (*party, error) { return p.revoke(w, in) })
	if err == nil {
		err = p.granted(w, AtRevocation, c, "")
	}
	if err != nil {
		return p.refused(w, c, refuse(AtRevocation, c, err))
	}
	tryout.about(ctx, c.client, nil)
	return nil
}

func (p *Provider) revoke(ctx context.Context, in *inbound) (*party, error) {
	values, err := in.body(p.maxBytes)
	if err != nil {
		return in.named(), err
	}
	who, c, err := p.authenticate(ctx, in, values, errUnauthenticated)
	if err != nil {
		return c, in.unauthenticated(c, err)
	}
	if err := p.judgeAbout(ctx, AtRevocation, who, values); err != nil {
		return c, err
	}
	token := values.Get("token")
	f, err := p.lookUp(ctx, token, fosite.TokenUse(values.Get("token_type_hint")), nil)
	if err != nil || f == nil {
		return c, err
	}
	p.watching(ctx).seen(f)
	if f.Client.GetID() != c.client.GetID() {
		return c, errTokenClient
	}
	return c, p.vault.revokeGrant(ctx, f.ID)
}

// judgeAbout judges a request about a token, before that is looked up.
func (p *Provider) judgeAbout(ctx context.Context, stage Stage, who *caller, values url.Values) error {
	if values.Get("token") == "" {
		if err := who.stop(errTokenMissing); err != nil {
			return err
		}
	}
	return p.judge(ctx, who.party, Request{Stage: stage, Parameters: values, AuthMethod: who.method, Certificate: who.certificate()})
}

// WriteRevocationResponse answers 200, or the refusal with its own status: an error is never hidden behind 200.
func (p *Provider) WriteRevocationResponse(ctx context.Context, rw http.ResponseWriter, err error) {
	switch {
	case err == nil:
		noStore(rw.Header())
		rw.WriteHeader(http.StatusOK)
	case p.legacyError(err):
		p.legacy.WriteRevocationResponse(ctx, rw, err)
	default:
		writeRefusal(rw, p.answered(ctx, AtRevocation, nil, err))
	}
}
