// Package jwk is the common ground of the packages that read signed JSON Web Tokens of others and write our own: which
// algorithms exist and which key fits which ([Fit]), which keys of a set may have made a signature ([Candidates]), and a
// strict reader of the compact serialisation ([Parse], [JWS.Verify]).
//
// Key sets and keys are go-jose's. The reader is our own. What it accepts go-jose accepts too, which a fuzz test holds it
// to, with one difference: members of the header by which a stranger could bring his own key (jwk, x5c) are not parsed,
// but ignored. It adds about a quarter of what go-jose adds to the cryptography.
//
//	RFC 7515 4.1.11   crit is refused, for no extension is understood
//	RFC 7515 5.2      the signature covers the bytes received, not a re-encoding of them
//	RFC 7515 7.1      three parts, canonical base64url, no white space
//	RFC 7797 6        b64 is refused
//	RFC 7518 3.1      no MAC, no "none": neither is in the table
//	RFC 7518 3.3, 3.5 RSA keys of 2048 bits or more; the salt of PSS is as long as the hash
//	RFC 8725 3.1, 3.2 the algorithm comes from the caller's list, the key must fit it by type, curve, use and alg
//	RFC 9864 2.2      "Ed25519" is understood next to "EdDSA"
//	FAPI 2.0 5.4.3    duplicates of a kid are told apart by kty, use, alg, crv
//
// Whether claims hold is not looked at here.
package jwk
