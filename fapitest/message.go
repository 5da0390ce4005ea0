package fapitest

import (
	"context"
	"crypto"
	"crypto/tls"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/clientassertion"
	"github.com/fosite-fapi/fosite-fapi/dpop"
)

// A Mutation changes a message before it is sent. Mutations are applied in order; those of this package are listed
// at [Param].
type Mutation func(*Message)

// A Message is a request of a client that is about to be sent.
type Message struct {
	Method string
	URL    string
	Header http.Header
	Form   url.Values
	// The client assertion, made of these last; nil claims send none.
	Claims    map[string]any
	JOSE      map[string]any
	Key       crypto.Signer
	Algorithm jose.SignatureAlgorithm // "none" makes an unsigned one
	// The DPoP proof, made of these; nil claims send none.
	Proof          map[string]any
	ProofJOSE      map[string]any
	ProofKey       crypto.Signer
	ProofAlgorithm jose.SignatureAlgorithm
	// The request object, made of these; nil claims send none. ObjectEncrypt makes a JWE of the JWS; nil doesn't.
	Object          map[string]any
	ObjectJOSE      map[string]any
	ObjectKey       crypto.Signer
	ObjectAlgorithm jose.SignatureAlgorithm
	ObjectEncrypt   func(jws string) (string, error)
	// Body replaces the encoded form; "" sends the form.
	Body string
	// Certificate is what the client presents to the server; nil means none.
	Certificate *tls.Certificate

	browsed bool  // by the user's browser
	err     error // of a mutation
}

// seal makes what is signed, so that later changes don't reach it.
func (m *Message) seal() error {
	if m.Claims != nil {
		assertion, err := Sign(m.Key, m.Algorithm, m.JOSE, m.Claims)
		if err != nil {
			return err
		}
		m.Form.Set("client_assertion", assertion)
		m.Form.Set("client_assertion_type", clientassertion.Type)
		m.Claims = nil
	}
	if m.Proof != nil {
		proof, err := Sign(m.ProofKey, m.ProofAlgorithm, m.ProofJOSE, m.Proof)
		if err != nil {
			return err
		}
		m.Header.Set(dpop.Header, proof)
		m.Proof = nil
	}
	return m.signObject()
}

func (m *Message) request(ctx context.Context) (*http.Request, error) {
	if m.err == nil {
		m.err = m.seal()
	}
	if m.err != nil {
		return nil, m.err
	}
	target, body := m.URL, m.Body
	switch {
	case m.Method == http.MethodGet && len(m.Form) > 0:
		target += "?" + m.Form.Encode()
	case body == "":
		body = m.Form.Encode()
	}
	if m.browsed && m.Method != http.MethodGet && m.Header["Content-Type"] == nil {
		m.Header.Set("Content-Type", formType)
	}
	req, err := http.NewRequestWithContext(ctx, m.Method, target, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header = m.Header
	return req, nil
}

const formType = "application/x-www-form-urlencoded"
