package main

import (
	"context"

	"github.com/ory/fosite"
)

// CreateAccessTokenSession implements oauth2.AccessTokenStorage.
func (m *memory) CreateAccessTokenSession(_ context.Context, signature string, r fosite.Requester) error {
	m.access.put(signature, r.GetID(), pack(r), m.expiry(r, fosite.AccessToken, m.lifetimes.access))
	return nil
}

// GetAccessTokenSession implements oauth2.AccessTokenStorage.
func (m *memory) GetAccessTokenSession(_ context.Context, signature string, _ fosite.Session) (fosite.Requester, error) {
	return read(m.access, signature)
}

// DeleteAccessTokenSession implements oauth2.AccessTokenStorage.
func (m *memory) DeleteAccessTokenSession(_ context.Context, signature string) error {
	m.access.remove(signature)
	return nil
}

// CreateRefreshTokenSession implements oauth2.RefreshTokenStorage.
func (m *memory) CreateRefreshTokenSession(_ context.Context, signature, _ string, r fosite.Requester) error {
	m.refresh.put(signature, r.GetID(), stored{packed: pack(r)}, m.expiry(r, fosite.RefreshToken, m.lifetimes.refresh))
	return nil
}

// GetRefreshTokenSession implements oauth2.RefreshTokenStorage.
func (m *memory) GetRefreshTokenSession(_ context.Context, signature string, _ fosite.Session) (fosite.Requester, error) {
	return m.take(m.refresh, signature, fosite.ErrInactiveToken)
}

// DeleteRefreshTokenSession implements oauth2.RefreshTokenStorage.
func (m *memory) DeleteRefreshTokenSession(_ context.Context, signature string) error {
	m.refresh.remove(signature)
	return nil
}

// RotateRefreshToken implements oauth2.RefreshTokenStorage: only legacy clients' tokens rotate.
func (m *memory) RotateRefreshToken(ctx context.Context, requestID, _ string) error {
	if err := m.RevokeRefreshToken(ctx, requestID); err != nil {
		return err
	}
	return m.RevokeAccessToken(ctx, requestID)
}

// RevokeRefreshToken implements oauth2.TokenRevocationStorage for all refresh tokens of a grant.
func (m *memory) RevokeRefreshToken(_ context.Context, requestID string) error {
	m.refresh.dissolve(requestID, use)
	return nil
}

// RevokeAccessToken implements oauth2.TokenRevocationStorage for all access tokens of a grant.
func (m *memory) RevokeAccessToken(_ context.Context, requestID string) error {
	m.access.removeGroup(requestID)
	return nil
}
