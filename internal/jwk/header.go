package jwk

import (
	"fmt"

	jose "github.com/go-jose/go-jose/v4"
)

// A header is a protected header as go-jose read it. Many JWS may share one: it never changes.
type header struct {
	algorithm jose.SignatureAlgorithm
	keyID     string
	typ       string
	key       *jose.JSONWebKey
	read      jose.Signature // the header alone; with a signature in its place, go-jose verifies that
}

// headers spares go-jose the reading of the same header again: half of what it costs to verify an ES256 signature beside
// the cryptography itself.
var headers Memo[*header]

func newHeader(read jose.Signature) (*header, error) {
	for _, extension := range []jose.HeaderKey{"crit", "b64"} {
		if _, ok := read.Protected.ExtraHeaders[extension]; ok {
			return nil, fmt.Errorf("%w: %s", ErrCritical, extension)
		}
	}
	var typ string
	if member, ok := read.Protected.ExtraHeaders[jose.HeaderType]; ok {
		if typ, ok = member.(string); !ok {
			return nil, fmt.Errorf("%w: typ not a string", ErrMalformed)
		}
	}
	read.Signature = nil
	return &header{
		algorithm: Named(jose.SignatureAlgorithm(read.Protected.Algorithm)),
		keyID:     read.Protected.KeyID,
		typ:       typ,
		key:       read.Protected.JSONWebKey,
		read:      read,
	}, nil
}

// with reads the other two parts of a JWS that has this header.
func (h *header) with(encoded, payload, signature string) (*JWS, error) {
	claims, ok := Decode(payload)
	if !ok {
		return nil, fmt.Errorf("%w: not canonical base64url", ErrMalformed)
	}
	value, ok := Decode(signature)
	if !ok {
		return nil, fmt.Errorf("%w: not canonical base64url", ErrMalformed)
	}
	return h.jws(encoded, claims, value), nil
}

func (h *header) jws(encoded string, payload, signature []byte) *JWS {
	j := &JWS{
		Algorithm: h.algorithm, KeyID: h.keyID, Type: h.typ, Payload: payload, Key: h.key,
		encoded: encoded, signatures: [1]jose.Signature{h.read},
	}
	j.signatures[0].Signature = signature
	return j
}
