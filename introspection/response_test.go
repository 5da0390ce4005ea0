package introspection_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/cnf"
	"github.com/fosite-fapi/fosite-fapi/introspection"
)

func TestResponse(t *testing.T) {
	t.Parallel()
	revoked := answer()
	revoked.Active = false
	reserved := introspection.Response{Active: true, ClientID: "client-1", Extra: map[string]any{
		"active": false, "client_id": "client-2", "iss": "https://evil.example", "sub": "root", "exp": 1 << 40, "nbf": 0, "cnf": nil, "jti": "x", "aud": "x",
		"scope": "payments", "iat": 1, "username": "x", "token_type": "Bearer",
	}}
	for _, tt := range []struct {
		name string
		of   introspection.Response
		want string
	}{
		{"INT-04 every member", answer(), answerJSON},
		{"INT-03 active alone", revoked, `{"active":false}`},
		{"the zero value is inactive", introspection.Response{}, `{"active":false}`},
		{"what is unset is not written", introspection.Response{Active: true}, `{"active":true}`},
		{"INT-24 cnf of a certificate", introspection.Response{Active: true, Confirmation: &cnf.Confirmation{X5TS256: "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2"}},
			`{"active":true,"cnf":{"x5t#S256":"bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2"}}`},
		{"INT-27 further members stand beside", introspection.Response{Active: true, Extra: map[string]any{"given_name": "Alice", "acr": "x"}},
			`{"active":true,"acr":"x","given_name":"Alice"}`},
		{"INT-27 further members replace none", reserved, `{"active":true,"client_id":"client-1"}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			out, err := json.Marshal(tt.of)
			require.NoError(t, err)
			assert.Equal(t, tt.want, string(out))
		})
	}
	assert.Len(t, reserved.Extra, 13, "the host's map is left alone")
}

func TestResponseThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]introspection.Response{
		"cnf":   {Active: true, Confirmation: func() {}},
		"extra": {Active: true, Extra: map[string]any{"x": make(chan int)}},
	} {
		out, err := r.MarshalJSON()
		require.Error(t, err, name)
		assert.Nil(t, out, name)
	}
}
