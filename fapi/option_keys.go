package fapi

import (
	"errors"

	"github.com/fosite-fapi/fosite-fapi/keys"
)

// WithKeys gives the keys that sign ID tokens and JWT access tokens. Unset, they are taken from the host's strategy
// where it has a key fit for the profiles. [WithKeySource] is for those that rotate while the server runs.
func WithKeys(set *keys.Set) Option {
	return func(s *settings) error {
		if set == nil {
			return errors.New("WithKeys needs keys")
		}
		return s.setKeys(keys.Static(set))
	}
}

// WithKeySource is [WithKeys] with keys that can be rotated: the source is asked whenever something is signed, verified
// or published. It must be cheap. [Compose] judges the set that it gives first. When it fails later, or gives a set
// without a key for the profile, requests are refused by temporarily_unavailable, and the key set and the metadata are
// not served.
func WithKeySource(source keys.Source) Option {
	return func(s *settings) error {
		if source == nil {
			return errors.New("WithKeySource needs a source")
		}
		return s.setKeys(source)
	}
}

func (s *settings) setKeys(source keys.Source) error {
	if s.keys != nil {
		return errors.New("signing keys are given twice; use WithKeys or WithKeySource once")
	}
	s.keys = source
	return nil
}

// WithDecryptionKeys gives the keys for which clients encrypt request objects (RFC 9101 6.1). The server publishes them
// beside its signing keys, with use "enc". Unset, nothing encrypted is understood. [WithDecryptionKeySource] is for those
// that rotate while the server runs.
func WithDecryptionKeys(set *keys.DecryptionSet) Option {
	return func(s *settings) error {
		if set == nil {
			return errors.New("WithDecryptionKeys needs keys")
		}
		return s.setDecryption(keys.StaticDecryption(set))
	}
}

// WithDecryptionKeySource is [WithDecryptionKeys] with keys that can be rotated, as [WithKeySource] says.
func WithDecryptionKeySource(source keys.DecryptionSource) Option {
	return func(s *settings) error {
		if source == nil {
			return errors.New("WithDecryptionKeySource needs a source")
		}
		return s.setDecryption(source)
	}
}

func (s *settings) setDecryption(source keys.DecryptionSource) error {
	if s.decryption != nil {
		return errors.New("decryption keys are given twice; use WithDecryptionKeys or WithDecryptionKeySource once")
	}
	s.decryption = source
	return nil
}
