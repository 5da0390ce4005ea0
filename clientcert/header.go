package clientcert

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"strings"
)

// Kind is how a proxy writes the certificate into a header. Its values may stand in configuration
// files.
type Kind string

const (
	// RFC9440 is the standard: Client-Cert, with Client-Cert-Chain if the proxy sends it. It is the
	// default. Google's load balancers write it too, as {client_cert_leaf} and {client_cert_chain}.
	RFC9440 Kind = "rfc9440"
	// Nginx is nginx's $ssl_client_escaped_cert: URL-encoded PEM, the leaf only. nginx leaves the
	// header's name to its configuration (proxy_set_header), so Name is required. ingress-nginx
	// calls it "ssl-client-cert".
	Nginx Kind = "nginx"
	// Envoy is x-forwarded-client-cert with the elements Cert or Chain
	// (set_current_client_cert_details), also from Istio.
	Envoy Kind = "envoy"
	// ALB is AWS's Application Load Balancer in passthrough mode: X-Amzn-Mtls-Clientcert,
	// URL-encoded PEM of the whole chain. In verify mode set Name to "X-Amzn-Mtls-Clientcert-Leaf".
	ALB Kind = "alb"
	// DER is base64 of DER, several separated by commas: HAProxy's ssl_c_der, Traefik's
	// X-Forwarded-Tls-Client-Cert, Azure's X-ARR-ClientCert. Name is required.
	DER Kind = "der"
)

// Bounds of what a proxy may send. The whole chain of a client fits well; RFC 9440 needs 4/3 octets
// for one of a certificate.
const (
	largestHeader = 64 << 10
	longestChain  = 8
)

// A Header takes certificates from a header that a proxy sets, and only from that proxy. The proxy
// must terminate the client's TLS, ask for the certificate, and remove the header from what the
// client sends: in that the library has no say.
//
// There is no default for who is trusted: at least one of TrustedPeers and Trust is required.
type Header struct {
	// Kind is how the proxy writes the certificate; zero: RFC9440.
	Kind Kind
	// Name of the header; zero: the one that belongs to Kind, where there is one. For RFC9440 the
	// chain is in Name + "-Chain".
	Name string
	// TrustedPeers are the addresses that the proxy connects from, compared with
	// http.Request.RemoteAddr. Whatever else rewrites RemoteAddr (a middleware that reads
	// X-Forwarded-For) must come after. nil: any, as far as Trust agrees.
	TrustedPeers []netip.Prefix
	// Trust reports whether the request comes from the proxy, for instance by the certificate on
	// the proxy's own connection, or because the listener is a Unix socket; nil: TrustedPeers
	// decide alone. With both, both must agree.
	Trust func(*http.Request) bool
	// Direct is the Source for requests from elsewhere, such as FromTLS where some clients come
	// without the proxy; nil: those have no certificate. It is never asked about a request from the
	// proxy.
	Direct Source
	// Hops, for Envoy only, is how many proxies between the client and here add an element to the
	// header, each for the certificate on its own incoming connection (APPEND_FORWARD); zero: 1.
	// The client's is then the first of that many. The first of the proxies must reset what the
	// client sent (SANITIZE_SET).
	Hops int
}

// Source returns the Source that h describes; later changes to h don't reach it. Errors wrap
// ErrConfig and list all that is wrong.
//
// The Source returns nil, nil for a request without the header or with an empty one, and an error
// wrapping ErrHeader for a header that is not understood. It parses, and verifies nothing.
func (h *Header) Source() (Source, error) {
	kind := h.Kind
	if kind == "" {
		kind = RFC9440
	}
	var problems []error
	parse := h.parser(kind)
	if parse == nil {
		problems = append(problems, fmt.Errorf("%w: Kind %q is not known", ErrConfig, kind))
	}
	name := h.Name
	if name == "" {
		name = defaultNames[kind]
	}
	if !isToken(name) && parse != nil {
		problems = append(problems, fmt.Errorf("%w: Kind %q needs the Name of a header", ErrConfig, kind))
	}
	if h.Hops < 0 || h.Hops > longestChain || h.Hops > 0 && kind != Envoy {
		problems = append(problems, fmt.Errorf("%w: Hops is for Envoy, from 1 to %d", ErrConfig, longestChain))
	}
	trusted, err := h.trusted()
	problems = append(problems, err)
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	name, direct, value := http.CanonicalHeaderKey(name), h.Direct, once
	if kind == RFC9440 {
		value = leafAndChain
	}
	parse = new(memo).wrap(parse)
	return func(r *http.Request) ([]*x509.Certificate, error) {
		if !trusted(r) {
			if direct == nil {
				return nil, nil
			}
			return direct(r)
		}
		written, err := value(r.Header, name)
		if err != nil || written == "" {
			return nil, err
		}
		return parse(written)
	}, nil
}

// defaultNames of the kinds whose proxies set them without being told.
var defaultNames = map[Kind]string{
	RFC9440: "Client-Cert",
	Envoy:   "X-Forwarded-Client-Cert",
	ALB:     "X-Amzn-Mtls-Clientcert",
}

// parser reads a chain from what stands in the header, which is not empty.
type parser func(value string) ([]*x509.Certificate, error)

func (h *Header) parser(kind Kind) parser {
	switch kind {
	case RFC9440:
		return parseByteSequences
	case Nginx, ALB:
		return parseEscapedPEM
	case Envoy:
		return envoy(max(h.Hops, 1)).parse
	case DER:
		return parseDERList
	}
	return nil
}

// once returns the value of a header, "" if it isn't there.
func once(header http.Header, name string) (string, error) {
	values := header[name]
	switch {
	case len(values) == 0:
		return "", nil
	case len(values) > 1:
		return "", ErrHeaderDuplicate
	case len(values[0]) > largestHeader:
		return "", ErrHeaderTooLarge
	}
	return strings.Trim(values[0], " \t"), nil
}

// isToken admits the characters of a field name (RFC 9110 5.6.2).
func isToken(s string) bool {
	for i := range len(s) {
		c := s[i] | 0x20
		if ('a' > c || c > 'z') && ('0' > s[i] || s[i] > '9') && strings.IndexByte("!#$%&'*+-.^_`|~", s[i]) < 0 {
			return false
		}
	}
	return s != ""
}
