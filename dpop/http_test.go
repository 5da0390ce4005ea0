package dpop_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/dpop"
)

func TestFromHeader(t *testing.T) {
	t.Parallel()
	const proof = "eyJ0.eyJh.2-Gx_A"
	sent := func(fields ...string) http.Header {
		h := http.Header{"Authorization": {"DPoP x"}, "Dpop-Nonce": {"a,b"}, "Dpo": {proof}}
		for i := 0; i < len(fields); i += 2 {
			h.Add(fields[i], fields[i+1])
		}
		return h
	}
	for _, tt := range []struct {
		name   string
		header http.Header
		want   error
	}{
		{"DPOP-01 DPOP-40 one", sent("DPoP", proof), nil},
		{"DPOP-01 in upper case", sent("DPOP", proof), nil},
		{"DPOP-01 in lower case", sent("dpop", proof), nil},
		{"DPOP-01 not brought into the canonical case", http.Header{"dPoP": {proof}}, nil},
		{"DPOP-40 none", sent(), dpop.ErrMissing},
		{"DPOP-40 no header", nil, dpop.ErrMissing},
		{"DPOP-40 no value", http.Header{"Dpop": {}}, dpop.ErrMissing},
		{"CS-83 two", sent("DPoP", proof, "DPoP", proof), dpop.ErrMultiple},
		{"CS-83 two in different cases", http.Header{"Dpop": {proof}, "DPoP": {proof}}, dpop.ErrMultiple},
		{"CS-83 one of two empty", sent("DPoP", proof, "DPoP", ""), dpop.ErrMultiple},
		{"DPOP-02 a list", sent("DPoP", proof+", "+proof), dpop.ErrMultiple},
		{"DPOP-02 a list with nothing behind the comma", sent("DPoP", proof+","), dpop.ErrMultiple},
		{"DPOP-02 empty", sent("DPoP", ""), dpop.ErrMalformed},
		{"DPOP-02 white space", sent("DPoP", proof+" "+proof), dpop.ErrMalformed},
		{"DPOP-02 another character", sent("DPoP", proof+"="), dpop.ErrMalformed},
		{"DPOP-02 not ASCII", sent("DPoP", proof+"é"), dpop.ErrMalformed},
		{"DPOP-02 8 KiB", sent("DPoP", strings.Repeat("a", 8<<10)), nil},
		{"DPOP-02 more than 8 KiB", sent("DPoP", strings.Repeat("a", 8<<10+1)), dpop.ErrMalformed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := dpop.FromHeader(tt.header)
			if tt.want != nil {
				require.ErrorIs(t, err, tt.want)
				assert.Empty(t, got)
				return
			}
			require.NoError(t, err)
			assert.NotEmpty(t, got)
		})
	}
}
