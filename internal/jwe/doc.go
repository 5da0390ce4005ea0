// Package jwe is the common ground of the packages that encrypt a signed JSON Web Token to a client, or decrypt one that
// a client encrypted to this server: nested JWTs (RFC 7519 11.2), in compact serialisation, by public keys.
//
// go-jose does the cryptography and reads what strangers send. This package chooses the key ([Encrypt], [Key]) and
// refuses more than go-jose does:
//
//	RFC 7516 4.1.3    zip is refused before anything is decrypted, so that nothing can inflate
//	RFC 7516 4.1.13   crit is refused, for no extension is understood
//	RFC 7516 5.2      ECDH-ES has no Encrypted Key; the tag has the length that enc says
//	RFC 7516 7.1      canonical base64url, no white space
//	RFC 7516 11.5     whatever fails after the key was chosen is ErrDecryption, and nothing more is told
//	RFC 7518 4.1      no shared secrets: no dir, no key wrapping or password of one's own
//	RFC 7518 4.3      RSA keys of 2048 bits or more
//	RFC 7519 5.2      cty is "JWT" in what is written, and nothing else in what is read if it is there
//	FAPI 1.0 8.6.1-1  RSA1_5 never (F1A-ALG-04): it is not in the table
//
// A private key may be where it can't be seen: [Key] takes a [crypto.Decrypter] for RSA and an [Agreement] for elliptic
// curves.
//
// Whether what is inside is signed, and by whom, is not looked at here: encryption says nothing about the sender.
package jwe
