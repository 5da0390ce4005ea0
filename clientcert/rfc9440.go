package clientcert

import (
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
)

// leafAndChain returns the one List that Client-Cert, which must stand once and be no List (RFC
// 9440, 2.2), and the instances of Client-Cert-Chain, which may be several but not without the leaf
// (2.3), make.
func leafAndChain(header http.Header, name string) (string, error) {
	leaf, err := once(header, name)
	if err != nil {
		return "", err
	}
	chain := header[name+"-Chain"]
	switch {
	case len(chain) == 0 && !strings.Contains(leaf, ","):
		return leaf, nil
	case leaf == "":
		return "", fmt.Errorf("%w: a chain without leaf", ErrHeaderMalformed)
	case strings.Contains(leaf, ","):
		return "", fmt.Errorf("%w: more than one leaf", ErrHeaderMalformed)
	}
	// RFC 8941 4.2: the instances of a List are one List.
	list := leaf + "," + strings.Join(chain, ",")
	if len(list) > largestHeader {
		return "", ErrHeaderTooLarge
	}
	return list, nil
}

func parseByteSequences(list string) ([]*x509.Certificate, error) {
	return parseList(list, parseByteSequence)
}

// parseList reads a comma-separated list, which has no empty members.
func parseList(list string, parse func(string) (*x509.Certificate, error)) ([]*x509.Certificate, error) {
	var chain []*x509.Certificate
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

// parseByteSequence reads an RFC 8941 Byte Sequence. No parameters are defined for these, so none
// are admitted.
func parseByteSequence(item string) (*x509.Certificate, error) {
	if len(item) < 2 || item[0] != ':' || item[len(item)-1] != ':' {
		return nil, fmt.Errorf("%w: no structured field of type Byte Sequence", ErrHeaderMalformed)
	}
	return parseBase64(item[1 : len(item)-1])
}

// parseBase64 reads base64 of DER. RFC 8941 4.2.7: missing padding and padding bits that are not
// zero shall not be refused.
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
