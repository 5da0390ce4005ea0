package fapi

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/internal/form"
	"github.com/fosite-fapi/fosite-fapi/pkce"
)

// The lengths up to which state and nonce travel intact; longer ones are refused, never cut. FAPI 2.0 asks for a
// nonce of 64 characters and warns of states beyond 1000.
const (
	maxNonce = 512
	maxState = 4096
)

// validate judges the parameters of an authorization request (PAR-08, PAR-25) and fills the request with what they
// say.
func (p *Provider) validate(ctx context.Context, c *party, ar *fosite.AuthorizeRequest) error {
	ar.ResponseMode = c.errorMode(ar.Form)
	for _, step := range authorizationSteps {
		if err := c.stop(step(p, ctx, c, ar)); err != nil {
			return err
		}
	}
	return nil
}

// authorizationSteps are what validate does, in this order. The redirect URI is judged first and set as soon as it is
// known to be the client's, because where it stands decides how later errors travel.
var authorizationSteps = [...]func(p *Provider, ctx context.Context, c *party, ar *fosite.AuthorizeRequest) error{
	onParty(validateRedirectURI),
	onParty(validateState),
	onForm(validateNonce),
	onForm(validateRegistration),
	onParty(func(c *party, _ *fosite.AuthorizeRequest) error { return c.misregistered() }),
	onParty(validateResponseType),
	onParty(validateResponseMode),
	onParty(validateRegisteredType),
	onParty(validateChallenge),
	(*Provider).validateScope,
	(*Provider).validateDetails,
	onParty(validateOpenID),
	onForm(validateOptions),
}

func onParty(step func(c *party, ar *fosite.AuthorizeRequest) error) func(*Provider, context.Context, *party, *fosite.AuthorizeRequest) error {
	return func(_ *Provider, _ context.Context, c *party, ar *fosite.AuthorizeRequest) error { return step(c, ar) }
}

func onForm(step func(form url.Values) error) func(*Provider, context.Context, *party, *fosite.AuthorizeRequest) error {
	return func(_ *Provider, _ context.Context, _ *party, ar *fosite.AuthorizeRequest) error {
		return step(ar.Form)
	}
}

func validateState(_ *party, ar *fosite.AuthorizeRequest) error {
	ar.State = ar.Form.Get("state")
	if len(ar.State) > maxState {
		ar.State = ""
		return errStateLength
	}
	if !intact(ar.State) {
		ar.State = ""
		return errStateEncoding
	}
	return nil
}

func validateNonce(form url.Values) error {
	switch nonce := form.Get("nonce"); {
	case len(nonce) > maxNonce:
		return errNonceLength
	case !intact(nonce):
		return errNonceEncoding
	}
	return nil
}

func validateRegistration(form url.Values) error {
	if form.Has("registration") {
		return errRegistration
	}
	return nil
}

func validateRegisteredType(c *party, ar *fosite.AuthorizeRequest) error {
	if !slices.ContainsFunc(c.client.GetResponseTypes(), func(t string) bool { return sameList(t, ar.Form.Get("response_type")) }) {
		return errResponseTypeClient
	}
	return nil
}

func validateChallenge(c *party, ar *fosite.AuthorizeRequest) error {
	_, err := pkce.Challenge(ar.Form, c.profile.demands.exchange || routeOf(ar.Form).pushed())
	return err
}

// validateOptions judges what OpenID Connect Core 3.1.2.1 lets a client ask of the login.
func validateOptions(form url.Values) error {
	if _, _, err := maxAge(form); err != nil {
		return err
	}
	if _, err := requestedClaims(form); err != nil {
		return err
	}
	return validatePrompt(form.Get("prompt"))
}

// intact says whether text comes back as it was sent (OA-07): no JSON string, of a store or a JWT, holds what is not UTF-8,
// and no form in a page a control character.
func intact(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, unicode.IsControl)
}

// isPort is true for what a client can listen at; "" is the default.
func isPort(port string) bool {
	n, err := strconv.ParseUint(port, 10, 16)
	return port == "" || err == nil && n > 0
}

func validateResponseType(c *party, ar *fosite.AuthorizeRequest) error {
	raw := ar.Form.Get("response_type")
	if !slices.ContainsFunc(c.profile.ResponseTypes, func(t string) bool { return sameList(t, raw) }) {
		return errResponseType
	}
	ar.ResponseTypes = form.List(raw)
	return nil
}

// sameList compares space-delimited lists, whose order does not matter (RFC 6749 3.1.1).
func sameList(a, b string) bool {
	if a == b {
		return true
	}
	as, bs := form.List(a), form.List(b)
	slices.Sort(as)
	slices.Sort(bs)
	return slices.Equal(as, bs)
}

// validateOpenID judges what the openid scope asks for, or its absence (OpenID Connect Core 3.3.2.1, FAPI 1.0 P1
// 5.2.2.2, 5.2.2.3).
func validateOpenID(c *party, ar *fosite.AuthorizeRequest) error {
	openID := ar.RequestedScope.Has("openid")
	if c.profile.demands.openID && len(ar.RequestedScope) == 0 {
		return errScopeMissing
	}
	if ar.ResponseTypes.Has("id_token") && !openID {
		return errOpenIDMissing
	}
	switch {
	case !c.profile.demands.openID:
	case openID && ar.Form.Get("nonce") == "":
		return errNonceMissing
	case !openID && ar.State == "":
		return errStateMissing
	}
	return nil
}

func (p *Provider) validateScope(ctx context.Context, c *party, ar *fosite.AuthorizeRequest) error {
	allowed := p.config.GetScopeStrategy(ctx)
	scopes := c.client.GetScopes()
	requested := once(form.List(ar.Form.Get("scope")))
	for _, scope := range requested {
		if !allowed(scopes, scope) {
			return errScope
		}
	}
	ar.RequestedScope = requested
	return p.validateAudience(ctx, c, &ar.Request)
}

// once drops what is repeated, in place.
func once(values []string) []string {
	kept := values[:0]
	for _, v := range values {
		if !slices.Contains(kept, v) {
			kept = append(kept, v)
		}
	}
	return kept
}

// validateAudience asks the host's strategy, as fosite does, where an audience is requested.
func (p *Provider) validateAudience(ctx context.Context, c *party, r *fosite.Request) error {
	r.RequestedAudience = nil
	if !r.Form.Has("audience") {
		return nil
	}
	r.RequestedAudience = fosite.GetAudiences(r.Form)
	if err := p.config.GetAudienceStrategy(ctx)(c.client.GetAudience(), r.RequestedAudience); err != nil {
		return errAudience
	}
	return nil
}

// validatePrompt knows the values of OpenID Connect Core 3.1.2.1. What they ask for is between the host and the user.
func validatePrompt(prompt string) error {
	if prompt == "" {
		return nil
	}
	values := form.List(prompt)
	for _, v := range values {
		switch v {
		case "none":
			if len(values) > 1 {
				return errPrompt
			}
		case "login", "consent", "select_account", "create":
		default:
			return errPrompt
		}
	}
	return nil
}

// pushedParameters checks what only a pushed request must not have.
func pushedParameters(values url.Values) error {
	if values.Has("request_uri") {
		return errRequestURIParameter
	}
	return form.Single(values)
}
