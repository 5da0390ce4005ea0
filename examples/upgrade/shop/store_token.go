package shop

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"github.com/ory/fosite"
)

// grant returns the folder in which the tokens of a request are listed, so that they can be revoked together.
func grant(requestID string, t table) string { return "grants/" + digest(requestID) + "/" + t.name }

func (s *Store) issue(t table, signature string, r fosite.Requester) error {
	if err := s.create(t, signature, r); err != nil {
		return err
	}
	list := grant(r.GetID(), t)
	if err := s.root.MkdirAll(list, 0o700); err != nil {
		return err
	}
	return s.root.WriteFile(list+"/"+digest(signature), []byte(signature), 0o600)
}

// revoke ends every token of a request, by ending each.
func (s *Store) revoke(t table, requestID string, end func(signature string) error) error {
	list := grant(requestID, t)
	entries, err := fs.ReadDir(s.root.FS(), list)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, entry := range entries {
		signature, err := s.root.ReadFile(list + "/" + entry.Name())
		if err != nil {
			return err
		}
		if err := end(string(signature)); err != nil && !errors.Is(err, fosite.ErrNotFound) {
			return err
		}
	}
	return nil
}

// CreateAccessTokenSession implements oauth2.AccessTokenStorage.
func (s *Store) CreateAccessTokenSession(_ context.Context, signature string, r fosite.Requester) error {
	return s.issue(s.access, signature, r)
}

// GetAccessTokenSession implements oauth2.AccessTokenStorage.
func (s *Store) GetAccessTokenSession(ctx context.Context, signature string, session fosite.Session) (fosite.Requester, error) {
	return s.load(ctx, s.access, signature, session, nil)
}

// DeleteAccessTokenSession implements oauth2.AccessTokenStorage.
func (s *Store) DeleteAccessTokenSession(_ context.Context, signature string) error {
	return s.access.remove(signature)
}

// CreateRefreshTokenSession implements oauth2.RefreshTokenStorage.
func (s *Store) CreateRefreshTokenSession(_ context.Context, signature, _ string, r fosite.Requester) error {
	return s.issue(s.refresh, signature, r)
}

// GetRefreshTokenSession implements oauth2.RefreshTokenStorage.
func (s *Store) GetRefreshTokenSession(ctx context.Context, signature string, session fosite.Session) (fosite.Requester, error) {
	return s.load(ctx, s.refresh, signature, session, fosite.ErrInactiveToken)
}

// DeleteRefreshTokenSession implements oauth2.RefreshTokenStorage.
func (s *Store) DeleteRefreshTokenSession(_ context.Context, signature string) error {
	return s.refresh.remove(signature)
}

// RotateRefreshToken implements oauth2.RefreshTokenStorage.
func (s *Store) RotateRefreshToken(ctx context.Context, requestID, _ string) error {
	return errors.Join(s.RevokeRefreshToken(ctx, requestID), s.RevokeAccessToken(ctx, requestID))
}

// RevokeRefreshToken implements oauth2.TokenRevocationStorage.
func (s *Store) RevokeRefreshToken(_ context.Context, requestID string) error {
	return s.revoke(s.refresh, requestID, func(signature string) error { return s.spend(s.refresh, signature) })
}

// RevokeAccessToken implements oauth2.TokenRevocationStorage.
func (s *Store) RevokeAccessToken(_ context.Context, requestID string) error {
	return s.revoke(s.access, requestID, s.access.remove)
}
