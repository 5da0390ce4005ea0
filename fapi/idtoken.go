package fapi

import (
	"context"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite"
	"github.com/ory/fosite/handler/openid"

	"github.com/fosite-fapi/fosite-fapi/internal/jwe"
)

// idClaims are the claims of an ID token (OpenID Connect Core 2, 3.1.3.6, 3.3.2.11; s_hash by FAPI 1.0 P2 5.1.1).
type idClaims struct {
	Issuer          string   `json:"iss"`
	Subject         string   `json:"sub"`
	Audience        string   `json:"aud"`
	Expires         int64    `json:"exp"`
	IssuedAt        int64    `json:"iat"`
	AuthTime        int64    `json:"auth_time,omitempty"`
	Nonce           string   `json:"nonce,omitempty"`
	ACR             string   `json:"acr,omitempty"`
	AMR             []string `json:"amr,omitempty"`
	AccessTokenHash string   `json:"at_hash,omitempty"`
	CodeHash        string   `json:"c_hash,omitempty"`
	StateHash       string   `json:"s_hash,omitempty"`
}

// idTokenClaims are the server's own in an ID token, and those that it never has.
var idTokenClaims = []string{"iss", "sub", "aud", "exp", "iat", "nbf", "auth_time", "nonce", "azp", "at_hash", "c_hash", "s_hash", "rat"}

// An idToken is what an ID token is about to be made of.
type idToken struct {
	party   *party
	session fosite.Session
	form    url.Values // of the authorization request
	scopes  fosite.Arguments
	// What the token vouches for: an access token, or in the front channel a code and the state.
	access, code, state string
}

// newIDToken makes the ID token that accompanies an access token.
func (p *Provider) newIDToken(ctx context.Context, t *accessRequest, access string, now time.Time) (string, error) {
	return p.makeIDToken(ctx, &idToken{party: t.party, session: t.Session, form: t.Form, scopes: t.GrantedScope, access: access}, now)
}

// newDetachedIDToken makes the ID token of the authorization endpoint, which signs the response: code and state (FAPI 1.0
// P2 5.1.1).
func (p *Provider) newDetachedIDToken(ctx context.Context, ar *authorizeRequest, session fosite.Session, code string) (string, error) {
	return p.makeIDToken(ctx, &idToken{party: ar.party, session: session, form: ar.Form, scopes: ar.GrantedScope, code: code, state: ar.State}, p.now())
}

// makeIDToken reads the session only; what its claims say of times, audience and hashes is the server's business, and
// ignored.
func (p *Provider) makeIDToken(ctx context.Context, t *idToken, now time.Time) (string, error) {
	session, ok := t.session.(openid.Session)
	if !ok {
		return "", fmt.Errorf("%w: the openid scope is granted, but the session does not implement openid.Session", errSession)
	}
	from := session.IDTokenClaims()
	if from == nil || from.Subject == "" {
		return "", fmt.Errorf("%w: the openid scope is granted, but the session's ID token claims have no subject", errSession)
	}
	by, err := p.signer(ctx, t.party.profile, t.party.meta.IDTokenSignedResponseAlg)
	if err != nil {
		return "", err
	}
	claims := idClaims{
		Issuer: p.issuer(ctx), Subject: from.Subject, Audience: t.party.client.GetID(),
		Expires: now.Add(t.party.profile.IDTokenLifetime).Unix(), IssuedAt: now.Unix(), Nonce: t.form.Get("nonce"),
		ACR: from.AuthenticationContextClassReference, AMR: from.AuthenticationMethodsReferences,
		AccessTokenHash: halfHash(by.algorithm, t.access), CodeHash: halfHash(by.algorithm, t.code), StateHash: halfHash(by.algorithm, t.state),
	}
	if !from.AuthTime.IsZero() {
		claims.AuthTime = from.AuthTime.Unix()
	}
	extra, err := p.personal(ctx, t, from.Extra)
	if err != nil {
		return "", err
	}
	payload, err := withExtra(claims, extra, idTokenClaims)
	if err != nil {
		return "", err
	}
	signed, err := by.sign(ctx, "JWT", payload)
	if err != nil {
		return "", err
	}
	return p.sealed(ctx, t.party, signed, t.party.meta.IDTokenEncryptedResponseAlg, t.party.meta.IDTokenEncryptedResponseEnc)
}

