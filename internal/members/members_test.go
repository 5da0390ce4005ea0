package members_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/internal/members"
)

func TestAppend(t *testing.T) {
	t.Parallel()
	extra := map[string]any{"z": 1, "b": []string{"x"}, "own": "y"}
	for _, tt := range []struct {
		name  string
		extra map[string]any
		want  string
	}{
		{"in order, without the type's own", extra, `{"a":1,"b":["x"],"z":1}`},
		{"the type's own alone", map[string]any{"own": "y"}, `{"a":1}`},
		{"nil", nil, `{"a":1}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := members.Append([]byte(`{"a":1}`), tt.extra, map[string]bool{"own": true})
			require.NoError(t, err)
			assert.Equal(t, tt.want, string(got))
		})
	}
	got, err := members.Append([]byte(`{"a":1}`), map[string]any{"f": func() {}}, nil)
	require.Error(t, err)
	assert.Nil(t, got)
	assert.Len(t, extra, 3, "the caller's map is left alone")
}
