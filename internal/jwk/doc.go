// Package jwk is the common ground of the packages that read signed JSON Web Tokens of others and write our own: which
// algorithms exist and which key fits which ([Fit]), which keys of a set may have made a signature ([Candidates]), and a
// strict use of go-jose for the compact serialisation ([Parse], [JWS.Verify]).
//
// Everything that a stranger sends is parsed and verified by go-jose, which is asked to read a header once where a
// signature under it verified ([Memo]). This package only refuses more than go-jose does:
//
//	RFC 7515 4.1.11   crit is refused, for no extension is understood
//	RFC 7515 7.1      canonical base64url, no white space: what verifies is what was signed, byte for byte
//	RFC 7797 6        b64 is refused
//	RFC 7518 3.1      no MAC, no "none": neither is in the table
//	RFC 7518 3.3      RSA keys of 2048 bits or more
//	RFC 8725 3.1, 3.2 the algorithm comes from the caller's list, the key must fit it by type, curve, use and alg
//	RFC 9864 2.2      "Ed25519" is read as EdDSA, in a header and as the alg of a key, and never written
//	FAPI 2.0 5.4.3    duplicates of a kid are told apart by kty, use, alg, crv
//
// RFC 7518 3.5 wants the salt of RSASSA-PSS as long as the hash. We sign so; go-jose verifies any length.
//
// Whether claims hold is not looked at here.
package jwk