// personal are the claims about the user beyond who she is and how she logged in. Through the browser they travel
// encrypted or not at all (FAPI 1.0 P2 5.2.2.1-6).
func (p *Provider) personal(ctx context.Context, t *idToken, own map[string]any) (map[string]any, error) {
	if t.code != "" && t.party.meta.IDTokenEncryptedResponseAlg == "" {
		return nil, nil //nolint:nilnil // nothing to add
	}
	if p.idTokenClaims == nil {
		return own, nil
	}
	requested, err := requestedClaims(t.form)
	if err != nil {
		return nil, err
	}
	more, err := p.idTokenClaims(ctx, t.party.client, t.session, t.scopes, requested)
	if err != nil {
		return nil, fmt.Errorf("the claims of the ID token: %w", err)
	}
	all := maps.Clone(own)
	if all == nil {
		return more, nil
	}
	maps.Copy(all, more)
	return all, nil
}

// sealed encrypts a signed token to the client where it registered an algorithm for that (RFC 7519 11.2). A token that
// can't be encrypted does not leave.
func (p *Provider) sealed(ctx context.Context, c *party, signed, alg, enc string) (string, error) {
	if alg == "" {
		return signed, nil
	}
	out, err := jwe.EncryptTo(ctx, signed, p.keys(c), jose.KeyAlgorithm(alg), jose.ContentEncryption(enc))
	if errors.Is(err, jwe.ErrKey) {
		return "", fmt.Errorf("%w: %w", errEncryptionKey, err)
	}
	if err != nil {
		return "", fmt.Errorf("%w: %w", errEncryption, err)
	}
	return out, nil
}

// halfHash is the value of at_hash, c_hash and s_hash (OpenID Connect Core 3.1.3.6) by the algorithm that signs the ID
// token; Ed25519 hashes with SHA-512. It is "" for an absent value.
func halfHash(alg jose.SignatureAlgorithm, value string) string {
	if value == "" {
		return ""
	}
	var sum []byte
	if alg == jose.EdDSA {
		full := sha512.Sum512([]byte(value))
		sum = full[:]
	} else {
		full := sha256.Sum256([]byte(value))
		sum = full[:]
	}
	var text [43]byte
	return string(base64.RawURLEncoding.AppendEncode(text[:0], sum[:len(sum)/2]))
}

// ownIDToken reads an ID token that this server made for a client, expired or not, as long as its key is published.
func (p *Provider) ownIDToken(ctx context.Context, raw, client string) (*idClaims, error) {
	if len(raw) > 16<<10 {
		return nil, errors.New("too long")
	}
	set, err := p.currentKeys(ctx)
	if err != nil {
		return nil, err
	}
	payload, _, err := set.Verify(raw, "JWT")
	if err != nil {
		return nil, err
	}
	var claims struct {
		Issuer   string `json:"iss"`
		Subject  string `json:"sub"`
		Audience any    `json:"aud"` // fosite writes an array
	}
	if err := json.Unmarshal(payload, &claims); err != nil {
		return nil, err
	}
	if claims.Issuer != p.issuer(ctx) || claims.Subject == "" {
		return nil, fmt.Errorf("issued by %q", claims.Issuer)
	}
	if all, several := claims.Audience.([]any); claims.Audience != client && (!several || !slices.Contains(all, any(client))) {
		return nil, errors.New("issued to another client")
	}
	return &idClaims{Issuer: claims.Issuer, Subject: claims.Subject}, nil
}
