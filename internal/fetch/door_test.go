package fetch_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/internal/fetch"
)

func TestGet(t *testing.T) {
	t.Parallel()
	var accept atomic.Value
	server := tlsServer(t, func(w http.ResponseWriter, r *http.Request) {
		accept.Store(r.Header.Values("Accept"))
		_, _ = io.WriteString(w, "body of "+r.Method+" "+r.URL.RequestURI())
	})
	d := door(server)
	body, err := d.Get(t.Context(), server.URL+"/a?b=c", "application/json")
	require.NoError(t, err)
	assert.Equal(t, "body of GET /a?b=c", string(body))
	assert.Equal(t, []string{"application/json"}, accept.Load())

	_, err = d.Get(t.Context(), server.URL, "")
	require.NoError(t, err)
	assert.Empty(t, accept.Load())
}

func TestGetRefusesURL(t *testing.T) {
	t.Parallel()
	server := tlsServer(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") })
	_, err := door(server).Get(t.Context(), server.URL, "")
	require.NoError(t, err)
	for name, c := range map[string]struct {
		url  string
		want error
	}{
		"F2-CR-07 http":      {strings.Replace(server.URL, "https:", "http:", 1), fetch.ErrScheme},
		"F2-CR-07 file":      {"file:///etc/passwd", fetch.ErrScheme},
		"F2-CR-07 no scheme": {strings.TrimPrefix(server.URL, "https:"), fetch.ErrScheme},
		"F2-CR-07 empty":     {"", fetch.ErrScheme},
		"credentials":        {strings.Replace(server.URL, "//", "//user:secret@", 1), fetch.ErrURL},
		"no host":            {"https:///jwks", fetch.ErrURL},
		"opaque":             {"https:127.0.0.1", fetch.ErrURL},
		"line end":           {server.URL + "\r\n", fetch.ErrURL},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body, err := door(server).Get(t.Context(), c.url, "")
			require.ErrorIs(t, err, c.want)
			assert.Nil(t, body)
			assert.NotContains(t, err.Error(), "secret")
		})
	}
}

// Everything else stays as strict.
func TestGetAllowHTTP(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/moved" {
			http.Redirect(w, r, "/", http.StatusFound)
			return
		}
		_, _ = io.WriteString(w, "ok")
	}))
	t.Cleanup(server.Close)
	for name, c := range map[string]struct {
		door *fetch.Door
		url  string
		want error
	}{
		"allowed":              {&fetch.Door{AllowPrivate: loopback, AllowHTTP: true}, server.URL, nil},
		"F2-CR-07 not allowed": {&fetch.Door{AllowPrivate: loopback}, server.URL, fetch.ErrScheme},
		"another scheme":       {&fetch.Door{AllowPrivate: loopback, AllowHTTP: true}, strings.Replace(server.URL, "http:", "ftp:", 1), fetch.ErrScheme},
		"a private address":    {&fetch.Door{AllowHTTP: true}, server.URL, fetch.ErrDestination},
		"a redirect":           {&fetch.Door{AllowPrivate: loopback, AllowHTTP: true}, server.URL + "/moved", fetch.ErrRedirect},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body, err := c.door.Get(t.Context(), c.url, "")
			require.ErrorIs(t, err, c.want)
			assert.Equal(t, c.want == nil, body != nil)
		})
	}
}

func TestGetTyped(t *testing.T) {
	t.Parallel()
	server := tlsServer(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Accept") != "application/a+jwt, application/jwt" {
			w.WriteHeader(http.StatusNotAcceptable)
			return
		}
		w.Header().Set("Content-Type", r.URL.Query().Get("type"))
		_, _ = io.WriteString(w, "ok")
	})
	for media, want := range map[string]error{
		"application/a+jwt":             nil,
		"Application/JWT; charset=utf8": nil,
		"application/json":              fetch.ErrMediaType,
		"text/plain":                    fetch.ErrMediaType,
		"application/jwt, text/plain":   fetch.ErrMediaType,
		"application/jwt;":              nil,
		";":                             fetch.ErrMediaType,
		"":                              fetch.ErrMediaType,
	} {
		t.Run("JAR-21 "+media, func(t *testing.T) {
			t.Parallel()
			body, err := door(server).GetTyped(t.Context(), server.URL+"?type="+url.QueryEscape(media), "application/a+jwt", "application/jwt")
			require.ErrorIs(t, err, want)
			assert.Equal(t, want == nil, body != nil)
		})
	}
}

func TestGetRefusesStatus(t *testing.T) {
	t.Parallel()
	var arrived atomic.Bool
	server := tlsServer(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/target" {
			arrived.Store(true)
			return
		}
		status, _ := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/"))
		w.Header().Set("Location", "/target")
		w.WriteHeader(status)
	})
	for status, want := range map[int]error{
		http.StatusOK:                  nil,
		http.StatusNoContent:           fetch.ErrStatus,
		http.StatusMovedPermanently:    fetch.ErrRedirect,
		http.StatusFound:               fetch.ErrRedirect,
		http.StatusSeeOther:            fetch.ErrRedirect,
		http.StatusTemporaryRedirect:   fetch.ErrRedirect,
		http.StatusPermanentRedirect:   fetch.ErrRedirect,
		http.StatusNotFound:            fetch.ErrStatus,
		http.StatusInternalServerError: fetch.ErrStatus,
	} {
		body, err := door(server).Get(t.Context(), server.URL+"/"+strconv.Itoa(status), "")
		require.ErrorIs(t, err, want, status)
		assert.Equal(t, want == nil, body != nil, status)
	}
	assert.False(t, arrived.Load(), "no redirect was followed")
}

