package fapitest

import (
	"context"
	"crypto/subtle"
	"slices"

	josev3 "github.com/go-jose/go-jose/v3"
	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite"
)

type issuerKeyID struct{ issuer, subject string }

type issuerKey struct {
	keys   []josev3.JSONWebKey
	scopes map[string][]string // by key ID
}

// PutUser lets a user authenticate by the resource owner password credentials grant, which legacy clients may use.
func (s *JSONStore) PutUser(name, password string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.users == nil {
		s.users = make(map[string]string)
	}
	s.users[name] = password
}

// Authenticate returns the user's name as the subject. A wrong password and an unknown name are both fosite.ErrNotFound.
func (s *JSONStore) Authenticate(ctx context.Context, name string, secret string) (string, error) {
	if err := s.enter(ctx, "Authenticate"); err != nil {
		return "", err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	password, ok := s.users[name]
	if !ok || subtle.ConstantTimeCompare([]byte(password), []byte(secret)) != 1 {
		return "", fosite.ErrNotFound
	}
	return name, nil
}

// PutIssuerKey trusts a public key to sign assertions of the JWT bearer grant for this issuer, subject and scopes. A
// key with the same ID is replaced.
func (s *JSONStore) PutIssuerKey(issuer, subject string, key jose.JSONWebKey, scopes ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.issued == nil {
		s.issued = make(map[issuerKeyID]issuerKey)
	}
	id := issuerKeyID{issuer, subject}
	entry := s.issued[id]
	if entry.scopes == nil {
		entry.scopes = make(map[string][]string)
	}
	entry.keys = slices.DeleteFunc(entry.keys, func(k josev3.JSONWebKey) bool { return k.KeyID == key.KeyID })
	entry.keys = append(entry.keys, josev3.JSONWebKey(key))
	entry.scopes[key.KeyID] = slices.Clone(scopes)
	s.issued[id] = entry
}

// GetPublicKey returns the issuer's key for the subject with this ID, else fosite.ErrNotFound.
func (s *JSONStore) GetPublicKey(ctx context.Context, issuer, subject, keyID string) (*josev3.JSONWebKey, error) {
	if err := s.enter(ctx, "GetPublicKey"); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, key := range s.issued[issuerKeyID{issuer, subject}].keys {
		if key.KeyID == keyID {
			return &key, nil
		}
	}
	return nil, fosite.ErrNotFound
}

// GetPublicKeys returns the issuer's keys for the subject, else fosite.ErrNotFound.
func (s *JSONStore) GetPublicKeys(ctx context.Context, issuer, subject string) (*josev3.JSONWebKeySet, error) {
	if err := s.enter(ctx, "GetPublicKeys"); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	keys := s.issued[issuerKeyID{issuer, subject}].keys
	if len(keys) == 0 {
		return nil, fosite.ErrNotFound
	}
	return &josev3.JSONWebKeySet{Keys: slices.Clone(keys)}, nil
}

// GetPublicKeyScopes returns the scopes that an assertion signed by this key may ask for, else fosite.ErrNotFound.
func (s *JSONStore) GetPublicKeyScopes(ctx context.Context, issuer, subject, keyID string) ([]string, error) {
	if err := s.enter(ctx, "GetPublicKeyScopes"); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	scopes, ok := s.issued[issuerKeyID{issuer, subject}].scopes[keyID]
	if !ok {
		return nil, fosite.ErrNotFound
	}
	return slices.Clone(scopes), nil
}
