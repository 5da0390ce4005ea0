package mtls

import (
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"net/netip"
	"net/url"
	"strings"

	"github.com/fosite-fapi/fosite-fapi/internal/ascii"
)

// Tags of the kinds of GeneralName (RFC 5280 4.2.1.6).
const (
	tagRFC822Name = 0x81
	tagDNSName    = 0x82
	tagURI        = 0x86
	tagIPAddress  = 0x87
)

// longestName bounds each registered subject alternative name.
const longestName = 2 << 10

var subjectAltName = asn1.ObjectIdentifier{2, 5, 29, 17}

// anySAN reports whether the certificate has a subject alternative name of the kind for which match
// is true. It reads the extension's own octets: the fields of x509.Certificate hold URIs that were
// taken apart, and put together again may differ.
func anySAN(leaf *x509.Certificate, tag byte, match func(name []byte) bool) bool {
	for _, extension := range leaf.Extensions {
		if !extension.Id.Equal(subjectAltName) {
			continue
		}
		names, ok := only(extension.Value, tagSequence)
		for ok && len(names) > 0 {
			var name element
			name, names, ok = next(names)
			if ok && name.tag == tag && match(name.value) {
				return true
			}
		}
	}
	return false
}

func dnsMatcher(registered string) (matcher, error) {
	if !isHostname(registered) {
		return nil, fmt.Errorf("%w: the DNS name is no host name in ASCII, without wildcard or final dot", ErrSubject)
	}
	return func(leaf *x509.Certificate) bool {
		return anySAN(leaf, tagDNSName, func(name []byte) bool { return ascii.EqualFold(string(name), registered) })
	}, nil
}

func ipMatcher(registered string) (matcher, error) {
	address, err := netip.ParseAddr(registered)
	if err != nil || address.Zone() != "" {
		return nil, fmt.Errorf("%w: the IP address is none, or has a zone", ErrSubject)
	}
	// RFC 8705 2.1.2: compared in binary. An IPv4 address has four octets there, mapped into IPv6
	// sixteen.
	octets := string(address.AsSlice())
	return func(leaf *x509.Certificate) bool {
		return anySAN(leaf, tagIPAddress, func(name []byte) bool { return string(name) == octets })
	}, nil
}

func emailMatcher(registered string) (matcher, error) {
	at := strings.LastIndexByte(registered, '@')
	if at < 0 || !isDotAtom(registered[:at]) || !isHostname(registered[at+1:]) {
		return nil, fmt.Errorf("%w: the e-mail address is none of the form local@domain in ASCII", ErrSubject)
	}
	local, domain := registered[:at+1], registered[at+1:]
	return func(leaf *x509.Certificate) bool {
		return anySAN(leaf, tagRFC822Name, func(name []byte) bool {
			rest, ok := strings.CutPrefix(string(name), local) // RFC 5280 7.5: only the host part ignores case
			return ok && ascii.EqualFold(rest, domain)
		})
	}, nil
}

func uriMatcher(registered string) (matcher, error) {
	parsed, err := url.Parse(registered)
	if err != nil || parsed.Scheme == "" || len(registered) > longestName || !isVisible(registered) {
		return nil, fmt.Errorf("%w: the URI is not absolute, or not in ASCII", ErrSubject)
	}
	want := splitURI(registered)
	return func(leaf *x509.Certificate) bool {
		return anySAN(leaf, tagURI, func(name []byte) bool {
			have := splitURI(string(name))
			return ascii.EqualFold(have.scheme, want.scheme) && have.authority == want.authority &&
				have.userinfo == want.userinfo && ascii.EqualFold(have.host, want.host) && have.rest == want.rest
		})
	}, nil
}

// uri is a URI taken apart only as far as case matters: scheme and host ignore it (RFC 3986,
// 6.2.2.1), the others don't.
type uri struct {
	scheme, userinfo, host, rest string
	authority                    bool
}

func splitURI(s string) uri {
	scheme, rest, found := strings.Cut(s, ":")
	if !found {
		return uri{rest: s}
	}
	authority, found := strings.CutPrefix(rest, "//")
	if !found {
		return uri{scheme: scheme, rest: rest}
	}
	u := uri{scheme: scheme, host: authority, authority: true}
	if end := strings.IndexAny(authority, "/?#"); end >= 0 {
		u.host, u.rest = authority[:end], authority[end:]
	}
	if at := strings.LastIndexByte(u.host, '@'); at >= 0 {
		u.userinfo, u.host = u.host[:at+1], u.host[at+1:]
	}
	return u
}

// isHostname admits the preferred name syntax (RFC 5280 4.2.1.6) and the underscore, which service
// names use.
func isHostname(s string) bool {
	if s == "" || len(s) > 253 {
		return false
	}
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for i := range len(label) {
			c := ascii.Lower(label[i])
			if ('a' > c || c > 'z') && ('0' > c || c > '9') && c != '-' && c != '_' {
				return false
			}
		}
	}
	return true
}

// isDotAtom admits the local part of an address (RFC 5321 4.1.2) but for its quoted form.
func isDotAtom(s string) bool {
	if len(s) > 64 {
		return false
	}
	for atom := range strings.SplitSeq(s, ".") {
		if atom == "" {
			return false
		}
		for i := range len(atom) {
			if c := ascii.Lower(atom[i]); ('a' > c || c > 'z') && ('0' > c || c > '9') && strings.IndexByte("!#$%&'*+-/=?^_`{|}~", c) < 0 {
				return false
			}
		}
	}
	return true
}

// isVisible admits printable ASCII without space.
func isVisible(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return true
}
