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
	// Assertion, Proof and Object are the client assertion, the DPoP proof and the request object. They are signed when
	// everything else has been changed; see [Sealed].
	Assertion, Proof, Object JWT
	// Encrypt makes a JWE of the request object; nil leaves it signed alone.
	Encrypt func(jws string) (string, error)
	// Body replaces the encoded form; "" sends the form.
	Body string
	// Certificate is what the client presents to the server; nil means none.
	Certificate *tls.Certificate

	browsed bool  // by the user's browser
	err     error // of a mutation
}

// A JWT is one that a message carries, once it is signed. Nil claims mean that it carries none.
type JWT struct {
	Header    map[string]any // beside alg
	Claims    map[string]any
	Key       crypto.Signer
	Algorithm jose.SignatureAlgorithm // "none" makes an unsigned one
}

// Sign makes it; see the function [Sign].
func (j JWT) Sign() (string, error) { return Sign(j.Key, j.Algorithm, j.Header, j.Claims) }

// take signs the JWT, if there is one, and leaves none. The result is "" then.
func (j *JWT) take() (string, error) {
	if j.Claims == nil {
		return "", nil
	}
	signed, err := j.Sign()
	if err == nil {
		j.Claims = nil
	}
	return signed, err
}

// seal makes what is signed, so that later changes don't reach it.
func (m *Message) seal() error {
	assertion, err := m.Assertion.take()
	if err != nil {
		return err
	}
	if assertion != "" {
		m.Form.Set("client_assertion", assertion)
		m.Form.Set("client_assertion_type", clientassertion.Type)
	}
	proof, err := m.Proof.take()
	if err != nil {
		return err
	}
	if proof != "" {
		m.Header.Set(dpop.Header, proof)
	}
	object, err := m.Object.take()
	if err == nil && object != "" && m.Encrypt != nil {
		object, err = m.Encrypt(object)
	}
	if err != nil {
		return err
	}
	if object != "" {
		m.Form.Set("request", object)
	}
	return nil
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
