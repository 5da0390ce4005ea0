package main

import (
	"net/netip"
	"strings"

	"github.com/fosite-fapi/fosite-fapi/clientcert"
)

// headerConfig says how a proxy in front, which ends the clients' TLS, passes their certificates on. They come by
// this header alone then, and the server has one listener, which only the proxy should reach.
type headerConfig struct {
	Kind         string         `json:"kind"`          // "rfc9440", "nginx", "envoy", "alb" or "der"; "": there is no proxy
	Name         string         `json:"name"`          // of the header; "": that of the kind, where it has one
	TrustedPeers []netip.Prefix `json:"trusted_peers"` // where the proxy connects from; from elsewhere the header is nothing
}

func (s *setup) checkCertificateHeader(found *findings) {
	h := s.CertificateHeader
	if h.Kind == "" {
		if h.Name != "" || h.TrustedPeers != nil {
			found.add("certificate_header.kind", "is required")
		}
		return
	}
	if s.MTLS.Listen != "" {
		found.add("mtls.listen", "is for certificates by TLS, but they come by certificate_header")
	}
	var err error
	s.certificates, err = (&clientcert.Header{Kind: clientcert.Kind(h.Kind), Name: h.Name, TrustedPeers: h.TrustedPeers}).Source()
	if err != nil {
		found.add("certificate_header", "%s", strings.NewReplacer(clientcert.ErrConfig.Error()+": ", "", "\n", "; ").Replace(err.Error()))
	}
}
