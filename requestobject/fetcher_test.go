package requestobject_test

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/requestobject"
)

// A host is where a client keeps its request objects.
type host struct {
	url   string
	roots *x509.CertPool
	calls atomic.Int64

	mu    sync.Mutex
	media string
	body  string
}

func newHost(t *testing.T) *host {
	t.Helper()
	h := &host{media: "application/oauth-authz-req+jwt", body: "a.b.c"}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.calls.Add(1)
		h.mu.Lock()
		defer h.mu.Unlock()
		if r.URL.Path == "/moved" {
			http.Redirect(w, r, "/request.jwt", http.StatusFound)
			return
		}
		w.Header().Set("Content-Type", h.media)
		_, _ = io.WriteString(w, h.body)
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // refused handshakes are meant
	server.StartTLS()
	t.Cleanup(server.Close)
	h.url, h.roots = server.URL+"/request.jwt", x509.NewCertPool()
	h.roots.AddCert(server.Certificate())
	return h
}

func (h *host) serve(body string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.body = body
}

func (h *host) fetcher() *requestobject.Fetcher {
	return &requestobject.Fetcher{RootCAs: h.roots, AllowPrivate: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}}
}

// hashed is uri with the hash of what is there.
func hashed(uri, body string) string {
	sum := sha256.Sum256([]byte(body))
	return uri + "#" + base64.RawURLEncoding.EncodeToString(sum[:])
}

func TestFetch(t *testing.T) {
	t.Parallel()
	type fetching struct {
		host       *host
		fetcher    *requestobject.Fetcher
		uri        string
		registered []string
	}
	long := func(n int) func(*fetching) {
		return func(f *fetching) {
			f.uri += "?" + strings.Repeat("a", n-len(f.uri)-1)
			f.registered = []string{f.uri}
		}
	}
	at := func(uri string) func(*fetching) {
		return func(f *fetching) { f.uri, f.registered = uri, []string{uri} }
	}
	for _, tt := range []struct {
		name   string
		change func(*fetching)
		want   error // nil: must be fetched
		asked  int64
	}{
		{"JAR-17 JAR-21 registered", func(*fetching) {}, nil, 1},
		{"JAR-21 among others", func(f *fetching) { f.registered = append([]string{"https://other.example/"}, f.registered...) }, nil, 1},
		{"JAR-21 none registered", func(f *fetching) { f.registered = nil }, requestobject.ErrUnregistered, 0},
		{"JAR-21 not registered", func(f *fetching) { f.uri += "?a=b" }, requestobject.ErrUnregistered, 0},
		{"JAR-21 registered with a query", func(f *fetching) { f.registered[0] += "?a=b" }, requestobject.ErrUnregistered, 0},
		{"JAR-21 a prefix registered", func(f *fetching) { f.registered[0] = strings.TrimSuffix(f.uri, "request.jwt") }, requestobject.ErrUnregistered, 0},
		{"JAR-21 another case", func(f *fetching) { f.uri = strings.Replace(f.uri, "https", "HTTPS", 1) }, requestobject.ErrUnregistered, 0},
		{"JAR-10 512 characters", long(512), nil, 1},
		{"JAR-10 513 characters", long(513), requestobject.ErrRequestURI, 0},
		{"JAR-10 not ASCII", at("https://client.example.com/ü"), requestobject.ErrRequestURI, 0},
		{"JAR-10 a space", at("https://client.example.com/ "), requestobject.ErrRequestURI, 0},
		{"JAR-10 empty", at(""), requestobject.ErrRequestURI, 0},
		{"JAR-11 http", func(f *fetching) { at(strings.Replace(f.uri, "https", "http", 1))(f) }, requestobject.ErrRequestURI, 0},
		{"JAR-11 file", at("file:///etc/passwd"), requestobject.ErrRequestURI, 0},
		{"JAR-11 a URN", at("urn:ietf:params:oauth:request_uri:x"), requestobject.ErrRequestURI, 0},
		{"JAR-11 no host", at("https:///request.jwt"), requestobject.ErrRequestURI, 0},
		{"JAR-11 not a URL", at("https://a:b:c/"), requestobject.ErrRequestURI, 0},
		{"JAR-11 credentials", func(f *fetching) { at(strings.Replace(f.uri, "https://", "https://u:p@", 1))(f) }, requestobject.ErrRequestURI, 0},
		{"JAR-17 unknown issuer of the certificate", func(f *fetching) { f.fetcher.RootCAs = nil }, requestobject.ErrFetch, 0},
		{"JAR-21 a private address", func(f *fetching) { f.fetcher.AllowPrivate = nil }, requestobject.ErrFetch, 0},
		{"JAR-21 a redirect", func(f *fetching) { at(strings.Replace(f.uri, "request.jwt", "moved", 1))(f) }, requestobject.ErrFetch, 1},
		{"JAR-21 too large", func(f *fetching) { f.host.body = strings.Repeat("a", 64<<10+1) }, requestobject.ErrFetch, 1},
		{"JAR-21 larger than said", func(f *fetching) { f.fetcher.MaxBytes = 4 }, requestobject.ErrFetch, 1},
		{"JAR-21 larger can't be said", func(f *fetching) {
			f.fetcher.MaxBytes, f.host.body = 1<<20, strings.Repeat("a", 64<<10+1)
		}, requestobject.ErrFetch, 1},
		{"JAR-24 application/jwt", func(f *fetching) { f.host.media = "application/jwt" }, nil, 1},
		{"JAR-24 with a parameter", func(f *fetching) { f.host.media = "Application/OAuth-Authz-Req+JWT; charset=utf-8" }, nil, 1},
		{"JAR-21 text/plain", func(f *fetching) { f.host.media = "text/plain" }, requestobject.ErrMediaType, 1},
		{"JAR-21 application/json", func(f *fetching) { f.host.media = "application/json" }, requestobject.ErrMediaType, 1},
		{"OIDC Core 6.2 hash", func(f *fetching) { at(hashed(f.uri, "a.b.c"))(f) }, nil, 1},
		{"OIDC Core 6.2 hash, registered without", func(f *fetching) { f.uri = hashed(f.uri, "a.b.c") }, nil, 1},
		{"OIDC Core 6.2 registered with a hash, sent without", func(f *fetching) { f.registered[0] = hashed(f.uri, "a.b.c") }, requestobject.ErrUnregistered, 0},
		{"OIDC Core 6.2 registered with another hash", func(f *fetching) {
			f.uri, f.registered[0] = hashed(f.uri, "a.b.c"), hashed(f.uri, "a.b.d")
		}, requestobject.ErrUnregistered, 0},
		{"OIDC Core 6.2 hash of something else", func(f *fetching) { at(hashed(f.uri, "a.b.d"))(f) }, requestobject.ErrHash, 1},
		{"OIDC Core 6.2 hash with padding", func(f *fetching) { at(hashed(f.uri, "a.b.c") + "=")(f) }, requestobject.ErrHash, 1},
		{"OIDC Core 6.2 a fragment that is no hash", func(f *fetching) { at(f.uri + "#top")(f) }, requestobject.ErrHash, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := newHost(t)
			f := &fetching{h, h.fetcher(), h.url, []string{h.url}}
			tt.change(f)
			got, err := f.fetcher.Fetch(t.Context(), f.uri, f.registered)
			require.ErrorIs(t, err, tt.want)
			assert.Equal(t, tt.asked, h.calls.Load())
			if tt.want == nil {
				assert.Equal(t, "a.b.c", got)
				return
			}
			assert.Empty(t, got)
			assert.ErrorIs(t, err, requestobject.ErrRequestURI, "in any case")
		})
	}
}

