package registration_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/registration"
)

// A resource server is registered for introspection alone (RFC 9701 3): it has credentials, and no grant.
func TestGrantTypesEmptyIsNotOmitted(t *testing.T) {
	t.Parallel()
	const rest = `"token_endpoint_auth_method":"private_key_jwt","jwks_uri":"https://rs.example.com/jwks"`
	for _, tt := range []struct {
		name, document string
		grants         []string
		valid          bool
	}{
		{"INT-26 kept no grant", `{"grant_types":[],` + rest + `}`, []string{}, true},
		{"INT-26 refused omitted is authorization_code, which needs redirect_uris", `{` + rest + `}`, []string{"authorization_code"}, false},
		{"INT-26 refused null is omitted", `{"grant_types":null,` + rest + `}`, []string{"authorization_code"}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var m registration.Metadata
			require.NoError(t, json.Unmarshal([]byte(tt.document), &m))
			assert.Equal(t, tt.valid, m.Validate() == nil)
			kept, err := json.Marshal(m)
			require.NoError(t, err)
			var back registration.Metadata
			require.NoError(t, json.Unmarshal(kept, &back), "as a store keeps it")
			for _, one := range []registration.Metadata{m, back} {
				c := &registration.Client{ID: "accounts-api", Metadata: one}
				assert.Equal(t, tt.grants, []string(c.GetGrantTypes()))
				if tt.valid {
					assert.Empty(t, c.GetResponseTypes())
				}
			}
		})
	}
}
