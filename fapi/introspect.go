package fapi

import (
	"context"
	"errors"
	"net/http"
	"time"

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
// verified binding ([WithBinding]); see [Provider.Authorize] for the whole check of a resource request.
func (p *Provider) IntrospectToken(ctx context.Context, token string, use fosite.TokenUse, session fosite.Session, scopes ...string) (fosite.TokenUse, fosite.AccessRequester, error) {
	f, err := p.lookUp(ctx, token, use, session)
	if err != nil {
		return "", nil, p.refused(ctx, nil, refuse(AtResource, nil, err))
	}
	if f == nil {
		return p.introspectLegacy(ctx, token, use, session, scopes...)
	}
	if f.use == fosite.AccessToken {
		proved, _ := ctx.Value(bindingKey{}).(cnf.Confirmation)
		if err := proves(proved, f.confirmation); err != nil {
			return "", nil, p.refused(ctx, f.party, refuse(AtResource, f.party, err))
		}
	}
	if !p.allows(ctx, f, scopes) {
		return "", nil, p.refused(ctx, f.party, refuse(AtResource, f.party, errTokenNarrow))
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
		return "", nil, fosite.ErrInactiveToken.WithHint("The token is unknown, expired or revoked.")
	}
	use, ar, err := p.legacy.IntrospectToken(ctx, token, use, session, scopes...)
	if err == nil && p.profiled(ctx, ar.GetClient()) {
		return "", nil, fosite.ErrInactiveToken.WithHint("The token was issued before its client got a security profile.")
	}
	return use, ar, err
}

// introspection is the answer to a profiled caller.
type introspection struct {
	*found
	issuer string
	other  fosite.IntrospectionResponder // of a legacy token
}

func (i *introspection) IsActive() bool { return i.found != nil || i.other != nil }

func (i *introspection) GetAccessRequester() fosite.AccessRequester {
	if i.other != nil {
		return i.other.GetAccessRequester()
	}
	if i.found == nil {
		return nil
	}
	return i.accessRequest
}

func (i *introspection) GetTokenUse() fosite.TokenUse {
	if i.other != nil {
		return i.other.GetTokenUse()
	}
	if i.found == nil {
		return ""
	}
	return i.use
}

func (i *introspection) GetAccessTokenType() string {
	if i.found == nil || i.use != fosite.AccessToken {
		return ""
	}
	return tokenType(i.confirmation)
}

// NewIntrospectionRequest authenticates the caller as the token endpoint does, and looks the token up (RFC 7662 2.1).
// Who may see which token is [WithIntrospectors]'s to say.
func (p *Provider) NewIntrospectionRequest(ctx context.Context, r *http.Request, session fosite.Session) (fosite.IntrospectionResponder, error) {
	in := p.receive(ctx, r)
	resp := &introspection{issuer: p.issuer(ctx)}
	if !in.strict {
		return p.introspectByLegacy(ctx, in, session, resp)
	}
	c, err := p.introspect(ctx, in, session, resp)
	if err != nil {
		return resp, p.refused(ctx, c, refuse(AtIntrospection, c, err))
	}
	p.granted(ctx, AtIntrospection, c, "")
	return resp, nil
}

// introspectByLegacy answers a legacy caller as fosite does. A token of a profiled client is active for it only where
// the host says so by [WithIntrospectors]: for a resource server that serves both kinds of client.
func (p *Provider) introspectByLegacy(ctx context.Context, in *inbound, session fosite.Session, own *introspection) (fosite.IntrospectionResponder, error) {
	key := fosite.AccessTokenFromRequest(in.Request)
	if key != "" {
		if _, ar, err := p.legacy.IntrospectToken(ctx, key, fosite.AccessToken, clone(session)); err == nil && p.profiled(ctx, ar.GetClient()) {
			return &fosite.IntrospectionResponse{}, fosite.ErrRequestUnauthorized.WithHint("The token was issued before its client got a security profile.")
		}
	}
	resp, err := p.legacy.NewIntrospectionRequest(ctx, in.Request, session)
	if err == nil && resp.IsActive() && p.profiled(ctx, resp.GetAccessRequester().GetClient()) {
		return &fosite.IntrospectionResponse{}, fosite.ErrInactiveToken
	}
	user, basic := basicUser(in.Request)
	// Beside a token in the form, fosite does not look at HTTP Basic.
	if !errors.Is(err, fosite.ErrInactiveToken) || p.introspectors == nil || key != "" || !basic || in.parties[user] == nil {
		return resp, err
	}
	f, failed := p.lookUp(ctx, in.PostForm.Get("token"), fosite.TokenUse(in.PostForm.Get("token_type_hint")), session)
	if failed != nil || f == nil || !p.maySee(ctx, in.parties[user].client, f.accessRequest) {
		return resp, err
	}
	own.found = f
	return own, nil
}

func (p *Provider) introspect(ctx context.Context, in *inbound, session fosite.Session, resp *introspection) (*party, error) {
	values, err := in.body(p.maxBytes)
	if err != nil {
		return in.named(), err
	}
	who, c, err := p.authenticate(ctx, in, values, errUnauthenticated)
	if err != nil {
		return c, in.unauthenticated(c, err)
	}
	token := values.Get("token")
	if token == "" {
		return c, errTokenMissing
	}
	if err := p.judge(ctx, c, Request{Stage: AtIntrospection, Parameters: values, AuthMethod: who.method, Certificate: who.certificate()}); err != nil {
		return c, err
	}
	f, err := p.lookUp(ctx, token, fosite.TokenUse(values.Get("token_type_hint")), session)
	if err != nil {
		return c, err
	}
	if f != nil {
		if p.maySee(ctx, c.client, f.accessRequest) {
			resp.found = f
		}
		return c, nil
	}
	return c, p.introspectForProfiled(ctx, c, token, session, resp)
}

// introspectForProfiled looks for a token of the legacy lane, which a profiled resource server may have to judge too.
func (p *Provider) introspectForProfiled(ctx context.Context, c *party, token string, session fosite.Session, resp *introspection) error {
	if p.legacy == nil {
		return nil
	}
	use, ar, err := p.legacy.IntrospectToken(ctx, token, fosite.AccessToken, session)
	if err != nil || p.profiled(ctx, ar.GetClient()) || !p.maySee(ctx, c.client, ar) {
		return nil //nolint:nilerr // whatever the reason, the token is inactive for this caller
	}
	resp.other = &fosite.IntrospectionResponse{Active: true, AccessRequester: ar, TokenUse: use}
	return nil
}

func (p *Provider) maySee(ctx context.Context, caller fosite.Client, token fosite.AccessRequester) bool {
	if p.introspectors != nil {
		return p.introspectors(ctx, caller, token)
	}
	return token.GetClient().GetID() == caller.GetID() || token.GetGrantedAudience().Has(caller.GetID())
}

// introspectionBody is RFC 7662 2.2 with cnf (RFC 8705 3.2).
type introspectionBody struct {
	Active       bool              `json:"active"`
	Issuer       string            `json:"iss,omitempty"`
	Subject      string            `json:"sub,omitempty"`
	Username     string            `json:"username,omitempty"`
	Audience     []string          `json:"aud,omitempty"`
	ClientID     string            `json:"client_id,omitempty"`
	IssuedAt     int64             `json:"iat,omitempty"`
	Expires      int64             `json:"exp,omitempty"`
	Scope        string            `json:"scope,omitempty"`
	TokenType    string            `json:"token_type,omitempty"`
	Confirmation *cnf.Confirmation `json:"cnf,omitempty"`
}

// WriteIntrospectionResponse answers 200 (RFC 7662 2.2); an inactive token gives active alone.
func (p *Provider) WriteIntrospectionResponse(ctx context.Context, rw http.ResponseWriter, responder fosite.IntrospectionResponder) {
	i, ok := responder.(*introspection)
	if !ok && p.legacy != nil {
		p.legacy.WriteIntrospectionResponse(ctx, rw, responder)
		return
	}
	if ok && i.other != nil {
		p.legacy.WriteIntrospectionResponse(ctx, rw, i.other)
		return
	}
	if !ok || !i.IsActive() {
		writeJSON(rw, http.StatusOK, introspectionBody{})
		return
	}
	writeJSON(rw, http.StatusOK, i.body())
}

// body is what is said of a live token of the profiled lane.
func (i *introspection) body() introspectionBody {
	body := introspectionBody{
		Active: true, Issuer: i.issuer, Subject: i.Session.GetSubject(), Username: i.Session.GetUsername(),
		Audience: i.GrantedAudience, ClientID: i.Client.GetID(), IssuedAt: i.record.Issued,
		Expires: time.UnixMilli(i.record.Expires).Unix(), Scope: scopeString(i.GrantedScope), TokenType: i.GetAccessTokenType(),
	}
	if body.Subject == "" {
		body.Subject = body.ClientID
	}
	if !i.confirmation.IsZero() {
		body.Confirmation = &i.confirmation
	}
	return body
}

// WriteIntrospectionError answers a refusal of the caller. A refusal never says anything of the token.
func (p *Provider) WriteIntrospectionError(ctx context.Context, rw http.ResponseWriter, err error) {
	if err == nil {
		return
	}
	if p.legacyError(err) {
		p.legacy.WriteIntrospectionError(ctx, rw, err)
		return
	}
	if errors.Is(err, fosite.ErrInactiveToken) {
		writeJSON(rw, http.StatusOK, introspectionBody{})
		return
	}
	writeRefusal(rw, refusalOf(AtIntrospection, err))
}

// clone is Clone for a session that may be nil.
func clone(session fosite.Session) fosite.Session {
	if session == nil {
		return nil
	}
	return session.Clone()
}