func TestFetchCache(t *testing.T) {
	t.Parallel()
	fetch := func(t *testing.T, f *requestobject.Fetcher, uri string) string {
		t.Helper()
		got, err := f.Fetch(t.Context(), uri, []string{uri})
		require.NoError(t, err)
		return got
	}
	bodyOf := func(i int) string { return "a.b." + strconv.Itoa(i) }

	t.Run("with a hash, asked once", func(t *testing.T) {
		t.Parallel()
		h := newHost(t)
		f, uri := h.fetcher(), hashed(h.url, "a.b.c")
		for range 3 {
			assert.Equal(t, "a.b.c", fetch(t, f, uri))
		}
		assert.EqualValues(t, 1, h.calls.Load())

		_, err := f.Fetch(t.Context(), uri, nil)
		require.ErrorIs(t, err, requestobject.ErrUnregistered, "what another client's registration has cached is no permission")
		h.serve("a.b.d")
		assert.Equal(t, "a.b.d", fetch(t, f, hashed(h.url, "a.b.d")), "another hash is another object")
	})
	t.Run("without a hash, asked each time", func(t *testing.T) {
		t.Parallel()
		h := newHost(t)
		f := h.fetcher()
		assert.Equal(t, "a.b.c", fetch(t, f, h.url))
		h.serve("a.b.d")
		assert.Equal(t, "a.b.d", fetch(t, f, h.url))
		assert.EqualValues(t, 2, h.calls.Load())
	})
	t.Run("until the TTL is over", func(t *testing.T) {
		t.Parallel()
		h := newHost(t)
		f, uri, at := h.fetcher(), hashed(h.url, "a.b.c"), now
		f.Now = func() time.Time { return at }
		fetch(t, f, uri)
		at = now.Add(10*time.Minute - 1)
		fetch(t, f, uri)
		assert.EqualValues(t, 1, h.calls.Load())
		at = now.Add(10 * time.Minute)
		fetch(t, f, uri)
		assert.EqualValues(t, 2, h.calls.Load())
	})
	t.Run("not at all", func(t *testing.T) {
		t.Parallel()
		h := newHost(t)
		f, uri := h.fetcher(), hashed(h.url, "a.b.c")
		f.TTL = -1
		fetch(t, f, uri)
		fetch(t, f, uri)
		assert.EqualValues(t, 2, h.calls.Load())
	})
	t.Run("no more than so many, the oldest goes first", func(t *testing.T) {
		t.Parallel()
		h := newHost(t)
		f, at := h.fetcher(), now
		f.Now, f.MaxEntries = func() time.Time { return at }, 2
		for i := range 3 {
			at = at.Add(time.Second)
			h.serve(bodyOf(i))
			fetch(t, f, hashed(h.url, bodyOf(i)))
		}
		fetch(t, f, hashed(h.url, bodyOf(1)))
		fetch(t, f, hashed(h.url, bodyOf(2)))
		require.EqualValues(t, 3, h.calls.Load())
		_, err := f.Fetch(t.Context(), hashed(h.url, bodyOf(0)), []string{h.url})
		require.ErrorIs(t, err, requestobject.ErrHash, "asked again, and it isn't there any more")
		assert.EqualValues(t, 4, h.calls.Load())
	})
	t.Run("a failure is not kept", func(t *testing.T) {
		t.Parallel()
		h := newHost(t)
		f, uri := h.fetcher(), hashed(h.url, "a.b.c")
		h.serve("x")
		_, err := f.Fetch(t.Context(), uri, []string{uri})
		require.ErrorIs(t, err, requestobject.ErrHash)
		h.serve("a.b.c")
		assert.Equal(t, "a.b.c", fetch(t, f, uri))
	})
}

