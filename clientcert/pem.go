package clientcert

import (
	"crypto/x509"
	"fmt"
	"net/url"
	"strings"
)

// The lines around a certificate (RFC 7468 5.1).
const (
	pemBegin = "-----BEGIN CERTIFICATE-----"
	pemEnd   = "-----END CERTIFICATE-----"
)

// parseEscapedPEM reads the URL-encoded PEM of a chain. A plus stands for itself: nginx and Envoy
// escape it, AWS leaves it, and none of them writes a space so.
func parseEscapedPEM(value string) ([]*x509.Certificate, error) {
	text, err := url.PathUnescape(value)
	if err != nil {
		return nil, fmt.Errorf("%w: no URL encoding", ErrHeaderMalformed)
	}
	return parsePEM(text)
}

// parsePEM reads certificates and white space between them, nothing else: encoding/pem would skip
// what it doesn't understand, and so could take the second block for the first.
func parsePEM(text string) ([]*x509.Certificate, error) {
	var chain []*x509.Certificate
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimSpace(text) {
		body, ok := strings.CutPrefix(text, pemBegin)
		if !ok {
			return nil, fmt.Errorf("%w: no PEM certificate", ErrHeaderMalformed)
		}
		if body, text, ok = strings.Cut(body, pemEnd); !ok {
			return nil, fmt.Errorf("%w: a PEM certificate without end", ErrHeaderMalformed)
		}
		if len(chain) == longestChain {
			return nil, fmt.Errorf("%w: more than %d certificates", ErrHeaderTooLarge, longestChain)
		}
		certificate, err := parseBase64(lines.Replace(body))
		if err != nil {
			return nil, err
		}
		chain = append(chain, certificate)
	}
	if len(chain) == 0 {
		return nil, fmt.Errorf("%w: no PEM certificate", ErrHeaderMalformed)
	}
	return chain, nil
}

// lines removes the ends of lines.
var lines = strings.NewReplacer("\r", "", "\n", "")

// parseDERList reads base64 of DER, separated by commas. Some versions of Traefik URL-encode it on
// top; base64 has no percent sign, so that can't be mistaken.
func parseDERList(value string) ([]*x509.Certificate, error) {
	list, err := url.PathUnescape(value)
	if err != nil {
		return nil, fmt.Errorf("%w: no URL encoding", ErrHeaderMalformed)
	}
	return parseList(list, parseBase64)
}
