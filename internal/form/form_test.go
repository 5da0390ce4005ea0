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

func post(contentType, body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "https://as.example.com/par?client_id=query", strings.NewReader(body))
	r.Header.Set("Content-Type", contentType)
	return r
}

func TestBody(t *testing.T) {
	const limit = 100
	unknownLength := post(form.MediaType, strings.Repeat("x", limit+1))
	unknownLength.ContentLength = -1
	short := post(form.MediaType, "a=b")
	short.ContentLength = 10
	parsed := post(form.MediaType, "a=b")
	require.NoError(t, parsed.ParseForm())
	for name, tt := range map[string]struct {
		r    *http.Request
		want url.Values
		err  error
	}{
		"the body alone counts":        {post(form.MediaType, "a=b"), url.Values{"a": {"b"}}, nil},
		"a charset":                    {post(form.MediaType+"; charset=UTF-8", "a=b"), url.Values{"a": {"b"}}, nil},
		"parsed before":                {parsed, url.Values{"a": {"b"}}, nil},
		"an empty parameter":           {post(form.MediaType, "a=b&c="), url.Values{"a": {"b"}}, nil},
		"nothing":                      {post(form.MediaType, ""), url.Values{}, nil},
		"multipart":                    {post("multipart/form-data; boundary=x", "--x--"), nil, form.ErrContentType},
		"JSON":                         {post("application/json", "{}"), nil, form.ErrContentType},
		"no content type":              {post("", "a=b"), nil, form.ErrContentType},
		"too large":                    {post(form.MediaType, strings.Repeat("x", limit+1)), nil, form.ErrTooLarge},
		"too large, of unknown length": {unknownLength, nil, form.ErrTooLarge},
		"shorter than it says":         {short, nil, form.ErrSyntax},
		"malformed":                    {post(form.MediaType, "a=%zz"), nil, form.ErrSyntax},
		"a semicolon":                  {post(form.MediaType, "a=b;c=d"), nil, form.ErrSyntax},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := form.Body(tt.r, limit)
			require.ErrorIs(t, err, tt.err)
			require.Equal(t, tt.want, got)
		})
	}
}

func TestTooMany(t *testing.T) {
	values := url.Values{}
	for i := range 129 {
		values.Set(string(rune('a'+i%26))+strings.Repeat("x", i/26), "1")
	}
	_, err := form.Parse(values.Encode())
	require.ErrorIs(t, err, form.ErrTooMany)
}

func TestSingle(t *testing.T) {
	require.NoError(t, form.Single(url.Values{"a": {"1"}, "resource": {"1", "2"}}))
	require.ErrorIs(t, form.Single(url.Values{"a": {"1", "1"}}), form.ErrDuplicate)
	require.NoError(t, form.Single(url.Values{"a": {"1", "1"}}, "b"))
	require.ErrorIs(t, form.Single(url.Values{"a": {"1", "1"}}, "b", "a"), form.ErrDuplicate)
}
