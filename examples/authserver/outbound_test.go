package main

import (
	"crypto/tls"
	"crypto/x509/pkix"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

// onLoopback is where the tests publish keys.
var onLoopback = outboundConfig{AllowPrivate: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, CA: "ca.pem"}

// keysAskedAgain is more than the time between two looks at a jwks_uri for a key that was not there.
const keysAskedAgain = 11 * time.Second

// published are methods by the keys at a jwks_uri, which the client renews. Wrong is a key that is not there.
func published(method string) credential {
	return credential{method + " jwks_uri", func(w *world, m *member) []*member {
		host := w.hostJWKS()
		m.AuthMethod, m.config.TokenEndpointAuthMethod, m.config.JWKS, m.config.JWKSURI = method, method, nil, host.URL
		equip := func(m *member) {
			key := newKey()
			m.Key = key
			if method != "private_key_jwt" {
				certificate := fapitest.MustSelfSigned(w, pkix.Name{CommonName: "the client"}, fapitest.WithKey(key))
				m.Key, m.certificate = nil, &certificate
			}
			host.keys.Store(&jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: m.KeyID}}})
		}
		wrong := m.copied()
		equip(wrong)
		equip(m) // in place of the other
		m.renew = func() { equip(m) }
		return []*member{wrong}
	}}
}

// A jwksHost serves the keys that a client has now.
type jwksHost struct {
	*httptest.Server
	keys atomic.Pointer[jose.JSONWebKeySet]
}

func (w *world) hostJWKS() *jwksHost {
	host := new(jwksHost)
	host.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(rw).Encode(host.keys.Load()) // who asked is told nothing else
	}))
	host.Config.ErrorLog = log.New(io.Discard, "", 0)
	host.TLS = &tls.Config{Certificates: []tls.Certificate{w.pki.MustServerCertificate(w)}, MinVersion: tls.VersionTLS12}
	host.StartTLS()
	w.Cleanup(host.Close)
	return host
}

// Where keys are published must be reachable by the configuration, and prove who it is.
func TestOutbound(t *testing.T) {
	t.Parallel()
	other := filepath.Join(t.TempDir(), "other.pem")
	require.NoError(t, os.WriteFile(other, fapitest.MustPKI(t).RootPEM(), 0o600))
	for name, c := range map[string]struct {
		outbound outboundConfig
		refused  bool
	}{
		"as it should be":            {onLoopback, false},
		"no private network allowed": {outboundConfig{CA: onLoopback.CA}, true},
		"another network allowed":    {outboundConfig{AllowPrivate: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, CA: onLoopback.CA}, true},
		"the system's authorities":   {outboundConfig{AllowPrivate: onLoopback.AllowPrivate}, true},
		"F2-CR-07 another authority": {outboundConfig{AllowPrivate: onLoopback.AllowPrivate, CA: other}, true},
	} {
		for _, method := range []string{"private_key_jwt", "self_signed_tls_client_auth"} {
			t.Run(method+" "+name, func(t *testing.T) {
				t.Parallel()
				x := &trial{newSite(t), securityVariant(privateKeyJWT, certificateBound)}
				m := &member{}
				m.Client, m.certificate, m.config = x.newClient("publisher")
				published(method).equip(x.world, m)
				x.start(func(config *config) {
					config.Outbound = c.outbound
					config.Clients = append(config.Clients, m.config)
				})
				x.connect(m.Client, m.certificate)
				answer := x.flow(m.Client).push()
				if c.refused {
					x.refused(answer, http.StatusUnauthorized, "invalid_client")
				} else {
					require.Equal(t, http.StatusCreated, answer.Status, string(answer.Body))
				}
			})
		}
	}
}
