package metadata_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/metadata"
)

func serve(t *testing.T, source func(context.Context) (*metadata.Document, error), method string, header http.Header) *http.Response {
	t.Helper()
	server := httptest.NewServer(metadata.Handler(source))
	t.Cleanup(server.Close)
	req, err := http.NewRequestWithContext(t.Context(), method, server.URL, http.NoBody)
	require.NoError(t, err)
	req.Header = header
	resp, err := server.Client().Do(req)
	require.NoError(t, err)
	t.Cleanup(func() { _ = resp.Body.Close() })
	return resp
}

func static(d *metadata.Document) func(context.Context) (*metadata.Document, error) {
	return func(context.Context) (*metadata.Document, error) { return d, nil }
}

func body(t *testing.T, resp *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return string(b)
}

func TestHandlerMethods(t *testing.T) {
	t.Parallel()
	want, err := json.Marshal(valid())
	require.NoError(t, err)
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		t.Run("MD-04 "+method, func(t *testing.T) {
			t.Parallel()
			resp := serve(t, static(valid()), method, nil)
			assert.Equal(t, http.StatusOK, resp.StatusCode)
			assert.Equal(t, "application/json", resp.Header.Get("Content-Type"))
			assert.Equal(t, "public, max-age=300", resp.Header.Get("Cache-Control"))
			assert.Equal(t, strconv.Itoa(len(want)), resp.Header.Get("Content-Length"))
			if method == http.MethodHead {
				assert.Empty(t, body(t, resp))
			} else {
				assert.Equal(t, string(want), body(t, resp))
			}
		})
	}
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions} {
		t.Run("MD-04 "+method, func(t *testing.T) {
			t.Parallel()
			resp := serve(t, static(valid()), method, nil)
			assert.Equal(t, http.StatusMethodNotAllowed, resp.StatusCode)
			assert.Equal(t, "GET, HEAD", resp.Header.Get("Allow"))
			assert.Empty(t, body(t, resp))
		})
	}
}

func TestHandlerETag(t *testing.T) {
	t.Parallel()
	tag := serve(t, static(valid()), http.MethodGet, nil).Header.Get("ETag")
	require.NotEmpty(t, tag)
	other := valid()
	other.ScopesSupported = []string{"openid"}
	for _, c := range []struct {
		name, match string
		d           *metadata.Document
		status      int
	}{
		{"same", tag, valid(), http.StatusNotModified},
		{"weak", "W/" + tag, valid(), http.StatusNotModified},
		{"one of several", `"x", ` + tag, valid(), http.StatusNotModified},
		{"any", "*", valid(), http.StatusNotModified},
		{"another", `"x"`, valid(), http.StatusOK},
		{"changed since", tag, other, http.StatusOK},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			resp := serve(t, static(c.d), http.MethodGet, http.Header{"If-None-Match": {c.match}})
			assert.Equal(t, c.status, resp.StatusCode)
			assert.Equal(t, c.status == http.StatusNotModified, body(t, resp) == "")
		})
	}
}

func TestHandlerFailures(t *testing.T) {
	t.Parallel()
	broken := valid()
	broken.Extra = map[string]any{"x": func() {}}
	for name, c := range map[string]struct {
		source func(context.Context) (*metadata.Document, error)
		status int
	}{
		"source fails": {func(context.Context) (*metadata.Document, error) {
			return nil, errors.New("secret detail")
		}, http.StatusInternalServerError},
		"no such issuer":       {static(nil), http.StatusNotFound},
		"document is no JSON":  {static(broken), http.StatusInternalServerError},
		"nothing out of order": {static(valid()), http.StatusOK},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			resp := serve(t, c.source, http.MethodGet, nil)
			assert.Equal(t, c.status, resp.StatusCode)
			if c.status != http.StatusOK {
				assert.Empty(t, body(t, resp))
				assert.Equal(t, "no-store", resp.Header.Get("Cache-Control"))
				assert.Empty(t, resp.Header.Get("ETag"))
			}
		})
	}
}

type tenantKey struct{}

// The issuer may depend on the context: nothing of one answer may show in the next.
func TestHandlerAsksForEveryRequest(t *testing.T) {
	t.Parallel()
	h := metadata.Handler(func(ctx context.Context) (*metadata.Document, error) {
		d := valid()
		d.Issuer = "https://as.example/" + ctx.Value(tenantKey{}).(string)
		return d, nil
	})
	for _, tenant := range []string{"one", "two", "one"} {
		w := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		h.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), tenantKey{}, tenant)))
		assert.True(t, strings.HasPrefix(w.Body.String(), `{"issuer":"https://as.example/`+tenant+`"`))
	}
}
