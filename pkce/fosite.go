package pkce

import (
	"context"
	"errors"
	"fmt"

	"github.com/ory/fosite"
	"github.com/ory/fosite/handler/oauth2"
	fositepkce "github.com/ory/fosite/handler/pkce"
)

var (
	_ fosite.AuthorizeEndpointHandler       = (*Handler)(nil)
	_ fosite.PushedAuthorizeEndpointHandler = (*Handler)(nil)
	_ fosite.TokenEndpointHandler           = (*Handler)(nil)
)

// Handler enforces PKCE in a provider made by fosite's compose. Storage and Strategy are required. It comes
// after every handler that issues codes. It is safe for concurrent use as long as its fields aren't changed.
type Handler struct {
	// Storage keeps the challenge beside the code.
	Storage fositepkce.PKCERequestStorage
	// Strategy tells the key of a code in Storage.
	Strategy oauth2.AuthorizeCodeStrategy
	// Required says which clients must send a challenge; nil means every one. A challenge that is sent
	// is enforced whoever sends it.
	Required func(ctx context.Context, client fosite.Client) bool
}

// Factory makes a [Handler] that requires a challenge of every client. It has the signature of fosite's compose.Factory
// and, like fosite's own factories, panics if storage is no PKCERequestStorage or strategy no
// AuthorizeCodeStrategy. Nothing in config matters.
func Factory(_ fosite.Configurator, storage, strategy any) any {
	return &Handler{
		Storage:  storage.(fositepkce.PKCERequestStorage),
		Strategy: strategy.(oauth2.AuthorizeCodeStrategy),
	}
}

// HandlePushedAuthorizeEndpointRequest refuses a pushed request that the authorization endpoint would
// refuse for its challenge (RFC 9126 2.1-3).
func (h *Handler) HandlePushedAuthorizeEndpointRequest(ctx context.Context, ar fosite.AuthorizeRequester, _ fosite.PushedAuthorizeResponder) error {
	if !ar.GetResponseTypes().Has("code") {
		return nil
	}
	_, err := h.challenge(ctx, ar)
	return err
}

// HandleAuthorizeEndpointRequest checks the challenge and stores it beside the code.
func (h *Handler) HandleAuthorizeEndpointRequest(ctx context.Context, ar fosite.AuthorizeRequester, resp fosite.AuthorizeResponder) error {
	if !ar.GetResponseTypes().Has("code") {
		return nil
	}
	challenge, err := h.challenge(ctx, ar)
	if err != nil || challenge == "" {
		return err
	}
	code := resp.GetCode()
	if code == "" {
		return fosite.ErrServerError.WithDebug("The PKCE handler must be composed after the handlers that issue codes.")
	}
	stored := ar.Sanitize([]string{paramChallenge, paramMethod})
	if err := h.Storage.CreatePKCERequestSession(ctx, h.Strategy.AuthorizeCodeSignature(ctx, code), stored); err != nil {
		return fosite.ErrServerError.WithWrap(err).WithDebug(err.Error())
	}
	return nil
}

// HandleTokenEndpointRequest verifies the code_verifier. It deletes nothing: until the code is spent, each
// request with it must prove possession of the verifier.
func (h *Handler) HandleTokenEndpointRequest(ctx context.Context, request fosite.AccessRequester) error {
	if !h.CanHandleTokenEndpointRequest(ctx, request) {
		return fosite.ErrUnknownRequest
	}
	challenge, err := h.stored(ctx, request)
	if err != nil {
		return err
	}
	verifier, ok := single(request.GetRequestForm(), paramVerifier)
	if !ok {
		return invalidGrant(fmt.Errorf("%w: it comes more than once", ErrVerifierSyntax))
	}
	if err := Verify(challenge, verifier); err != nil {
		return invalidGrant(err)
	}
	return nil
}

// PopulateTokenEndpointResponse deletes the challenge, the code having been spent by the handlers before.
func (h *Handler) PopulateTokenEndpointResponse(ctx context.Context, request fosite.AccessRequester, _ fosite.AccessResponder) error {
	if !h.CanHandleTokenEndpointRequest(ctx, request) {
		return fosite.ErrUnknownRequest
	}
	// A challenge left behind belongs to a code that is no longer accepted; the token must not be lost for it.
	_ = h.Storage.DeletePKCERequestSession(ctx, h.signature(ctx, request))
	return nil
}

// CanSkipClientAuth is false.
func (h *Handler) CanSkipClientAuth(context.Context, fosite.AccessRequester) bool { return false }

// CanHandleTokenEndpointRequest is true for the authorization_code grant.
func (h *Handler) CanHandleTokenEndpointRequest(_ context.Context, request fosite.AccessRequester) bool {
	return request.GetGrantTypes().ExactOne("authorization_code")
}

func (h *Handler) required(ctx context.Context, client fosite.Client) bool {
	return h.Required == nil || h.Required(ctx, client)
}

func (h *Handler) challenge(ctx context.Context, ar fosite.AuthorizeRequester) (string, error) {
	challenge, err := Challenge(ar.GetRequestForm(), h.required(ctx, ar.GetClient()))
	if err != nil {
		return "", fosite.ErrInvalidRequest.WithWrap(err).
			WithHint("Send a code_challenge with code_challenge_method=S256 in the authorization request.").
			WithDebugf("RFC 7636 4.4.1: %s", err)
	}
	return challenge, nil
}

// stored returns the challenge that is bound to the request's code, "" if there is none.
func (h *Handler) stored(ctx context.Context, request fosite.AccessRequester) (string, error) {
	// A copy of the session, for stores hydrate into it, and what the code handler has put there must stay.
	session := request.GetSession()
	if session != nil {
		session = session.Clone()
	}
	stored, err := h.Storage.GetPKCERequestSession(ctx, h.signature(ctx, request), session)
	switch {
	case errors.Is(err, fosite.ErrNotFound):
		if h.required(ctx, request.GetClient()) && request.GetRequestForm().Get(paramVerifier) == "" {
			return "", invalidGrant(ErrChallengeMissing)
		}
		return "", nil
	case err != nil:
		return "", fosite.ErrServerError.WithWrap(err).WithDebug(err.Error())
	}
	// Required in any case: what was stored was stored for its challenge. If that was lost, or is one of
	// another method, from before this handler was composed, no verifier will do.
	challenge, err := Challenge(stored.GetRequestForm(), true)
	if err != nil {
		return "", invalidGrant(err)
	}
	return challenge, nil
}

func (h *Handler) signature(ctx context.Context, request fosite.AccessRequester) string {
	return h.Strategy.AuthorizeCodeSignature(ctx, request.GetRequestForm().Get("code"))
}

func invalidGrant(err error) error {
	return fosite.ErrInvalidGrant.WithWrap(err).
		WithHint("Send the code_verifier that belongs to the code_challenge of the authorization request.").
		WithDebugf("RFC 7636 4.6: %s", err)
}
