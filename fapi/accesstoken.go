package fapi

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"time"

	"github.com/ory/fosite"
	"github.com/ory/fosite/handler/oauth2"
	"github.com/ory/fosite/token/jwt"

	"github.com/fosite-fapi/fosite-fapi/cnf"
	"github.com/fosite-fapi/fosite-fapi/dpop"
	"github.com/fosite-fapi/fosite-fapi/rar"
)

// An AccessTokenFormat is what an access token looks like to a resource server.
type AccessTokenFormat string

const (
	// Opaque tokens are made by the host's strategy and seen through introspection.
	Opaque AccessTokenFormat = "opaque"
	// JWT tokens follow RFC 9068.
	JWT AccessTokenFormat = "jwt"
)

// issued is a token on its way out, with what is stored of it.
type issued struct {
	token, signature string
	stored           *fosite.Request
	lifetime         time.Duration
}

// newAccessToken makes the access token of an accepted request and the record that keeps it bound.
func (p *Provider) newAccessToken(ctx context.Context, t *accessRequest, now time.Time) (*issued, error) {
	lifetime := lifespan(t, fosite.AccessToken, t.party.profile.AccessTokenLifetime)
	expires := now.Add(lifetime)
	t.Session.SetExpiresAt(fosite.AccessToken, expires.UTC().Truncate(time.Second))
	out := &issued{lifetime: lifetime}
	var err error
	if p.format == JWT {
		out.token, err = p.newJWT(ctx, t, now, expires)
		out.signature = hashed(out.token)
	} else {
		out.token, out.signature, err = p.strategy.GenerateAccessToken(ctx, t)
	}
	if err != nil {
		return nil, err
	}
	rec := record{
		Profile: t.party.profile.Name, Use: fosite.AccessToken, Confirmation: t.confirmation,
		Issued: now.Unix(), Expires: expires.UnixMilli(), Details: t.details.String(),
	}
	out.stored, err = t.storable(&rec, now)
	return out, err
}

// storable is what is kept of a token: the grant, and the record. Nothing else of the message is.
func (t *accessRequest) storable(rec *record, now time.Time) (*fosite.Request, error) {
	form := url.Values{"client_id": {t.party.client.GetID()}}
	if err := rec.put(form); err != nil {
		return nil, err
	}
	return &fosite.Request{
		ID: t.ID, RequestedAt: now.UTC(), Client: t.party.client, Form: form, Session: t.Session,
		RequestedScope: t.RequestedScope, GrantedScope: t.GrantedScope,
		RequestedAudience: t.RequestedAudience, GrantedAudience: t.GrantedAudience,
	}, nil
}

// response is the token response of RFC 6749 5.1 for the access token.
func (i *issued) response(t *accessRequest) *fosite.AccessResponse {
	resp := fosite.NewAccessResponse()
	resp.SetAccessToken(i.token)
	resp.SetTokenType(tokenType(t.confirmation))
	resp.SetExpiresIn(i.lifetime)
	resp.SetExtra("scope", scopeString(t.GrantedScope))
	if t.details != nil {
		resp.SetExtra(detailsParameter, t.details) // RAR-12
	}
	return resp
}

// tokenType is DPoP for what is bound to a key (RFC 9449 5); RFC 8705 has none of its own.
func tokenType(c cnf.Confirmation) string {
	if c.JKT != "" {
		return dpop.Scheme
	}
	return "Bearer"
}

// lifespan is the profile's, or a shorter one that the client has (fosite.ClientWithCustomTokenLifespans).
func lifespan(t *accessRequest, kind fosite.TokenType, profile time.Duration) time.Duration {
	own := fosite.GetEffectiveLifespan(t.party.client, fosite.GrantType(t.GrantTypes[0]), kind, profile)
	if own > 0 && own < profile {
		return own
	}
	return profile
}

