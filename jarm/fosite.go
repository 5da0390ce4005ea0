package jarm

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/ory/fosite"
)

var (
	_ fosite.ResponseModeHandler            = (*Handler)(nil)
	_ fosite.AuthorizeEndpointHandler       = (*Handler)(nil)
	_ fosite.PushedAuthorizeEndpointHandler = (*Handler)(nil)
)

// A Handler gives JARM's response modes to a provider made by fosite's compose, as its ResponseModeHandlerExtension. A
// client has to be a fosite.ResponseModeClient that lists them. It is safe for concurrent use as long as its fields aren't
// changed.
//
// As an authorization endpoint handler, composed before those that issue codes, it also refuses query.jwt with tokens
// (JARM-10) before anything is issued.
type Handler struct {
	// Encoder makes the response JWTs. Required.
	Encoder *Encoder
	// Client returns what the client has registered (JARM 3). The ID need not be set. Required.
	Client func(ctx context.Context, client fosite.Client) (Client, error)
	// Next is the extension that the host had: it keeps its own modes. nil: none.
	Next fosite.ResponseModeHandler
}

// ResponseModes returns JARM's modes and those of Next. JARM's are the handler's even if Next lists them.
func (h *Handler) ResponseModes() fosite.ResponseModeTypes {
	var out fosite.ResponseModeTypes
	for _, mode := range Modes() {
		out = append(out, fosite.ResponseModeType(mode))
	}
	if h.Next != nil {
		for _, mode := range h.Next.ResponseModes() {
			if !out.Has(mode) {
				out = append(out, mode)
			}
		}
	}
	return out
}

// HandleAuthorizeEndpointRequest refuses what JARM-10 forbids. It handles no response type.
func (h *Handler) HandleAuthorizeEndpointRequest(ctx context.Context, ar fosite.AuthorizeRequester, _ fosite.AuthorizeResponder) error {
	return h.judge(ctx, ar)
}

// HandlePushedAuthorizeEndpointRequest refuses what JARM-10 forbids.
func (h *Handler) HandlePushedAuthorizeEndpointRequest(ctx context.Context, ar fosite.AuthorizeRequester, _ fosite.PushedAuthorizeResponder) error {
	return h.judge(ctx, ar)
}

func (h *Handler) judge(ctx context.Context, ar fosite.AuthorizeRequester) error {
	if !Mode(ar.GetResponseMode()).Known() {
		return nil
	}
	_, _, err := h.resolve(ctx, ar)
	if err != nil {
		return refusal(err)
	}
	return nil
}

// WriteAuthorizeResponse is called by fosite for the modes that it doesn't know.
func (h *Handler) WriteAuthorizeResponse(ctx context.Context, rw http.ResponseWriter, ar fosite.AuthorizeRequester, resp fosite.AuthorizeResponder) {
	if h.foreign(ar) {
		if h.Next != nil {
			h.Next.WriteAuthorizeResponse(ctx, rw, ar, resp)
		}
		return
	}
	h.write(ctx, rw, ar, resp.GetParameters())
}

// WriteAuthorizeError is called by fosite for errors of all modes in ResponseModes, and before it knows whether the
// redirect URI is the client's: an error whose redirect URI isn't goes to the user, as JSON, as fosite does it.
func (h *Handler) WriteAuthorizeError(ctx context.Context, rw http.ResponseWriter, ar fosite.AuthorizeRequester, err error) {
	if h.foreign(ar) {
		if h.Next != nil {
			h.Next.WriteAuthorizeError(ctx, rw, ar, err)
		}
		return
	}
	if !ar.IsRedirectURIValid() {
		writeError(rw, fosite.ErrorToRFC6749Error(err))
		return
	}
	code, description := describe(fosite.ErrorToRFC6749Error(err))
	h.write(ctx, rw, ar, url.Values{"error": {code}, "error_description": {description}, "state": {ar.GetState()}})
}

func (h *Handler) foreign(ar fosite.AuthorizeRequester) bool {
	return !Mode(ar.GetResponseMode()).Known()
}

func (h *Handler) write(ctx context.Context, rw http.ResponseWriter, ar fosite.AuthorizeRequester, params url.Values) {
	if !ar.IsRedirectURIValid() {
		writeError(rw, fosite.ErrInvalidRequest)
		return
	}
	mode, client, err := h.resolve(ctx, ar)
	if err != nil {
		writeError(rw, refusal(err))
		return
	}
	response, err := h.Encoder.Encode(ctx, client, params)
	if err != nil {
		writeError(rw, refusal(err))
		return
	}
	if err := Deliver(rw, mode, ar.GetRedirectURI().String(), response); err != nil {
		writeError(rw, refusal(err))
	}
}

func (h *Handler) resolve(ctx context.Context, ar fosite.AuthorizeRequester) (Mode, Client, error) {
	if h.Encoder == nil || h.Client == nil {
		return "", Client{}, ErrConfig
	}
	client, err := h.Client(ctx, ar.GetClient())
	if err != nil {
		return "", Client{}, err
	}
	client.ID = ar.GetClient().GetID()
	mode, err := Mode(ar.GetResponseMode()).Resolve(strings.Join(ar.GetResponseTypes(), " "), client.Encrypted())
	return mode, client, err
}

// refusal says whose trouble an error is. What the request or the client's registration can cause is not the server's.
func refusal(err error) *fosite.RFC6749Error {
	switch {
	case errors.Is(err, ErrMode):
		return fosite.ErrInvalidRequest.WithWrap(err).WithHint("The response_mode query.jwt needs an encrypted response for this response_type.").WithDebug("JARM 2.3.1")
	case errors.Is(err, ErrParameter), errors.Is(err, ErrRedirectURI):
		return fosite.ErrInvalidRequest.WithWrap(err).WithHint("The response can't be sent as requested.")
	case errors.Is(err, ErrKey), errors.Is(err, ErrKeysUnavailable):
		return fosite.ErrInvalidRequest.WithWrap(err).WithHint("The response can't be encrypted to the client's keys.")
	}
	return fosite.ErrServerError.WithWrap(err)
}

// describe returns error and error_description as RFC 6749 4.1.2.1 allows them.
func describe(err *fosite.RFC6749Error) (code, description string) {
	code = err.ErrorField
	if code == fosite.ErrUnsupportedResponseMode.ErrorField {
		code = fosite.ErrInvalidRequest.ErrorField // the other is registered nowhere
	}
	return code, strings.Map(func(r rune) rune {
		switch {
		case r == '"' || r == '\\':
			return '\''
		case r < ' ' || r > '~':
			return ' '
		}
		return r
	}, err.GetDescription())
}

// writeError tells the user, not the client.
func writeError(rw http.ResponseWriter, err *fosite.RFC6749Error) {
	code, description := describe(err)
	status := err.CodeField
	if status < 400 || status > 599 {
		status = http.StatusBadRequest
	}
	body, _ := json.Marshal(map[string]string{"error": code, "error_description": description}) // strings can be written
	protect(rw.Header())
	rw.Header().Set("Content-Type", "application/json;charset=UTF-8")
	rw.WriteHeader(status)
	_, _ = rw.Write(body)
}
