package fapi

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/rar"
)

// A grant is one grant_type of the profiled lane.
type grant interface {
	// accept judges the request and spends what can be spent once. It leaves the requester as the host is to see it.
	accept(ctx context.Context, p *Provider, t *accessRequest) error
	// issue makes and stores the tokens.
	issue(ctx context.Context, p *Provider, t *accessRequest) (*fosite.AccessResponse, error)
}

var grants = map[string]grant{
	"authorization_code": codeGrant{},
	"refresh_token":      refreshGrant{},
	"client_credentials": credentialsGrant{},
}

// NewAccessRequest reads, authenticates and judges a token request (RFC 6749 3.2). A code is spent here, when
// everything else holds; the session is hydrated from it.
func (p *Provider) NewAccessRequest(ctx context.Context, r *http.Request, session fosite.Session) (fosite.AccessRequester, error) {
	in := p.receive(ctx, r)
	tryout := p.tryout(in, AtToken)
	if !in.strict {
		t, err := p.legacy.NewAccessRequest(ctx, r, session)
		tryout.token(ctx, t, err)
		return t, err
	}
	t := &accessRequest{AccessRequest: &fosite.AccessRequest{Request: fosite.Request{RequestedAt: p.now().UTC(), Session: session}}}
	w := p.watchRequest(ctx, "NewAccessRequest", in, &t.trail, t)
	defer w.end()
	c, err := guard(func() (*party, error) { return p.access(w, in, t) })
	if err != nil {
		return t.orEmpty(), p.refused(w, c, refuse(t.stage(), c, err))
	}
	tryout.token(ctx, t, nil)
	return t, nil
}

func (p *Provider) access(ctx context.Context, in *inbound, t *accessRequest) (*party, error) {
	c, err := p.admit(ctx, in, t)
	if err != nil {
		return c, err
	}
	return c, t.grant.accept(ctx, p, t)
}

// admit judges what every token request must be, whatever its grant.
func (p *Provider) admit(ctx context.Context, in *inbound, t *accessRequest) (*party, error) {
	values, err := in.body(p.maxBytes)
	if err != nil {
		return in.named(), err
	}
	who, c, err := p.authenticate(ctx, in, values, errUnauthenticated)
	if err != nil {
		return c, in.unauthenticated(c, err)
	}
	for _, name := range credentials {
		values.Del(name)
	}
	t.party, t.Client, t.Form = c, c.client, values
	if t.Session == nil {
		return c, errSessionMissing
	}
	kind := values.Get("grant_type")
	if err := c.stop(validateGrantType(c, kind)); err != nil {
		return c, err
	}
	t.GrantTypes, t.grant = fosite.Arguments{kind}, grants[kind]
	if err := c.stop(p.bind(ctx, in, who, t)); err != nil {
		return c, err
	}
	if t.confirmation.JKT != "" {
		t.nonce = p.nonce()
	}
	t.caller = who
	_, err = p.signer(ctx, c.profile, "")
	return c, c.stop(err) // before a code is spent
}

// stage is a refresh's own as soon as it is known to be one.
func (t *accessRequest) stage() Stage {
	if _, ok := t.grant.(refreshGrant); ok {
		return AtRefresh
	}
	return AtToken
}

// judgeToken asks the rules about a token request that passed everything else, before it spends anything. A refresh has a
// stage of its own.
func (p *Provider) judgeToken(ctx context.Context, stage Stage, t *accessRequest, scopes fosite.Arguments) error {
	return p.judge(ctx, t.party, Request{
		Stage: stage, Parameters: t.Form, GrantType: t.GrantTypes[0], Scopes: scopes, Subject: t.Session.GetSubject(),
		AuthorizationDetails: t.details,
		AuthMethod:           t.caller.method, Certificate: t.caller.certificate(), Proof: t.proof, Confirmation: t.confirmation,
	})
}

func validateGrantType(c *party, kind string) error {
	switch {
	case kind == "":
		return errGrantMissing
	case !slices.Contains(c.profile.GrantTypes, kind) || grants[kind] == nil:
		return errGrantType
	case !c.client.GetGrantTypes().Has(kind):
		return errGrantTypeClient
	}
	return nil
}

// adopt takes over what was granted from the stored request of a code.
func (t *accessRequest) adopt(stored fosite.Requester) {
	t.ID = stored.GetID()
	t.Session = stored.GetSession()
	t.RequestedScope, t.GrantedScope = stored.GetRequestedScopes(), stored.GetGrantedScopes()
	t.RequestedAudience, t.GrantedAudience = stored.GetRequestedAudience(), stored.GetGrantedAudience()
	form := stored.GetRequestForm()
	for _, name := range kept {
		delete(t.Form, name) // what the token request says of these is not what was authorized
		if v, ok := form[name]; ok {
			t.Form[name] = v
		}
	}
}

