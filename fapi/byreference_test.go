package fapi_test

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

// A client that publishes its request object gives its URL (RFC 9101 5.2.3): fetched by the one outbound door, from where
// the client registered alone, and once where the URL has the hash.
func TestRequestObjectByReference(t *testing.T) {
	var object atomic.Value
	var fetched atomic.Int32
	browser, leave := context.WithCancel(t.Context())
	left := make(chan struct{})
	server := httptest.NewTLSServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		fetched.Add(1)
		if r.URL.Path == "/slow" {
			leave()
			<-left
		}
		if r.URL.Path == "/html" {
			rw.Header().Set("Content-Type", "text/html")
		} else {
			rw.Header().Set("Content-Type", "application/oauth-authz-req+jwt")
		}
		_, _ = io.WriteString(rw, object.Load().(string))
	}))
	defer server.Close()
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	clauses := func(t *testing.T, allowed ...netip.Prefix) *bench {
		b := newBench(t, "json")
		hybrid.register(b.registration(b.a.ID))
		b.registration(b.a.ID).RequestURIs = []string{server.URL + "/request.jwt", server.URL + "/html", server.URL + "/slow"}
		b.usual = hybrid.usual
		var err error
		b.provider, err = composed(hostConfig(), b.store, fapi.WithProfile(hybrid.profile), fapi.WithAudit(b.events),
			fapi.WithOutbound(fapi.Outbound{RootCAs: roots, AllowPrivate: allowed}))
		require.NoError(t, err)
		b.mount()
		b.connect(b.a, &b.certA)
		return b
	}
	publish := func(b *bench) {
		byFront(func(m *fapitest.Message) {
			m.Encrypt = func(jws string) (string, error) { object.Store(jws); return "e30.e30.", nil }
		})(b)
	}
	visit := func(b *bench, uri string) *fapitest.Answer { return byFront(noObject, param("request_uri", uri))(b) }
	loopback := netip.MustParsePrefix("127.0.0.0/8")

	t.Run("JAR-11 JAR-16 kept", func(t *testing.T) {
		b := clauses(t, loopback)
		publish(b)
		answered(inFragment)(b, visit(b, server.URL+"/request.jwt"))
	})
	t.Run("JAR-11 kept with a hash, fetched once", func(t *testing.T) {
		b := clauses(t, loopback)
		publish(b)
		sum := sha256.Sum256([]byte(object.Load().(string)))
		uri := server.URL + "/request.jwt#" + base64.RawURLEncoding.EncodeToString(sum[:])
		before := fetched.Load()
		b.interaction(loginPage)
		visit(b, uri)
		b.mount()
		answered(inFragment)(b, visit(b, uri))
		assert.Equal(t, before+1, fetched.Load())
	})
	t.Run("JAR-21 refused with another hash", func(t *testing.T) {
		b := clauses(t, loopback)
		publish(b)
		page(400, "invalid_request_uri", "JAR-21")(b, visit(b, server.URL+"/request.jwt#"+text(43)))
	})
	t.Run("JAR-21 refused another media type", func(t *testing.T) {
		b := clauses(t, loopback)
		publish(b)
		page(400, "invalid_request_uri", "JAR-21")(b, visit(b, server.URL+"/html"))
	})
	t.Run("JAR-21 refused where the client did not register it", func(t *testing.T) {
		b := clauses(t, loopback)
		before := fetched.Load()
		page(400, "invalid_request_uri", "JAR-21")(b, visit(b, server.URL+"/other.jwt"))
		assert.Equal(t, before, fetched.Load(), "nothing was asked")
	})
	t.Run("JAR-21 refused a private address", func(t *testing.T) {
		b := clauses(t)
		before := fetched.Load()
		page(400, "invalid_request_uri", "JAR-21")(b, visit(b, server.URL+"/request.jwt"))
		assert.Equal(t, before, fetched.Load(), "nothing was asked")
	})
	t.Run("JAR-21 refused when the browser is gone before the object is there", func(t *testing.T) {
		b := clauses(t, loopback)
		query := url.Values{"client_id": {b.a.ID}, "request_uri": {server.URL + "/slow"}}
		req := httptest.NewRequestWithContext(browser, http.MethodGet, issuer+"/authorize?"+query.Encode(), nil)
		_, err := b.provider.NewAuthorizeRequest(browser, req)
		close(left)
		var refusal *fapi.Refusal
		require.ErrorAs(t, err, &refusal)
		assert.Equal(t, "JAR-21 invalid_request_uri", refusal.ID+" "+refusal.Code())
	})
	t.Run("JAR-14 refused what another client signed", func(t *testing.T) {
		b := clauses(t, loopback)
		byFront(otherKey(b), func(m *fapitest.Message) {
			m.Encrypt = func(jws string) (string, error) { object.Store(jws); return "e30.e30.", nil }
		})(b)
		page(400, "invalid_request_object", "JAR-14")(b, visit(b, server.URL+"/request.jwt"))
	})
}
