package fapi

import (
	"context"
	"crypto/x509"
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/clientcert"
	"github.com/fosite-fapi/fosite-fapi/mtls"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

// WithClientMetadata finds the RFC 7591 metadata of a client. Unset, it is the client's own method
// RegistrationMetadata, else what fosite.OpenIDConnectClient tells.
func WithClientMetadata(f func(context.Context, fosite.Client) (*registration.Metadata, error)) Option {
	return func(s *settings) error { s.metadata = f; return nil }
}

// WithClientCertificates sets where client certificates come from: exactly one source. Unset, it is the TLS
// connection.
func WithClientCertificates(source clientcert.Source) Option {
	return func(s *settings) error {
		if source == nil || s.certificates != nil {
			return errors.New("WithClientCertificates needs one source, once")
		}
		s.certificates = source
		return nil
	}
}

// WithTrustAnchors sets the certification authorities of tls_client_auth. Unset, no client can authenticate by it.
func WithTrustAnchors(roots *x509.CertPool) Option {
	return func(s *settings) error {
		if s.mtls != nil {
			return errors.New("trust anchors are given twice; use WithTrustAnchors or WithMTLS once")
		}
		s.mtls = &mtls.Verifier{Roots: roots, Now: func() time.Time { return s.clock() }}
		return nil
	}
}

// WithMTLS sets the verifier of tls_client_auth whole: trust anchors, revocation, cache. Unset, it is one of the anchors
// of [WithTrustAnchors] alone.
func WithMTLS(v *mtls.Verifier) Option {
	return func(s *settings) error {
		if v == nil || s.mtls != nil {
			return errors.New("trust anchors are given twice, or not at all; use WithTrustAnchors or WithMTLS once")
		}
		s.mtls = v
		return nil
	}
}

// Outbound says which destinations the provider may reach to fetch a client's jwks_uri and its request objects by reference.
// The zero value reaches public addresses only.
type Outbound struct {
	AllowPrivate []netip.Prefix                        // private and loopback networks that may be reached
	Proxy        func(*http.Request) (*url.URL, error) // an egress proxy; nil: none
	RootCAs      *x509.CertPool                        // nil: the system's
}

// WithOutbound sets how client key sets and request objects are fetched. Unset, from public addresses alone, and without
// a proxy.
func WithOutbound(o Outbound) Option {
	return func(s *settings) error { s.outbound = o; return nil }
}
