package fetch

import (
	"fmt"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/json"
)

// maxKeys bounds the keys of one set.
const maxKeys = 256

// parseKeySet reads a JWK Set (RFC 7517 5). A key that cannot be used (unknown type or curve, missing or wrong members) is skipped, so
// that it does not take the others with it. A private or symmetric key fails the whole set: its owner must hear of it.
func parseKeySet(document []byte) (*jose.JSONWebKeySet, error) {
	var raw struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(document, &raw); err != nil || raw.Keys == nil {
		return nil, fmt.Errorf("%w: not a JSON object with keys", ErrKeySet)
	}
	if len(raw.Keys) > maxKeys {
		return nil, fmt.Errorf("%w: more than %d keys", ErrKeySet, maxKeys)
	}
	set := &jose.JSONWebKeySet{Keys: make([]jose.JSONWebKey, 0, len(raw.Keys))}
	for i, one := range raw.Keys {
		var members map[string]json.RawMessage
		if err := json.Unmarshal(one, &members); err != nil {
			continue
		}
		if hasPrivate(members) {
			return nil, fmt.Errorf("%w: key %d", ErrPrivateKey, i)
		}
		var key jose.JSONWebKey
		if err := json.Unmarshal(one, &key); err != nil || !key.IsPublic() || !key.Valid() {
			continue
		}
		set.Keys = append(set.Keys, key)
	}
	return set, nil
}

// hasPrivate: the private members of RFC 7518 6.2.2, 6.3.2 and 6.4, RFC 8037 2 and RFC 9964, whatever the key's type.
func hasPrivate(members map[string]json.RawMessage) bool {
	for _, name := range []string{"d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"} {
		if _, ok := members[name]; ok {
			return true
		}
	}
	return false
}
