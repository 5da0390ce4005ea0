package fapi

import (
	"context"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite/handler/openid"
)

// idClaims are the claims of an ID token (OpenID Connect Core 2, 3.1.3.6).
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
}

// idTokenClaims are the server's own in an ID token, and those that it never has.
var idTokenClaims = []string{"iss", "sub", "aud", "exp", "iat", "nbf", "auth_time", "nonce", "azp", "at_hash", "c_hash", "s_hash", "rat"}

// newIDToken makes the ID token that accompanies an access token. The session is read only; what its claims say of
// times, audience and hashes is the server's business, and ignored.
func (p *Provider) newIDToken(ctx context.Context, t *accessRequest, access string, now time.Time) (string, error) {
	session, ok := t.Session.(openid.Session)
	if !ok {
		return "", errors.New("the openid scope is granted, but the session does not implement openid.Session")
	}
	from := session.IDTokenClaims()
	if from == nil || from.Subject == "" {
		return "", errors.New("the openid scope is granted, but the session's ID token claims have no subject")
	}
	by, err := p.signer(ctx, t.party.profile, t.party.meta.IDTokenSignedResponseAlg)
	if err != nil {
		return "", err
	}
	claims := idClaims{
		Issuer: p.issuer(ctx), Subject: from.Subject, Audience: t.party.client.GetID(),
		Expires: now.Add(t.party.profile.IDTokenLifetime).Unix(), IssuedAt: now.Unix(), Nonce: t.Form.Get("nonce"),
		ACR: from.AuthenticationContextClassReference, AMR: from.AuthenticationMethodsReferences,
		AccessTokenHash: halfHash(by.algorithm, access),
	}
	if !from.AuthTime.IsZero() {
		claims.AuthTime = from.AuthTime.Unix()
	}
	payload, err := withExtra(claims, from.Extra, idTokenClaims)
	if err != nil {
		return "", err
	}
	return by.sign(ctx, "JWT", payload)
}

// halfHash is the value of at_hash (OpenID Connect Core 3.1.3.6) by the algorithm that signs the ID token; Ed25519
// hashes with SHA-512.
func halfHash(alg jose.SignatureAlgorithm, value string) string {
	var sum []byte
	if alg == jose.EdDSA {
		full := sha512.Sum512([]byte(value))
		sum = full[:]
	} else {
		full := sha256.Sum256([]byte(value))
		sum = full[:]
	}
	return base64.RawURLEncoding.EncodeToString(sum[:len(sum)/2])
}

// ownIDToken reads an ID token of this server, expired or not, as long as its key is published.
func (p *Provider) ownIDToken(ctx context.Context, raw string) (*idClaims, error) {
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
		Issuer  string `json:"iss"`
		Subject string `json:"sub"`
	}
	if err := json.Unmarshal(payload, &claims); err != nil {
		return nil, err
	}
	if claims.Issuer != p.issuer(ctx) || claims.Subject == "" {
		return nil, fmt.Errorf("issued by %q", claims.Issuer)
	}
	return &idClaims{Issuer: claims.Issuer, Subject: claims.Subject}, nil
}
