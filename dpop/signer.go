package dpop

import (
	"cmp"
	"crypto"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"time"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/json"

	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
)

// A Signer makes proofs: the client's side, for calling servers and for tests. Key is required. It is safe for concurrent
// use if its Key is.
type Signer struct {
	// Key is an *ecdsa.PrivateKey, an *rsa.PrivateKey, an ed25519.PrivateKey or anything that signs like them. Required.
	Key crypto.Signer
	// Algorithm is what it signs with. "": PS256 for RSA, the algorithm of its curve for ECDSA, EdDSA for Ed25519.
	Algorithm jose.SignatureAlgorithm
}

// ProofOptions say what a proof is for.
type ProofOptions struct {
	// Method is the HTTP method of the request. Required.
	Method string
	// URL is that of the request, absolute; its query and fragment are left out. Required.
	URL string
	// AccessToken is the one that is sent along. "": none, as at the authorization server.
	AccessToken string
	// Nonce is the last one that this server gave in a DPoP-Nonce header. "": none.
	Nonce string
	// Now is the clock. nil: time.Now.
	Now func() time.Time
}

// Proof makes a new proof, which is good for one request (RFC 9449 4.2). The error is ErrConfig, ErrKey for a Key that
// doesn't fit, ErrMethod, ErrURL, or ErrSigning, which wraps the Key's.
func (s *Signer) Proof(o ProofOptions) (string, error) {
	if s.Key == nil {
		return "", fmt.Errorf("%w: Key is nil", ErrConfig)
	}
	if o.Method == "" {
		return "", fmt.Errorf("%w: none", ErrMethod)
	}
	if _, ok := normalize(o.URL); !ok {
		return "", fmt.Errorf("%w: not an absolute http or https URL", ErrURL)
	}
	public := s.Key.Public()
	alg := cmp.Or(s.Algorithm, jwk.Default(public))
	if err := jwk.Fit(public, alg); err != nil {
		return "", fmt.Errorf("%w: %w", ErrKey, err)
	}

	header, err := json.Marshal(struct {
		Type      string                  `json:"typ"`
		Algorithm jose.SignatureAlgorithm `json:"alg"`
		Key       jose.JSONWebKey         `json:"jwk"`
	}{mediaType, alg, jose.JSONWebKey{Key: public}})
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrKey, err)
	}
	payload, err := json.Marshal(o.claims())
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrSigning, err)
	}

	b64 := base64.RawURLEncoding
	proof := b64.AppendEncode(nil, header)
	proof = append(proof, '.')
	proof = b64.AppendEncode(proof, payload)
	signature, err := s.sign(proof, alg)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrSigning, err)
	}
	proof = append(proof, '.')
	return string(b64.AppendEncode(proof, signature)), nil
}

func (o ProofOptions) claims() any {
	now := time.Now
	if o.Now != nil {
		now = o.Now
	}
	var hash string
	if o.AccessToken != "" {
		hash = AccessTokenHash(o.AccessToken)
	}
	return struct {
		ID              string `json:"jti"`
		Method          string `json:"htm"`
		URL             string `json:"htu"`
		IssuedAt        int64  `json:"iat"`
		AccessTokenHash string `json:"ath,omitempty"`
		Nonce           string `json:"nonce,omitempty"`
	}{rand.Text(), o.Method, withoutQuery(o.URL), now().Unix(), hash, o.Nonce}
}

func (s *Signer) sign(input []byte, alg jose.SignatureAlgorithm) ([]byte, error) {
	opts := jwk.SignerOpts(alg)
	if hash := opts.HashFunc(); hash != 0 {
		input = jwk.Digest(hash, input)
	}
	signature, err := s.Key.Sign(rand.Reader, input, opts)
	if err != nil {
		return nil, err
	}
	integer, size := jwk.SignatureSize(s.Key.Public())
	if integer != 0 {
		signature, err = jwk.AppendRaw(nil, signature, integer)
	}
	if err != nil || len(signature) != size {
		return nil, fmt.Errorf("what Key returned is no %s signature", alg)
	}
	return signature, nil
}
