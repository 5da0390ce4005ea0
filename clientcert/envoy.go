package clientcert

import (
	"bytes"
	"crypto/x509"
	"fmt"
	"strings"
)

// envoy reads x-forwarded-client-cert to which so many proxies have added an element.
type envoy int

// xfccElement is what one proxy said of the certificate on its incoming connection.
type xfccElement struct {
	cert, chain       string
	hasCert, hasChain bool
}

// parse returns the client's chain: that of the first element, which must be as many as there are
// proxies. With fewer, the client had none: a proxy adds an element only for a connection with a
// certificate. With more, one of them has let through what the client wrote.
func (hops envoy) parse(value string) ([]*x509.Certificate, error) {
	var first xfccElement
	count := 0
	for more := true; more; count++ {
		var element xfccElement
		var err error
		if element, value, more, err = nextElement(value); err != nil {
			return nil, err
		}
		if count == 0 {
			first = element
		}
	}
	switch {
	case count > int(hops):
		return nil, fmt.Errorf("%w: %d elements of %d", ErrHeaderAmbiguous, count, hops)
	case count < int(hops):
		return nil, nil
	}
	return first.certificates()
}

// certificates returns the chain. An element may have Cert, Chain (in which the leaf is the first),
// or both.
func (e xfccElement) certificates() (chain []*x509.Certificate, err error) {
	if e.hasChain {
		if chain, err = parseEscapedPEM(e.chain); err != nil {
			return nil, err
		}
	}
	if !e.hasCert {
		if chain == nil {
			return nil, fmt.Errorf("%w: an element with neither Cert nor Chain", ErrHeaderMalformed)
		}
		return chain, nil
	}
	leaf, err := parseEscapedPEM(e.cert)
	if err != nil {
		return nil, err
	}
	if len(leaf) != 1 || chain != nil && !bytes.Equal(chain[0].Raw, leaf[0].Raw) {
		return nil, fmt.Errorf("%w: Cert is not the first of Chain", ErrHeaderAmbiguous)
	}
	if chain == nil {
		chain = leaf
	}
	return chain, nil
}

// nextElement takes one element, semicolon-separated pairs, off the value; more tells that a comma
// follows.
func nextElement(value string) (e xfccElement, rest string, more bool, err error) {
	for {
		key, after, found := strings.Cut(value, "=")
		if key = strings.Trim(key, " \t"); !found || !isToken(key) {
			return xfccElement{}, "", false, fmt.Errorf("%w: an element that is not of key=value pairs", ErrHeaderMalformed)
		}
		text, after, ok := nextValue(after)
		if !ok {
			return xfccElement{}, "", false, fmt.Errorf("%w: a value with a stray or an open quote", ErrHeaderMalformed)
		}
		var again bool
		switch {
		case strings.EqualFold(key, "Cert"):
			again, e.hasCert, e.cert = e.hasCert, true, text
		case strings.EqualFold(key, "Chain"):
			again, e.hasChain, e.chain = e.hasChain, true, text
		}
		if again {
			return xfccElement{}, "", false, fmt.Errorf("%w: an element with %s twice", ErrHeaderAmbiguous, key)
		}
		if after == "" {
			return e, "", false, nil
		}
		value = after[1:]
		if after[0] == ',' {
			return e, value, true, nil
		}
	}
}

// nextValue takes a value off the text, up to the separator. Escapes stay in it: those that are
// read have none.
func nextValue(text string) (value, rest string, ok bool) {
	if !strings.HasPrefix(text, `"`) {
		end := strings.IndexAny(text, `,;"`)
		if end < 0 {
			return text, "", true
		}
		return text[:end], text[end:], text[end] != '"'
	}
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			rest = strings.TrimLeft(text[i+1:], " \t")
			return text[1:i], rest, rest == "" || rest[0] == ',' || rest[0] == ';'
		}
	}
	return "", "", false
}
