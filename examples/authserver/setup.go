package main

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/fosite-fapi/fosite-fapi/clientcert"
	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/keys"
	"github.com/fosite-fapi/fosite-fapi/metadata"
	"github.com/fosite-fapi/fosite-fapi/rar"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

// A setup is a configuration that was checked, with what its files hold.
type setup struct {
	config
	dir string // to which paths are relative

	certificate  tls.Certificate
	anchors      *x509.CertPool // nil: no tls_client_auth
	keys         *keys.Set
	decryption   *keys.DecryptionSet // nil: request objects are not encrypted
	clients      []*client
	users        *users
	detailsTypes []rar.Type
	profile      fapi.Profile   // the one whose lifetimes legacy clients have too
	profiles     []fapi.Profile // those that a client may name, with the same lifetimes

	certificates clientcert.Source // nil: the TLS connection
	outbound     fapi.Outbound
	nonceSecret  []byte
	now          func() time.Time // of tests

	initialAccess registration.InitialAccess // nil: nobody registers by a token
}

func (s *setup) check(found *findings) {
	s.defaults()
	if _, _, err := metadata.Paths(s.Issuer); err != nil {
		found.add("issuer", "must be an https URL of host and path alone")
	}
	checkAddress("listen", s.Listen, found)
	s.checkMTLS(found)
	s.checkCertificateHeader(found)
	s.checkOutbound(found)
	s.checkTLS(found)
	oneOf("access_token_format", s.AccessTokenFormat, found, string(fapi.Opaque), string(fapi.JWT))
	s.checkNonces(found)
	oneOf("consent", s.Consent, found, "form", "auto")
	oneOf("log", s.Log, found, "debug", "info", "warn", "error", "off")
	s.checkLifetimes(found)
	s.readKeys(found)
	s.users = newUsers(s.Users, found)
	s.checkDetails(found)
	s.checkClients(found)
	s.checkRegistration(found)
}

func (s *setup) defaults() {
	for _, d := range []struct {
		field    *string
		standard string
	}{{(*string)(&s.JWKS), "jwks.json"}, {&s.AccessTokenFormat, string(fapi.Opaque)}, {&s.DPoPNonce, "off"}, {&s.Consent, "form"}, {&s.Log, "info"}} {
		if *d.field == "" {
			*d.field = d.standard
		}
	}
}

// path is a path of the configuration as seen from here.
func (s *setup) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(s.dir, name)
}

func oneOf(field, value string, found *findings, allowed ...string) {
	if !slices.Contains(allowed, value) {
		found.add(field, "is %q, want one of %q", value, allowed)
	}
}

func checkAddress(field, address string, found *findings) {
	_, port, err := net.SplitHostPort(address)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		found.add(field, "is %q, want host:port", address)
	}
}

func (s *setup) checkMTLS(found *findings) {
	if (s.MTLS.Listen == "") != (s.MTLS.BaseURL == "") && s.CertificateHeader.Kind == "" {
		found.add("mtls", "listen and base_url need each other")
	}
	if s.MTLS.Listen != "" {
		checkAddress("mtls.listen", s.MTLS.Listen, found)
	}
	if u, err := url.Parse(s.MTLS.BaseURL); s.MTLS.BaseURL != "" &&
		(err != nil || u.Scheme != "https" || u.Host == "" || (u.Path != "" && u.Path != "/") || u.RawQuery != "" || u.Fragment != "" || u.User != nil) {
		found.add("mtls.base_url", "must be https://host:port alone: the paths are those of the issuer")
	}
	if s.MTLS.ClientCA == "" {
		return
	}
	s.anchors = s.readAnchors("mtls.client_ca", s.MTLS.ClientCA, found)
}

func (s *setup) checkTLS(found *findings) {
	missing := false
	for _, f := range []struct{ field, name string }{{"tls.cert", s.TLS.Cert}, {"tls.key", s.TLS.Key}} {
		if f.name == "" {
			found.add(f.field, "is required")
			missing = true
		} else if _, err := os.Stat(s.path(f.name)); err != nil {
			found.add(f.field, "%s", err)
			missing = true
		}
	}
	if missing {
		return
	}
	var err error
	if s.certificate, err = tls.LoadX509KeyPair(s.path(s.TLS.Cert), s.path(s.TLS.Key)); err != nil {
		found.add("tls", "%s", err)
	}
}

// checkLifetimes keeps to what FAPI 2.0 allows; all clients get the same.
func (s *setup) checkLifetimes(found *findings) {
	p, l := fapi.FAPI2Security(), s.Lifetimes
	for _, d := range []struct {
		field      string
		value      duration
		into       *time.Duration
		least, max time.Duration
	}{
		{"authorization_code", l.AuthorizationCode, &p.AuthorizationCodeLifetime, time.Second, time.Minute},
		{"request_uri", l.RequestURI, &p.RequestURILifetime, 5 * time.Second, 10*time.Minute - time.Second},
		{"interaction", l.Interaction, &p.InteractionLifetime, time.Second, time.Hour},
		{"access_token", l.AccessToken, &p.AccessTokenLifetime, time.Second, 24 * time.Hour},
		{"refresh_token", l.RefreshToken, &p.RefreshTokenLifetime, time.Second, 10 * 365 * 24 * time.Hour},
		{"id_token", l.IDToken, &p.IDTokenLifetime, time.Second, 24 * time.Hour},
	} {
		*d.into = d.value.or(*d.into)
		if *d.into < d.least || *d.into > d.max {
			found.add("lifetimes."+d.field, "is %s, want %s to %s", *d.into, d.least, d.max)
		}
	}
	s.profile, s.profiles = p, []fapi.Profile{p}
	for _, other := range append(messageSigning(), fapi.FAPI1Advanced()) {
		other.AuthorizationCodeLifetime, other.RequestURILifetime, other.InteractionLifetime = p.AuthorizationCodeLifetime, p.RequestURILifetime, p.InteractionLifetime
		other.AccessTokenLifetime, other.RefreshTokenLifetime, other.IDTokenLifetime = p.AccessTokenLifetime, p.RefreshTokenLifetime, p.IDTokenLifetime
		s.profiles = append(s.profiles, other)
	}
}

// messageSigning is FAPI 2.0 Message Signing with all messages signed, and with each alone, named
// "fapi2-message-signing-requests" and so on: what to sign is agreed with each client.
func messageSigning() []fapi.Profile {
	all := []fapi.Profile{fapi.FAPI2MessageSigning()}
	for _, part := range []fapi.MessagePart{fapi.SignedRequests, fapi.SignedResponses, fapi.SignedIntrospection} {
		alone := fapi.FAPI2MessageSigning(part)
		alone.Name += "-" + string(part)
		all = append(all, alone)
	}
	return all
}
