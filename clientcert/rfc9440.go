package clientcert

import (
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
)

// readRFC9440 reads Client-Cert, which must stand once (RFC 9440, 2.2), and Client-Cert-Chain, which may stand several times, but
// never alone (2.3).
func readRFC9440(header http.Header, name string) ([]*x509.Certificate, error) {
	value, err := once(header, name)
	if err != nil {
		return nil, err
	}
	rest := header[name+"-Chain"]
	if value == "" {
		if len(rest) > 0 {
			return nil, fmt.Errorf("%w: a chain without leaf", ErrHeaderMalformed)
		}
		return nil, nil
	}
	leaf, err := parseByteSequence(value)
	if err != nil {
		return nil, err
	}
	chain := append(make([]*x509.Certificate, 0, 4), leaf)
	if len(rest) == 0 {
		return chain, nil
	}
	// RFC 8941, 4.2: instances of a List are one List.
	list := strings.Join(rest, ",")
	if len(list) > largestHeader {
		return nil, ErrHeaderTooLarge
	}
	return appendList(chain, list, parseByteSequence)
}

// appendList appends the certificates of a comma-separated list, which has no empty members.
func appendList(chain []*x509.Certificate, list string, parse func(string) (*x509.Certificate, error)) ([]*x509.Certificate, error) {
	for more := true; more; {
		var member string
		member, list, more = strings.Cut(list, ",")
		if len(chain) == longestChain {
			return nil, fmt.Errorf("%w: more than %d certificates", ErrHeaderTooLarge, longestChain)
		}
		certificate, err := parse(strings.Trim(member, " \t"))
		if err != nil {
			return nil, err
		}
		chain = append(chain, certificate)
	}
	return chain, nil
}

// parseByteSequence reads an RFC 8941 Byte Sequence. No parameters are defined for these, so none are admitted.
func parseByteSequence(item string) (*x509.Certificate, error) {
	if len(item) < 2 || item[0] != ':' || item[len(item)-1] != ':' {
		return nil, fmt.Errorf("%w: no structured field of type Byte Sequence", ErrHeaderMalformed)
	}
	return parseBase64(item[1 : len(item)-1])
}

// parseBase64 reads base64 of DER. RFC 8941, 4.2.7: missing padding and padding bits that are not zero shall not be refused.
func parseBase64(text string) (*x509.Certificate, error) {
	encoding := base64.StdEncoding
	if len(text)%4 != 0 {
		encoding = base64.RawStdEncoding
	}
	der, err := encoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("%w: no base64", ErrHeaderMalformed)
	}
	return parseDER(der)
}

func parseDER(der []byte) (*x509.Certificate, error) {
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("%w: no certificate: %w", ErrHeaderMalformed, err)
	}
	return certificate, nil
}
