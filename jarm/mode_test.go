package jarm_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/jarm"
)

func TestResolve(t *testing.T) {
	t.Parallel()

	const refused = jarm.Mode("")
	for _, tt := range []struct {
		name         string
		mode         jarm.Mode
		responseType string
		encrypted    bool
		want         jarm.Mode
	}{
		{"JARM-13 code", "jwt", "code", false, "query.jwt"},
		{"JARM-13 none", "jwt", "none", false, "query.jwt"},
		{"JARM-13 token", "jwt", "token", false, "fragment.jwt"},
		{"JARM-13 id_token", "jwt", "id_token", false, "fragment.jwt"},
		{"JARM-13 code id_token", "jwt", "code id_token", false, "fragment.jwt"},
		{"JARM-13 code token", "jwt", "code token", false, "fragment.jwt"},
		{"JARM-13 id_token token", "jwt", "id_token token", false, "fragment.jwt"},
		{"JARM-13 code id_token token", "jwt", "code id_token token", false, "fragment.jwt"},
		{"JARM-13 code id_token, encrypted", "jwt", "code id_token", true, "fragment.jwt"},
		{"JARM-13 unknown types", "jwt", "code other", false, "fragment.jwt"},

		{"JARM-10 code", "query.jwt", "code", false, "query.jwt"},
		{"JARM-10 code id_token", "query.jwt", "code id_token", false, refused},
		{"JARM-10 token", "query.jwt", "token", false, refused},
		{"JARM-10 code id_token, encrypted", "query.jwt", "code id_token", true, "query.jwt"},
		{"JARM-10 token, encrypted", "query.jwt", "token", true, "query.jwt"},
		{"JARM-10 fragment.jwt", "fragment.jwt", "code id_token", false, "fragment.jwt"},
		{"JARM-10 form_post.jwt", "form_post.jwt", "code id_token", false, "form_post.jwt"},

		{"fragment.jwt", "fragment.jwt", "code", false, "fragment.jwt"},
		{"form_post.jwt", "form_post.jwt", "code", false, "form_post.jwt"},
		{"query", "query", "code", false, refused},
		{"empty", "", "code", false, refused},
		{"another case", "JWT", "code", false, refused},
		{"unknown", "web_message.jwt", "code", false, refused},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := tt.mode.Resolve(tt.responseType, tt.encrypted)
			assert.Equal(t, tt.want, got)
			if tt.want == refused {
				require.ErrorIs(t, err, jarm.ErrMode)
			} else {
				require.NoError(t, err)
			}
		})
	}
	assert.Equal(t, []jarm.Mode{"jwt", "query.jwt", "fragment.jwt", "form_post.jwt"}, jarm.Modes(), "JARM-41")
}
