package fapitest

import (
	"context"

	"github.com/ory/fosite"
)

// CreatePARSession stores the pushed authorization request.
func (s *JSONStore) CreatePARSession(ctx context.Context, requestURI string, request fosite.AuthorizeRequester) error {
	if err := s.enter(ctx, "CreatePARSession"); err != nil {
		return err
	}
	raw, err := encodeAuthorize(request)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pushed.put(transactionOf(ctx), requestURI, raw)
	return nil
}

// GetPARSession hydrates the pushed authorization request, a new one for each call, else returns fosite.ErrNotFound.
func (s *JSONStore) GetPARSession(ctx context.Context, requestURI string) (fosite.AuthorizeRequester, error) {
	if err := s.enter(ctx, "GetPARSession"); err != nil {
		return nil, err
	}
	raw, err := lookup(s, &s.pushed, requestURI)
	if err != nil {
		return nil, err
	}
	request, err := s.decodeAuthorize(raw)
	if err != nil {
		return nil, err
	}
	return request, nil
}

// DeletePARSession deletes the pushed authorization request, if it is there.
func (s *JSONStore) DeletePARSession(ctx context.Context, requestURI string) error {
	return s.drop(ctx, "DeletePARSession", &s.pushed, requestURI)
}
