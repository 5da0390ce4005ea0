package main

import (
	"crypto/tls"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// RFC 9101 5.2: a client of FAPI 1.0 publishes its request object, and the server fetches it from where that was registered,
// if it may go there.
func TestRequestByReference(t *testing.T) {
	for name, c := range map[string]struct {
		outbound outboundConfig
		path     string
		refused  string
	}{
		"as it should be":            {onLoopback, "/request.jwt", ""},
		"not what was registered":    {onLoopback, "/other.jwt", "invalid_request_uri"},
		"no private network allowed": {outboundConfig{CA: onLoopback.CA}, "/request.jwt", "invalid_request_uri"},
		"no authority trusted":       {outboundConfig{AllowPrivate: onLoopback.AllowPrivate}, "/request.jwt", "invalid_request_uri"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := &trial{newSite(t), variant{advancedPlan, privateKeyJWT, certificateBound, openID, byValue, plainResponse}}
			host := x.hostObject()
			x.start(func(s *config) {
				s.Consent, s.Clients, s.Outbound = "auto", s.Clients[:1], c.outbound
				x.register(&s.Clients[0])
				s.Clients[0].RequestURIs = []string{host.URL + "/request.jwt"}
			})
			x.equip(x.a)
			assert.True(t, x.a.Server.RequestURIParameterSupported)
			assert.True(t, x.a.Server.RequireRequestURIRegistration)

			link := x.a.Server.AuthorizationEndpoint + "?" + url.Values{"client_id": {x.a.ID}, "request_uri": {host.URL + c.path}}.Encode()
			for range 2 { // the second is another object at the same place
				f := x.flow(x.a).sent()
				host.publish(x, f.address)
				f.address = link
				if c.refused != "" {
					x.stopped(x.get(x.outside, link, nil), c.refused)
					continue
				}
				x.identifies(f, f.tokens())
				x.stopped(x.get(x.outside, link, nil), "invalid_request_object") // the same object, which was decided
			}
		})
	}
}

// An objectHost serves the request object that a client has now.
type objectHost struct {
	*httptest.Server
	object atomic.Pointer[string]
}

// publish takes the object out of a request by value.
func (h *objectHost) publish(x *trial, byValue string) {
	u, err := url.Parse(byValue)
	require.NoError(x, err)
	object := u.Query().Get("request")
	h.object.Store(&object)
}

func (w *world) hostObject() *objectHost {
	host := new(objectHost)
	host.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "application/oauth-authz-req+jwt")
		_, _ = io.WriteString(rw, *host.object.Load()) // who asked is told nothing else
	}))
	host.Config.ErrorLog = log.New(io.Discard, "", 0)
	host.TLS = &tls.Config{Certificates: []tls.Certificate{w.pki.MustServerCertificate(w)}, MinVersion: tls.VersionTLS12}
	host.StartTLS()
	w.Cleanup(host.Close)
	return host
}
