package main

import (
	"crypto/x509"
	"net/netip"
	"os"
)

// outboundConfig says where the keys of clients may be fetched from, by their jwks_uri. Without it that is from public
// addresses, with certificates that the system trusts.
type outboundConfig struct {
	AllowPrivate []netip.Prefix `json:"allow_private,omitempty"` // private and loopback networks that may be reached too
	CA           string         `json:"ca,omitempty"`            // PEM file with trust anchors; "": the system's
}

func (s *setup) checkOutbound(found *findings) {
	s.outbound.AllowPrivate = s.Outbound.AllowPrivate
	if s.Outbound.CA != "" {
		s.outbound.RootCAs = s.readAnchors("outbound.ca", s.Outbound.CA, found)
	}
}

// readAnchors reads a PEM file with certificates.
func (s *setup) readAnchors(field, file string, found *findings) *x509.CertPool {
	raw, err := os.ReadFile(s.path(file))
	if err != nil {
		found.add(field, "%s", err)
		return nil
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(raw) {
		found.add(field, "%s has no certificate in PEM", file)
	}
	return pool
}