func TestGetBoundsSize(t *testing.T) {
	t.Parallel()
	server := tlsServer(t, func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.URL.Query().Get("n"))
		if r.URL.Path == "/unannounced" {
			w.WriteHeader(http.StatusOK)
			w.(http.Flusher).Flush()
		} else {
			w.Header().Set("Content-Length", strconv.Itoa(n))
		}
		_, _ = io.WriteString(w, strings.Repeat("x", n))
	})
	for _, path := range []string{"/announced", "/unannounced"} {
		for name, c := range map[string]struct {
			limit int64
			n     int
			want  error
		}{
			"at the limit":         {100, 100, nil},
			"a byte more":          {100, 101, fetch.ErrTooLarge},
			"at the default limit": {0, 256 << 10, nil},
			"more by default":      {0, 256<<10 + 1, fetch.ErrTooLarge},
		} {
			t.Run(path+" "+name, func(t *testing.T) {
				t.Parallel()
				d := door(server)
				d.MaxBytes = c.limit
				body, err := d.Get(t.Context(), server.URL+path+"?n="+strconv.Itoa(c.n), "")
				require.ErrorIs(t, err, c.want)
				if c.want == nil {
					assert.Len(t, body, c.n)
				} else {
					assert.Nil(t, body)
				}
			})
		}
	}
}

func TestGetBoundsTime(t *testing.T) {
	t.Parallel()
	done := make(chan struct{})
	server := tlsServer(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/body" {
			_, _ = io.WriteString(w, "half")
			w.(http.Flusher).Flush()
		}
		<-done
	})
	t.Cleanup(func() { close(done) }) // before the server's own cleanup, which waits for the handler
	for _, path := range []string{"/header", "/body"} {
		t.Run("the Door's timeout, slow "+path, func(t *testing.T) {
			t.Parallel()
			d := door(server)
			d.Timeout = 200 * time.Millisecond
			body, err := d.Get(t.Context(), server.URL+path, "")
			require.ErrorIs(t, err, fetch.ErrUnreachable)
			require.ErrorIs(t, err, context.DeadlineExceeded)
			assert.Nil(t, body)
		})
		t.Run("the caller's deadline, slow "+path, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
			defer cancel()
			body, err := door(server).Get(ctx, server.URL+path, "")
			require.ErrorIs(t, err, fetch.ErrUnreachable)
			require.ErrorIs(t, err, context.DeadlineExceeded)
			assert.Nil(t, body)
		})
	}
}

func TestGetVerifiesCertificate(t *testing.T) {
	t.Parallel()
	server := tlsServer(t, func(http.ResponseWriter, *http.Request) {})
	t.Run("F2-TLS-05 trusted", func(t *testing.T) {
		t.Parallel()
		_, err := door(server).Get(t.Context(), server.URL, "")
		require.NoError(t, err)
	})
	t.Run("F2-TLS-05 unknown authority", func(t *testing.T) {
		t.Parallel()
		d := &fetch.Door{AllowPrivate: loopback}
		_, err := d.Get(t.Context(), server.URL, "")
		require.ErrorIs(t, err, fetch.ErrUnreachable)
		require.ErrorContains(t, err, "certificate")
	})
	t.Run("F2-TLS-05 wrong name", func(t *testing.T) {
		t.Parallel()
		_, err := door(server).Get(t.Context(), strings.Replace(server.URL, "127.0.0.1", "localhost", 1), "")
		require.ErrorIs(t, err, fetch.ErrUnreachable)
		require.ErrorContains(t, err, "localhost")
	})
}

func TestOwnTransportDecidesAlone(t *testing.T) {
	t.Parallel()
	d := &fetch.Door{Transport: transport(func(r *http.Request) (*http.Response, error) { return respond(r.URL.Host), nil })}
	body, err := d.Get(t.Context(), "https://10.0.0.1/", "")
	require.NoError(t, err)
	assert.Equal(t, "10.0.0.1", string(body))

	down := errors.New("down")
	d = &fetch.Door{Transport: transport(func(*http.Request) (*http.Response, error) { return nil, down })}
	_, err = d.Get(t.Context(), "https://client.example/", "")
	require.ErrorIs(t, err, fetch.ErrUnreachable)
	require.ErrorIs(t, err, down)
}

// The zero Door is what a host gets that configures nothing.
func TestZeroDoorIsStrict(t *testing.T) {
	t.Parallel()
	plain := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(plain.Close)
	_, err := new(fetch.Door).Get(t.Context(), plain.URL, "")
	require.ErrorIs(t, err, fetch.ErrScheme)
	server := tlsServer(t, func(http.ResponseWriter, *http.Request) {})
	_, err = new(fetch.Door).Get(t.Context(), server.URL, "")
	require.ErrorIs(t, err, fetch.ErrDestination)
}
