package jwe

import jose "github.com/go-jose/go-jose/v4"

// Derive is what go-jose gets from an Agreement for the header of a JWE.
func Derive(private any, header jose.Header) ([]byte, error) {
	return decrypter(private, publicOf(private)).(agreement).DecryptKey(nil, header)
}
