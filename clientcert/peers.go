package clientcert

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
)

// trusted returns the test whether a request comes from the proxy.
func (h *Header) trusted() (func(*http.Request) bool, error) {
	if h.TrustedPeers == nil && h.Trust == nil {
		return nil, fmt.Errorf("%w: one of TrustedPeers and Trust is required", ErrConfig)
	}
	var problems []error
	peers := make([]netip.Prefix, 0, len(h.TrustedPeers))
	for _, peer := range h.TrustedPeers {
		normal, err := normalise(peer)
		peers, problems = append(peers, normal), append(problems, err)
	}
	if h.TrustedPeers != nil && len(peers) == 0 {
		problems = append(problems, fmt.Errorf("%w: TrustedPeers is empty: no header would count", ErrConfig))
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	trust := h.Trust
	return func(r *http.Request) bool {
		return (len(peers) == 0 || contains(peers, r.RemoteAddr)) && (trust == nil || trust(r))
	}, nil
}

// normalise brings prefixes of IPv4 mapped into IPv6 to the form in which addresses are compared.
func normalise(prefix netip.Prefix) (netip.Prefix, error) {
	switch {
	case !prefix.IsValid():
		return prefix, fmt.Errorf("%w: a trusted peer is the zero or an invalid prefix", ErrConfig)
	case prefix.Addr().Is4In6():
		if prefix.Bits() <= 96 {
			return prefix, fmt.Errorf("%w: the trusted peers %v are all of IPv4", ErrConfig, prefix)
		}
		return netip.PrefixFrom(prefix.Addr().Unmap(), prefix.Bits()-96), nil
	case prefix.Bits() == 0:
		return prefix, fmt.Errorf("%w: the trusted peers %v are everyone; if another layer keeps clients out, say so by Trust", ErrConfig, prefix)
	}
	return prefix, nil
}

// contains reports whether RemoteAddr, "IP:port" as net/http sets it, is in one of the prefixes.
// What is not of this form (a Unix socket's, a middleware's) is in none.
func contains(peers []netip.Prefix, remote string) bool {
	peer, err := netip.ParseAddrPort(remote)
	if err != nil {
		return false
	}
	address := peer.Addr().Unmap().WithZone("")
	for _, prefix := range peers {
		if prefix.Contains(address) {
			return true
		}
	}
	return false
}
