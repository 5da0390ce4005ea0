package form_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
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

// FuzzParse: what url.ParseQuery takes comes out the same, and what it refuses is refused.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"", "a=b&c=d", "a=1&a=2&a=3&b=4", "a=%zz", "a=1;b=2", "&&a&=&%00=%ff", "a+b=c+d%20e&a%20b=", "a==b", strings.Repeat("a&", 200)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		want, malformed := url.ParseQuery(raw)
		got, err := form.Parse(raw)
		if malformed != nil || strings.Count(raw, "&") >= 128 {
			require.Error(t, err)
			require.Nil(t, got)
			return
		}
		require.NoError(t, err)
		for name, all := range want {
			if len(all) == 1 && all[0] == "" {
				delete(want, name)
			}
		}
		require.Equal(t, want, got)
	})
}
