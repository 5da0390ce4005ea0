package fapi

import (
	"context"
	"net/http"
)

// answered is the refusal that an error stands for when it is written: one that a method of the provider returned and
// reported, or the host's own no, which is reported now, by the clause that lets a server say it (OA-09, OA-13). A fault of
// the host is no clause's.
func (p *Provider) answered(ctx context.Context, stage Stage, requester any, err error) *Refusal {
	r := refusalOf(stage, guarded(func() error { return err })) // which looks at it, with care
	if r.reported {
		return r
	}
	switch {
	case r.ID != byHost && r.ID != unforeseen: // a rule that the host asked itself
	case serverFault(r.Code()):
		r.ID = byHost
	case stage == AtAuthorization:
		r.ID = "OA-09"
	default:
		r.ID = "OA-13"
	}
	w, c := p.watching(ctx), (*party)(nil)
	switch own := requester.(type) {
	case *authorizeRequest:
		w, c = p.watchResponse(ctx, "Refuse", &own.trail, own), own.party
	case *accessRequest:
		w, c = p.watchResponse(ctx, "Refuse", &own.trail, own), own.party
	}
	defer w.end()
	return p.refused(w, c, r)
}

// unread refuses a message of which nothing was read.
func (p *Provider) unread(r *http.Request, stage Stage, err error) *Refusal {
	t := &trail{interaction: interactionOf(r.Context(), r.Header)}
	w := p.watchResponse(r.Context(), "Refuse", t, nil)
	defer w.end()
	return p.refused(w, nil, refuse(stage, nil, err))
}