// accessClaims are those of RFC 9068 2.2, with cnf (RFC 8705 3.1) and authorization details (RFC 9396 9.1).
type accessClaims struct {
	Issuer       string           `json:"iss"`
	Subject      string           `json:"sub"`
	Audience     any              `json:"aud"` // see audience
	ClientID     string           `json:"client_id"`
	IssuedAt     int64            `json:"iat"`
	Expires      int64            `json:"exp"`
	ID           string           `json:"jti"`
	Scope        string           `json:"scope,omitempty"`
	Confirmation cnf.Confirmation `json:"cnf"`

	AuthorizationDetails rar.Details `json:"authorization_details,omitempty"`
}

// audience is a string where there is one, as most validators expect.
func audience(values ...string) any {
	if len(values) == 1 {
		return values[0]
	}
	return values
}

func (p *Provider) newJWT(ctx context.Context, t *accessRequest, now, expires time.Time) (string, error) {
	claims := accessClaims{
		Issuer: p.issuer(ctx), Subject: t.Session.GetSubject(), Audience: audience(t.GrantedAudience...),
		ClientID: t.party.client.GetID(), IssuedAt: now.Unix(), Expires: expires.Unix(), ID: rand.Text(),
		Scope: scopeString(t.GrantedScope), Confirmation: t.confirmation,
	}
	if claims.Subject == "" {
		claims.Subject = claims.ClientID // RFC 9068 2.2: no resource owner is involved
	}
	if len(t.GrantedAudience) == 0 {
		claims.Audience = audience(p.defaultAudience...)
		if len(p.defaultAudience) == 0 {
			claims.Audience = claims.Issuer
		}
	}
	var err error
	if claims.AuthorizationDetails, err = p.toldDetails(t.details, fosite.AccessToken, t.GrantedAudience); err != nil {
		return "", err
	}
	extra, reserved := extraClaims(t.Session), accessTokenClaims
	if len(extra) > 0 && !p.details.Empty() {
		reserved = append(slices.Clip(reserved), detailsParameter)
	}
	payload, err := withExtra(claims, extra, reserved)
	if err != nil {
		return "", err
	}
	by, err := p.signer(ctx, t.party.profile, "")
	if err != nil {
		return "", err
	}
	return by.sign(ctx, "at+jwt", payload)
}

// extraClaims are what the host's session adds to an access token.
func extraClaims(session fosite.Session) map[string]any {
	if own, ok := session.(*Session); ok {
		return own.Access
	}
	s, ok := session.(oauth2.JWTSessionContainer)
	if !ok {
		return nil
	}
	claims := s.GetJWTClaims()
	if own, ok := claims.(*jwt.JWTClaims); ok {
		return own.Extra
	}
	return claims.ToMapClaims()
}

// accessTokenClaims are the server's own in an access token, and those that it never has.
var accessTokenClaims = []string{"iss", "sub", "aud", "client_id", "iat", "exp", "nbf", "jti", "scope", "scp", "cnf"}

// withExtra marshals claims with extra ones beside them, which can't replace any, and of which none is reserved.
func withExtra(claims any, extra map[string]any, reserved []string) ([]byte, error) {
	payload, err := json.Marshal(claims)
	if err != nil || len(extra) == 0 {
		return payload, err
	}
	var own map[string]json.RawMessage // as they are: a float has no room for every number
	if err := json.Unmarshal(payload, &own); err != nil {
		return nil, err
	}
	all := maps.Clone(extra)
	for _, name := range reserved {
		delete(all, name)
	}
	for name, value := range own {
		all[name] = value
	}
	return json.Marshal(all)
}

// hashed is the key under which a JWT is stored: of fixed length, and nothing that could be used as the token.
func hashed(token string) string {
	sum := sha256.Sum256([]byte(token))
	var text [43]byte
	base64.RawURLEncoding.Encode(text[:], sum[:])
	return string(text[:])
}

// accessSignature is the key under which an access token is stored.
func (p *Provider) accessSignature(ctx context.Context, token string) string {
	if p.format == JWT {
		return hashed(token)
	}
	return p.strategy.AccessTokenSignature(ctx, token)
}
