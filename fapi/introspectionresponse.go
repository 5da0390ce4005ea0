package fapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/introspection"
)

// An IntrospectionView changes what one caller is told of an active token. It may take scopes away, change or remove
// subject, username and audience, and add members by Extra; nothing else that it changes counts. An error refuses, and so
// does a panic.
type IntrospectionView func(ctx context.Context, caller fosite.Client, token fosite.AccessRequester, answer *introspection.Response) error

// WriteIntrospectionResponse answers 200 (RFC 7662 2.2), by a signed JWT where the caller asked for one (RFC 9701 5); an
// inactive token gives active alone.
func (p *Provider) WriteIntrospectionResponse(ctx context.Context, rw http.ResponseWriter, responder fosite.IntrospectionResponder) {
	i, ok := responder.(*introspected)
	if !ok && p.legacy != nil {
		p.legacy.WriteIntrospectionResponse(ctx, rw, responder)
		return
	}
	if !ok {
		writeJSON(rw, http.StatusOK, introspection.Response{})
		return
	}
	signed := i.signs(i.caller)
	if i.other != nil && !signed && p.introspectionView == nil {
		p.legacy.WriteIntrospectionResponse(ctx, rw, i.other)
		return
	}
	answer, err := guard(func() (introspection.Response, error) { return p.viewed(ctx, i) })
	if err == nil && signed {
		var token string
		if token, err = guard(func() (string, error) { return p.signIntrospection(ctx, i, answer) }); err == nil {
			h := rw.Header()
			noStore(h)
			h["Content-Type"] = introspectionType
			_, _ = io.WriteString(rw, token) // the caller has gone if this fails
			return
		}
	}
	if err != nil {
		w := p.watchResponse(ctx, "Refuse", &i.trail, nil)
		defer w.end()
		w.seen(i.found)
		writeRefusal(rw, p.refused(w, i.caller, refuse(AtIntrospection, i.caller, err)))
		return
	}
	writeJSON(rw, http.StatusOK, answer)
}

var introspectionType = []string{introspection.MediaType}

// signs says whether the answer to a caller is a JWT: if its Accept header asked for one (RFC 9701 4). Legacy callers get
// what fosite gives. The caller is nil where it is not known.
func (i *introspected) signs(caller *party) bool {
	return i.signed && (caller == nil || caller.profile != nil)
}

// unauthenticated is the refusal of a caller that could not be authenticated: 400 where it asked for a JWT (INT-12),
// though invalid_client has 401 elsewhere.
func (i *introspected) unauthenticated(caller *party, r *Refusal) *Refusal {
	if r.Status() != http.StatusUnauthorized || !i.signs(caller) {
		return r
	}
	bad := *r.wire
	bad.CodeField = http.StatusBadRequest
	r.wire = &bad
	return r
}

// viewed is what the caller is told.
func (p *Provider) viewed(ctx context.Context, i *introspected) (introspection.Response, error) {
	if !i.IsActive() {
		return introspection.Response{}, nil
	}
	full, err := p.facts(i)
	if err != nil {
		return introspection.Response{}, err
	}
	if p.introspectionView == nil || i.caller == nil {
		return full, nil
	}
	seen := full
	seen.Audience, seen.Extra = slices.Clone(full.Audience), maps.Clone(full.Extra)
	if err := p.introspectionView(ctx, i.caller.client, i.GetAccessRequester(), &seen); err != nil {
		return introspection.Response{}, fmt.Errorf("%w: %w", errView, err)
	}
	full.Subject, full.Username, full.Audience, full.Extra = seen.Subject, seen.Username, seen.Audience, seen.Extra
	granted := strings.Fields(full.Scope)
	full.Scope = strings.Join(slices.DeleteFunc(strings.Fields(seen.Scope), func(s string) bool { return !slices.Contains(granted, s) }), " ")
	return full, nil
}

// facts are those of an active token.
func (p *Provider) facts(i *introspected) (introspection.Response, error) {
	if i.other != nil {
		return legacyResponse(i.issuer, i.other.GetAccessRequester()), nil
	}
	r := introspection.Response{
		Active: true, Issuer: i.issuer, Subject: i.Session.GetSubject(), Username: i.Session.GetUsername(),
		Audience: i.GrantedAudience, ClientID: i.Client.GetID(), IssuedAt: i.record.Issued,
		Expires: time.UnixMilli(i.record.Expires).Unix(), Scope: scopeString(i.GrantedScope), TokenType: i.GetAccessTokenType(),
	}
	if r.Subject == "" {
		r.Subject = r.ClientID
	}
	if !i.confirmation.IsZero() {
		r.Confirmation = &i.confirmation
	}
	details, err := p.toldDetails(i.details, i.use, i.GrantedAudience)
	if len(details) > 0 {
		r.Extra = map[string]any{detailsParameter: details}
	}
	return r, err
}

// legacyResponse are the facts that fosite tells of a legacy token.
func legacyResponse(issuer string, ar fosite.AccessRequester) introspection.Response {
	session := ar.GetSession()
	r := introspection.Response{
		Active: true, Issuer: issuer, Subject: session.GetSubject(), Username: session.GetUsername(), Audience: ar.GetGrantedAudience(),
		ClientID: ar.GetClient().GetID(), Scope: scopeString(ar.GetGrantedScopes()),
	}
	if expires := session.GetExpiresAt(fosite.AccessToken); !expires.IsZero() {
		r.Expires = expires.Unix()
	}
	if at := ar.GetRequestedAt(); !at.IsZero() {
		r.IssuedAt = at.Unix()
	}
	if extra, ok := session.(fosite.ExtraClaimsSession); ok {
		r.Extra = extra.GetExtraClaims()
	}
	return r
}

// signIntrospection makes the JWT for a caller by the algorithms of its registration (RFC 9701 6).
func (p *Provider) signIntrospection(ctx context.Context, i *introspected, answer introspection.Response) (string, error) {
	meta := i.caller.meta
	by, err := p.signer(ctx, i.caller.profile, meta.IntrospectionSignedResponseAlg)
	if err != nil {
		return "", err
	}
	to := introspection.Caller{
		ID: i.caller.client.GetID(), Algorithm: by.algorithm,
		EncryptionAlgorithm: jose.KeyAlgorithm(meta.IntrospectionEncryptedResponseAlg),
		ContentEncryption:   jose.ContentEncryption(meta.IntrospectionEncryptedResponseEnc), Keys: p.keys(i.caller),
	}
	encoder := introspection.Encoder{Issuer: i.issuer, Signer: by.set, Algorithms: i.caller.profile.SigningAlgorithms, Now: p.now}
	return encoder.Encode(ctx, to, answer)
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
		writeJSON(rw, http.StatusOK, introspection.Response{})
		return
	}
	writeRefusal(rw, p.answered(ctx, AtIntrospection, nil, err))
}