func TestFetchTogether(t *testing.T) {
	t.Parallel()
	t.Run("32 at a time, one asks", func(t *testing.T) {
		t.Parallel()
		h := newHost(t)
		f, uri := h.fetcher(), hashed(h.url, "a.b.c")
		h.mu.Lock() // the answer waits
		var wg sync.WaitGroup
		errs := make(chan error, 32)
		for range 32 {
			wg.Go(func() {
				_, err := f.Fetch(context.Background(), uri, []string{uri})
				errs <- err
			})
		}
		h.mu.Unlock()
		wg.Wait()
		close(errs)
		for err := range errs {
			require.NoError(t, err)
		}
		assert.EqualValues(t, 1, h.calls.Load())
	})
	t.Run("32 hashes of one URL at a time, one asks", func(t *testing.T) {
		t.Parallel()
		h := newHost(t)
		f := h.fetcher()
		h.mu.Lock() // the host does not answer yet
		var all sync.WaitGroup
		var gone atomic.Int64
		for i := range 32 {
			all.Go(func() {
				gone.Add(1)
				_, err := f.Fetch(t.Context(), hashed(h.url, strconv.Itoa(i)), []string{h.url})
				assert.ErrorIs(t, err, requestobject.ErrHash)
			})
		}
		require.Eventually(t, func() bool { return gone.Load() == 32 && h.calls.Load() > 0 }, 5*time.Second, time.Millisecond)
		h.mu.Unlock()
		all.Wait()
		assert.Less(t, h.calls.Load(), int64(8), "strangers invent as many hashes as they like")
	})
	t.Run("one that gives up leaves the others", func(t *testing.T) {
		t.Parallel()
		h := newHost(t)
		f := h.fetcher()
		h.mu.Lock()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := f.Fetch(ctx, h.url, []string{h.url})
		require.ErrorIs(t, err, context.Canceled)
		require.NotErrorIs(t, err, requestobject.ErrRequestURI)
		got := make(chan string)
		go func() {
			object, err := f.Fetch(context.Background(), h.url, []string{h.url})
			if err != nil {
				object = err.Error()
			}
			got <- object
		}()
		h.mu.Unlock()
		assert.Equal(t, "a.b.c", <-got)
	})
	t.Run("a timeout", func(t *testing.T) {
		t.Parallel()
		h := newHost(t)
		f := h.fetcher()
		f.Timeout = 50 * time.Millisecond
		h.mu.Lock()
		_, err := f.Fetch(t.Context(), h.url, []string{h.url})
		h.mu.Unlock()
		require.ErrorIs(t, err, requestobject.ErrFetch)
		assert.ErrorIs(t, err, context.DeadlineExceeded)
	})
}
