package cnf_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/cnf"
)

func TestUnmarshal(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, json string
		want       cnf.Confirmation
		err        error
	}{
		{"both members", `{"x5t#S256":"a","jkt":"b"}`, cnf.Confirmation{X5TS256: "a", JKT: "b"}, nil},
		{"RFC 7800 3.1 unknown member beside a known one", `{"jkt":"b","kid":"k"}`, cnf.Confirmation{JKT: "b"}, nil},
		{"RFC 7800 3.1 unknown member alone", `{"kid":"k"}`, cnf.Confirmation{}, cnf.ErrUnsupported},
		{"names are case-sensitive", `{"JKT":"b"}`, cnf.Confirmation{}, cnf.ErrUnsupported},
		{"no member", `{}`, cnf.Confirmation{}, nil},
		{"null", `null`, cnf.Confirmation{}, nil},
		{"empty value", `{"x5t#S256":"","jkt":"b"}`, cnf.Confirmation{}, cnf.ErrMalformed},
		{"number", `{"x5t#S256":1}`, cnf.Confirmation{}, cnf.ErrMalformed},
		{"null value", `{"jkt":null}`, cnf.Confirmation{}, cnf.ErrMalformed},
		{"string", `"jkt"`, cnf.Confirmation{}, cnf.ErrMalformed},
		{"array", `["jkt"]`, cnf.Confirmation{}, cnf.ErrMalformed},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var claims struct {
				Confirmation cnf.Confirmation `json:"cnf"`
			}
			err := json.Unmarshal([]byte(`{"cnf":`+c.json+`}`), &claims)
			require.ErrorIs(t, err, c.err)
			assert.Equal(t, c.want, claims.Confirmation)
		})
	}
}

func TestUnmarshalReplacesWhatWasThere(t *testing.T) {
	t.Parallel()
	c := cnf.Confirmation{X5TS256: "old", JKT: "old"}
	require.NoError(t, json.Unmarshal([]byte(`{"jkt":"new"}`), &c))
	assert.Equal(t, cnf.Confirmation{JKT: "new"}, c)
	require.Error(t, json.Unmarshal([]byte(`{"jkt":1}`), &c))
	assert.True(t, c.IsZero())
}

func TestZeroRoundTrip(t *testing.T) {
	t.Parallel()
	out, err := json.Marshal(cnf.Confirmation{})
	require.NoError(t, err)
	var c cnf.Confirmation
	require.NoError(t, json.Unmarshal(out, &c))
	assert.True(t, c.IsZero())
}

func FuzzUnmarshal(f *testing.F) {
	f.Add(vectorCNF)
	f.Add(`{"jkt":"` + vectorJKT + `","kid":"x"}`)
	f.Add(`{}`)
	f.Add(`{"jkt":{"jkt":"a"}}`)
	f.Fuzz(func(t *testing.T, text string) {
		var c cnf.Confirmation
		if err := c.UnmarshalJSON([]byte(text)); err != nil {
			require.True(t, c.IsZero(), "an error comes with no confirmation")
			return
		}
		out, err := json.Marshal(c)
		require.NoError(t, err)
		var again cnf.Confirmation
		require.NoError(t, json.Unmarshal(out, &again))
		require.Equal(t, c, again)
	})
}
