package fapitest

import (
	"context"

	"github.com/ory/fosite"
)

type tokenRow struct {
	request   []byte
	requestID string
	revoked   bool // of refresh tokens only: an access token that is revoked is deleted
}

// CreateAccessTokenSession stores the request under the access token's signature.
func (s *JSONStore) CreateAccessTokenSession(ctx context.Context, signature string, request fosite.Requester) error {
	return s.createToken(ctx, "CreateAccessTokenSession", &s.access, &s.accessOfRequest, signature, request)
}

// GetAccessTokenSession hydrates the request and the session, else returns fosite.ErrNotFound.
func (s *JSONStore) GetAccessTokenSession(ctx context.Context, signature string, session fosite.Session) (fosite.Requester, error) {
	return s.getToken(ctx, "GetAccessTokenSession", &s.access, signature, session)
}

// DeleteAccessTokenSession deletes the access token, if it is there.
func (s *JSONStore) DeleteAccessTokenSession(ctx context.Context, signature string) error {
	return s.deleteToken(ctx, "DeleteAccessTokenSession", &s.access, &s.accessOfRequest, signature)
}

// CreateRefreshTokenSession stores the request under the refresh token's signature. Tokens of one grant belong
// together by their request ID, so the access token's signature is not needed.
func (s *JSONStore) CreateRefreshTokenSession(ctx context.Context, signature, _ string, request fosite.Requester) error {
	return s.createToken(ctx, "CreateRefreshTokenSession", &s.refresh, &s.refreshOfRequest, signature, request)
}

// GetRefreshTokenSession hydrates the request and the session. For a token that was revoked or rotated the request
// comes with fosite.ErrInactiveToken; for an unknown one the error is fosite.ErrNotFound.
func (s *JSONStore) GetRefreshTokenSession(ctx context.Context, signature string, session fosite.Session) (fosite.Requester, error) {
	return s.getToken(ctx, "GetRefreshTokenSession", &s.refresh, signature, session)
}

// DeleteRefreshTokenSession deletes the refresh token, if it is there.
func (s *JSONStore) DeleteRefreshTokenSession(ctx context.Context, signature string) error {
	return s.deleteToken(ctx, "DeleteRefreshTokenSession", &s.refresh, &s.refreshOfRequest, signature)
}

// RotateRefreshToken revokes every refresh token and access token of the request.
func (s *JSONStore) RotateRefreshToken(ctx context.Context, requestID string, _ string) error {
	if err := s.enter(ctx, "RotateRefreshToken"); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.revokeRefresh(transactionOf(ctx), requestID)
	s.revokeAccess(transactionOf(ctx), requestID)
	return nil
}

// RevokeRefreshToken marks every refresh token of the request as inactive. A request without one is no error.
func (s *JSONStore) RevokeRefreshToken(ctx context.Context, requestID string) error {
	if err := s.enter(ctx, "RevokeRefreshToken"); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.revokeRefresh(transactionOf(ctx), requestID)
	return nil
}

// RevokeAccessToken deletes every access token of the request. A request without one is no error.
func (s *JSONStore) RevokeAccessToken(ctx context.Context, requestID string) error {
	if err := s.enter(ctx, "RevokeAccessToken"); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.revokeAccess(transactionOf(ctx), requestID)
	return nil
}

// revokeRefresh also takes the tokens out of the index: an inactive one needs no second revocation, and a grant that
// rotates for years must not cost more with every rotation.
func (s *JSONStore) revokeRefresh(tx *transaction, requestID string) {
	for signature := range s.refreshOfRequest.of(requestID) {
		row, _ := s.refresh.get(signature)
		row.revoked = true
		s.refresh.put(tx, signature, row)
		s.refreshOfRequest.remove(tx, requestID, signature)
	}
}

func (s *JSONStore) revokeAccess(tx *transaction, requestID string) {
	for signature := range s.accessOfRequest.of(requestID) {
		s.access.remove(tx, signature)
		s.accessOfRequest.remove(tx, requestID, signature)
	}
}

func (s *JSONStore) createToken(ctx context.Context, op string, t *table[tokenRow], i *index, signature string, request fosite.Requester) error {
	if err := s.enter(ctx, op); err != nil {
		return err
	}
	raw, err := encode(request)
	if err != nil {
		return err
	}
	id := request.GetID()
	s.mu.Lock()
	defer s.mu.Unlock()
	tx := transactionOf(ctx)
	if old, ok := t.get(signature); ok {
		i.remove(tx, old.requestID, signature)
	}
	t.put(tx, signature, tokenRow{request: raw, requestID: id})
	i.add(tx, id, signature)
	return nil
}

func (s *JSONStore) getToken(ctx context.Context, op string, t *table[tokenRow], signature string, session fosite.Session) (fosite.Requester, error) {
	if err := s.enter(ctx, op); err != nil {
		return nil, err
	}
	row, err := lookup(s, t, signature)
	if err != nil {
		return nil, err
	}
	request, err := s.decode(row.request, session)
	if err != nil {
		return nil, err
	}
	if row.revoked {
		return request, fosite.ErrInactiveToken
	}
	return request, nil
}

func (s *JSONStore) deleteToken(ctx context.Context, op string, t *table[tokenRow], i *index, signature string) error {
	if err := s.enter(ctx, op); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	tx := transactionOf(ctx)
	if row, ok := t.get(signature); ok {
		t.remove(tx, signature)
		i.remove(tx, row.requestID, signature)
	}
	return nil
}
