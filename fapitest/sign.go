package fapitest

import (
	"crypto"
	"encoding/base64"
	"encoding/json"
	"fmt"

	"github.com/go-jose/go-jose/v4"
)

// Sign makes a compact JWS of claims with any algorithm that go-jose knows, also those that a server must refuse;
// "none" makes an unsigned one.
func Sign(key crypto.Signer, alg jose.SignatureAlgorithm, header, claims map[string]any) (string, error) {
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	if alg == "none" {
		return unsigned(header, payload)
	}
	options := &jose.SignerOptions{}
	for name, value := range header {
		options.WithHeader(jose.HeaderKey(name), value)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, options)
	if err != nil {
		return "", fmt.Errorf("fapitest: %s: %w", alg, err)
	}
	jws, err := signer.Sign(payload)
	if err != nil {
		return "", err
	}
	return jws.CompactSerialize()
}

func unsigned(header map[string]any, payload []byte) (string, error) {
	all := map[string]any{"alg": "none"}
	for name, value := range header {
		all[name] = value
	}
	raw, err := json.Marshal(all)
	if err != nil {
		return "", err
	}
	b64 := base64.RawURLEncoding.EncodeToString
	return b64(raw) + "." + b64(payload) + ".", nil
}
