package fapi

import (
	"context"
	"fmt"
	"slices"

	"github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/keys"
	"github.com/fosite-fapi/fosite-fapi/requestobject"
)

// currentKeys asks the source for the signing keys of now.
func (p *Provider) currentKeys(ctx context.Context) (*keys.Set, error) {
	set, err := guard(func() (*keys.Set, error) { return p.signing(ctx) })
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errKeySource, err)
	}
	if set == nil {
		return nil, fmt.Errorf("%w: it gave no set", errKeySource)
	}
	return set, nil
}

// A signer signs for one client, by one algorithm.
type signer struct {
	set       *keys.Set
	algorithm jose.SignatureAlgorithm
}

// signer returns the keys of now with the algorithm by which they sign for a client: the registered one, else the
// first of the profile's that there is a key for. Keys that were rotated away from the profile sign nothing for it.
func (p *Provider) signer(ctx context.Context, profile *Profile, registered string) (signer, error) {
	set, err := p.currentKeys(ctx)
	if err != nil {
		return signer{}, err
	}
	alg := algorithm(set, profile, registered)
	if alg == "" {
		return signer{}, fmt.Errorf("%w: it gave no key for an algorithm of profile %q", errKeySource, profile.Name)
	}
	return signer{set, alg}, nil
}

func algorithm(set *keys.Set, profile *Profile, registered string) jose.SignatureAlgorithm {
	if alg := jose.SignatureAlgorithm(registered); slices.Contains(profile.SigningAlgorithms, alg) && set.Has(alg) {
		return alg
	}
	for _, alg := range set.Algorithms() {
		if slices.Contains(profile.SigningAlgorithms, alg) {
			return alg
		}
	}
	return ""
}

// sign returns the compact JWS of payload, with a typ in its header.
func (s signer) sign(ctx context.Context, typ string, payload []byte) (string, error) {
	return s.set.Sign(ctx, s.algorithm, typ, payload)
}

// JWKS is the server's public key set: what signs or did so lately, by [WithKeys] or [WithKeySource], and what others
// encrypt for, by [WithDecryptionKeys]. A key that the host's own lane signs with too, by RS256 as a rule, is published
// without alg. The error is that of a source.
func (p *Provider) JWKS(ctx context.Context) (*jose.JSONWebKeySet, error) {
	signing, err := p.currentKeys(ctx)
	if err != nil {
		return nil, err
	}
	all := signing.Public()
	if p.sharedKeys {
		for i := range all.Keys {
			all.Keys[i].Algorithm = ""
		}
	}
	decryption, err := p.decryptionKeys(ctx)
	if err != nil {
		return nil, err
	}
	if decryption != nil {
		all.Keys = append(all.Keys, decryption.Public().Keys...)
	}
	return all, nil
}

// decryptionKeys are those of now for what clients encrypt; nil where the host gave none.
func (p *Provider) decryptionKeys(ctx context.Context) (*keys.DecryptionSet, error) {
	if p.decryption == nil {
		return nil, nil //nolint:nilnil // absence is an answer here, not an error
	}
	set, err := guard(func() (*keys.DecryptionSet, error) { return p.decryption(ctx) })
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errKeySource, err)
	}
	if set == nil {
		return nil, fmt.Errorf("%w: it gave no set", errKeySource)
	}
	return set, nil
}

// checkKeys finds the signing keys and sees that every profile has one for each thing that is signed.
func (p *Provider) checkKeys(ctx context.Context, s *settings, found *problems) {
	p.signing, p.decryption = s.keys, s.decryption
	if p.signing == nil {
		set, err := strategyKeys(ctx, s.strategy)
		if err != nil {
			found.add("F2-CR-02", "no signing keys: use WithKeys, or a strategy with a key fit for PS256, ES256 or EdDSA: %s", err)
			return
		}
		p.signing, p.sharedKeys = keys.Static(set), p.legacy != nil
	}
	set, err := p.currentKeys(ctx)
	if err != nil {
		found.add("F2-CR-02", "no signing keys: %s", err)
		return
	}
	for _, profile := range p.profiles {
		if !slices.ContainsFunc(profile.SigningAlgorithms, set.Has) {
			found.add("F2-CR-02", "no key fits an algorithm of profile %q: %v", profile.Name, profile.SigningAlgorithms)
		}
	}
	if _, err := p.decryptionKeys(ctx); err != nil {
		found.add("F2-CR-02", "no decryption keys: %s", err)
		return
	}
	all, err := p.JWKS(ctx)
	if err != nil {
		found.add("F2-CR-02", "no keys to publish: %s", err)
		return
	}
	seen := make(map[string]bool, len(all.Keys))
	for _, key := range all.Keys {
		if seen[key.KeyID] {
			found.add("F2-CR-09", "a signing key and a decryption key have the kid %q; each needs its own, and should be a key of its own", key.KeyID)
		}
		seen[key.KeyID] = true
	}
}

// decrypter gives request objects the decryption keys of now.
type decrypter struct{ provider *Provider }

// DecryptionKeys implements requestobject.DecryptionKeys.
func (d decrypter) DecryptionKeys(ctx context.Context) ([]requestobject.DecryptionKey, error) {
	set, err := d.provider.decryptionKeys(ctx)
	if err != nil || set == nil {
		return nil, err
	}
	own := set.Keys()
	out := make([]requestobject.DecryptionKey, len(own))
	for i, k := range own {
		out[i] = requestobject.DecryptionKey{Private: k.Private, ID: k.ID, Algorithm: k.Algorithm}
	}
	return out, nil
}