// NewAccessResponse issues the tokens, bound to the sender, and stores them.
func (p *Provider) NewAccessResponse(ctx context.Context, requester fosite.AccessRequester) (fosite.AccessResponder, error) {
	t, ok := requester.(*accessRequest)
	if !ok {
		if p.legacy == nil || p.profiled(ctx, requester.GetClient()) {
			return nil, p.refused(ctx, nil, refuse(AtToken, nil, errForeignRequester))
		}
		return p.legacy.NewAccessResponse(ctx, requester)
	}
	w := p.watchResponse(ctx, "NewAccessResponse", &t.trail, t)
	defer w.end()
	resp, err := guard(func() (*fosite.AccessResponse, error) { return p.respond(w, t) })
	if err == nil {
		err = p.granted(w, t.stage(), t.party, "")
	}
	if err != nil {
		return nil, p.refused(w, t.party, refuse(t.stage(), t.party, err))
	}
	return resp, nil
}

func (p *Provider) respond(ctx context.Context, t *accessRequest) (*fosite.AccessResponse, error) {
	if t.grant == nil || t.confirmation.IsZero() {
		return nil, errForeignRequester // a token that would leave unbound is the server's error, never a token
	}
	for _, scope := range t.GrantedScope {
		if !t.RequestedScope.Has(scope) {
			return nil, errGrantedScope
		}
	}
	if err := p.assignedDetails(ctx, t); err != nil {
		return nil, err
	}
	return t.grant.issue(ctx, p, t)
}

// WriteAccessResponse answers 200 (RFC 6749 5.1).
func (p *Provider) WriteAccessResponse(ctx context.Context, rw http.ResponseWriter, requester fosite.AccessRequester, responder fosite.AccessResponder) {
	if _, ok := requester.(*accessRequest); !ok && p.legacy != nil {
		p.legacy.WriteAccessResponse(ctx, rw, requester, responder)
		return
	}
	if t, ok := requester.(*accessRequest); ok {
		giveNonce(rw.Header(), t.nonce)
	}
	if own, ok := responder.(*fosite.AccessResponse); ok {
		if body, ok := tokenBodyOf(own); ok {
			writeJSON(rw, http.StatusOK, body)
			return
		}
	}
	writeJSON(rw, http.StatusOK, responder.ToMap())
}

// tokenBody is RFC 6749 5.1 without what a host may have added.
type tokenBody struct {
	AccessToken  string `json:"access_token"`
	TokenType    string `json:"token_type"`
	ExpiresIn    int64  `json:"expires_in"`
	Scope        string `json:"scope"`
	RefreshToken string `json:"refresh_token,omitempty"`
	IDToken      string `json:"id_token,omitempty"`

	AuthorizationDetails rar.Details `json:"authorization_details,omitzero"`
}

// tokenBodyOf spares the map where a response is as the provider made it.
func tokenBodyOf(r *fosite.AccessResponse) (*tokenBody, bool) {
	body := &tokenBody{AccessToken: r.AccessToken, TokenType: r.TokenType}
	for name, value := range r.Extra {
		var ok bool
		switch name {
		case "expires_in":
			body.ExpiresIn, ok = value.(int64)
		case "scope":
			body.Scope, ok = value.(string)
		case "refresh_token":
			body.RefreshToken, ok = value.(string)
		case "id_token":
			body.IDToken, ok = value.(string)
		case detailsParameter:
			body.AuthorizationDetails, ok = value.(rar.Details)
		}
		if !ok {
			return nil, false
		}
	}
	return body, true
}

// WriteAccessError answers a refusal (RFC 6749 5.2).
func (p *Provider) WriteAccessError(ctx context.Context, rw http.ResponseWriter, requester fosite.AccessRequester, err error) {
	if _, ok := requester.(*accessRequest); !ok && p.legacyError(err) {
		p.legacy.WriteAccessError(ctx, rw, requester, err)
		return
	}
	writeRefusal(rw, p.answered(ctx, AtToken, requester, err))
}

// unexpired is a requester for strategies that check the expiry beside the token's own integrity: the lane has its
// own record of the expiry, and the stored session may be in use by another request.
func unexpired(expires int64) *fosite.Request {
	return &fosite.Request{Session: expiry(expires)}
}

// expiry is a session that knows nothing else.
type expiry int64

func (e expiry) SetExpiresAt(fosite.TokenType, time.Time) {}
func (e expiry) GetExpiresAt(fosite.TokenType) time.Time  { return time.UnixMilli(int64(e)) }
func (e expiry) GetUsername() string                      { return "" }
func (e expiry) GetSubject() string                       { return "" }
func (e expiry) Clone() fosite.Session                    { return e }

// scopeString is a scope list as it travels.
func scopeString(scopes fosite.Arguments) string { return strings.Join(scopes, " ") }
