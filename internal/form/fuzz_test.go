package form_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/internal/form"
)

// FuzzBody: whatever a stranger sends, either an error and nothing, or no more than was sent.
func FuzzBody(f *testing.F) {
	f.Add("application/x-www-form-urlencoded", "a=b&c=d", int64(-1))
	f.Add("application/x-www-form-urlencoded; charset=utf-8", "a=%zz", int64(5))
	f.Add("multipart/form-data; boundary=x", "--x\r\n\r\n--x--", int64(14))
	f.Add("application/x-www-form-urlencoded", "a=1&a=2;b&=&%00=%ff", int64(3))
	f.Fuzz(func(t *testing.T, contentType, body string, length int64) {
		const limit = 64
		r := httptest.NewRequest(http.MethodPost, "https://as.example.com/token?a=query", strings.NewReader(body))
		r.Header["Content-Type"] = []string{contentType}
		if length >= -1 {
			r.ContentLength = length
		}
		values, err := form.Body(r, limit)
		if err != nil {
			require.Nil(t, values)
			return
		}
		require.NotContains(t, values["a"], "query")
		total := 0
		for name, all := range values {
			require.NotEqual(t, []string{""}, all, "an empty parameter counts as omitted (RFC 6749 3.1)")
			for _, v := range all {
				total += len(name) + len(v)
			}
		}
		require.LessOrEqual(t, total, limit)
		again, err := form.Parse(values.Encode())
		require.NoError(t, err)
		require.Equal(t, values, again)
	})
}
