package fapitest

import (
	"crypto"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// Param sets a parameter of the form, several values for one that is repeated. The other mutations are: of the form
// [NoParam], [AuthorizationDetails]; of the client assertion [Claim], [NoClaim], [Ahead], [JOSE], [SignedBy], [Unauthenticated]; of the DPoP
// proof all of these within [InProof], and [Unproven]; of the request object the same within [InObject], and [Plain]; of
// what is signed already [Sealed], [Tampered]; of the message
// itself [Header], [Method], [Body], [InQuery], [Basic]; of the connection [Presenting]; of the time [After]. Any
// other is a function of one's own.
func Param(name string, values ...string) Mutation {
	return func(m *Message) { m.Form[name] = values }
}

// AuthorizationDetails asks for authorization details (RFC 9396), each the text of a JSON object: in an authorization request
// or in a token request, and in the request object where there is one.
func AuthorizationDetails(objects ...string) Mutation {
	array := "[" + strings.Join(objects, ",") + "]"
	return func(m *Message) {
		if m.Object.Claims != nil {
			m.Object.Claims["authorization_details"] = json.RawMessage(array)
			return
		}
		Param("authorization_details", array)(m)
	}
}

// NoParam takes a parameter out of the form.
func NoParam(name string) Mutation { return func(m *Message) { m.Form.Del(name) } }

// Claim sets a claim of the client assertion.
func Claim(name string, value any) Mutation {
	return func(m *Message) {
		if m.Assertion.Claims == nil {
			m.Assertion.Claims = map[string]any{}
		}
		m.Assertion.Claims[name] = value
	}
}

// NoClaim takes a claim out of the client assertion.
func NoClaim(name string) Mutation { return func(m *Message) { delete(m.Assertion.Claims, name) } }

// Ahead sets a claim of the client assertion to the time that far from now, in seconds since 1970: a negative
// duration is in the past.
func Ahead(name string, d time.Duration) Mutation {
	return func(m *Message) { Claim(name, time.Now().Add(d).Unix())(m) }
}

// JOSE sets a member of the client assertion's protected header; nil takes it out.
func JOSE(name string, value any) Mutation {
	return func(m *Message) {
		if value == nil {
			delete(m.Assertion.Header, name)
			return
		}
		if m.Assertion.Header == nil {
			m.Assertion.Header = map[string]any{}
		}
		m.Assertion.Header[name] = value
	}
}

// SignedBy signs the client assertion with another key or algorithm. "none" leaves it unsigned. See [Key] for
// another client's key.
func SignedBy(key crypto.Signer, alg jose.SignatureAlgorithm) Mutation {
	return func(m *Message) { m.Assertion.Key, m.Assertion.Algorithm = key, alg }
}

// Unauthenticated sends no credential of the client. Its certificate stays.
func Unauthenticated(m *Message) {
	m.Assertion.Claims = nil
	m.Form.Del("client_secret")
	m.Header.Del("Authorization")
}

// InProof applies mutations of the client assertion to the DPoP proof instead.
func InProof(mutations ...Mutation) Mutation {
	return within(func(m *Message) { m.Assertion, m.Proof = m.Proof, m.Assertion }, mutations)
}

// InObject applies mutations of the client assertion to the request object instead, whose claims are the parameters of
// the authorization request.
func InObject(mutations ...Mutation) Mutation {
	return within(func(m *Message) { m.Assertion, m.Object = m.Object, m.Assertion }, mutations)
}

// within mutates between two swaps.
func within(swap Mutation, mutations []Mutation) Mutation {
	return func(m *Message) {
		swap(m)
		defer swap(m)
		for _, mutate := range mutations {
			mutate(m)
		}
	}
}

// Plain sends the parameters that stand in the request object as they are, without it.
func Plain(m *Message) {
	for name, value := range m.Object.Claims {
		if text, ok := value.(string); ok && name != "iss" && name != "aud" && name != "jti" {
			m.Form.Set(name, text)
		}
	}
	m.Object.Claims = nil
}

// Unproven sends no DPoP proof.
func Unproven(m *Message) { m.Proof.Claims = nil }

// Sealed signs assertion, proof and request object now, so that what comes after changes the message beside them: Param may then
// replace client_assertion_type, and [After] makes an old assertion of it.
func Sealed(m *Message) {
	if err := m.seal(); m.err == nil {
		m.err = err
	}
}

// Tampered signs the client assertion and changes its jti after that.
func Tampered(m *Message) {
	Sealed(m)
	parts := strings.Split(m.Form.Get("client_assertion"), ".")
	if len(parts) != 3 {
		return // unauthenticated already
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if m.err == nil {
		m.err = err
	}
	parts[1] = base64.RawURLEncoding.EncodeToString([]byte(strings.Replace(string(payload), `"jti":"`, `"jti":"x`, 1)))
	m.Form.Set("client_assertion", strings.Join(parts, "."))
}

// Header sets a header field; no values take it out.
func Header(name string, values ...string) Mutation {
	return func(m *Message) {
		m.Header.Del(name)
		for _, v := range values {
			m.Header.Add(name, v)
		}
	}
}

// Method sends the message by another HTTP method.
func Method(name string) Mutation { return func(m *Message) { m.Method = name } }

// Body replaces the body, and its type unless that is "".
func Body(contentType, text string) Mutation {
	return func(m *Message) {
		m.Body = text
		if contentType != "" {
			m.Header.Set("Content-Type", contentType)
		}
	}
}

// InQuery moves all parameters, the assertion among them, from the body to the query.
func InQuery(m *Message) {
	Sealed(m)
	m.URL += "?" + m.Form.Encode()
	m.Form = url.Values{}
}

// Basic adds HTTP Basic authentication (RFC 6749 2.3.1).
func Basic(id, secret string) Mutation {
	credentials := url.QueryEscape(id) + ":" + url.QueryEscape(secret)
	return Header("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(credentials)))
}

// Presenting sends the message with another client certificate; nil means with none. See [Certificate] for another
// client's.
func Presenting(certificate *tls.Certificate) Mutation {
	return func(m *Message) { m.Certificate = certificate }
}

// After lets that much time pass before the message is made: iat, exp and nbf of what is not signed yet move along.
// In a bubble of testing/synctest, where [Run] and [Table.Run] are, that costs no time; elsewhere it is slept.
func After(d time.Duration) Mutation {
	return func(m *Message) {
		Pass(d)
		for _, claims := range []map[string]any{m.Assertion.Claims, m.Proof.Claims, m.Object.Claims} {
			for _, name := range []string{"iat", "exp", "nbf"} {
				if at, ok := claims[name].(int64); ok {
					claims[name] = at + int64(d/time.Second)
				}
			}
		}
	}
}

// Pass lets that much time pass; see [After].
func Pass(d time.Duration) { <-time.After(d) }
