// Package keys holds the server's own keys: it signs JWTs, keeps what others encrypt for, and publishes the public halves.
//
// The smallest use, a key made at start:
//
//	key, err := keys.Generate(jose.ES256)
//	set, err := keys.New(key)
//	token, err := set.Sign(ctx, "", "JWT", claims)   // "": by the first key
//	json.NewEncoder(w).Encode(set.Public())          // the answer of the jwks_uri
//
// A private key is a [crypto.Signer], so it may live in an HSM or a KMS; what it signs with is one algorithm, and one key
// ID is its name. Keys from a file are read by [ParseJWKS].
//
// # Rotation
//
// A [Set] never changes; a rotation is a new Set from the same [Source]. For relying parties that cache the published
// set, a key should be seen there before it signs and for as long as what it signed is valid:
//
//	keys.New(keys.Key{Signer: old}, keys.Key{Signer: next, VerifyOnly: true}) // publish the next one
//	keys.New(keys.Key{Signer: next}, keys.Key{Signer: old, VerifyOnly: true}) // sign with it
//	keys.New(keys.Key{Signer: next}, keys.Retired(oldPublic, "", ""))         // the private half of the old one is gone
//	keys.New(keys.Key{Signer: next})
//
// # Decryption
//
// Clients encrypt what they send, request objects above all, for a key that the server publishes with use "enc". A
// [DecryptionSet] holds the private halves, also such that an HSM keeps; [DecryptionSet.Keys] is what decrypts.
// Signing and decryption take separate keys, which may stand in one document ([ParseJWKS], [ParseDecryption]). In a
// rotation the key before goes on decrypting, unpublished, for as long as clients may have it cached:
//
//	keys.NewDecryption(keys.DecryptionKey{Private: next}, keys.DecryptionKey{Private: old, Unpublished: true})
//
// # What it does not do
//
// Which algorithms a profile permits is for the caller to say: every asymmetric one of RFC 7518 is taken here, and EdDSA by
// that name only (go-jose doesn't know "Ed25519" of RFC 9864). [Set.Algorithms] names those in use. Claims are neither written nor checked, so [Set.Verify] proves who signed, not that
// a token is still valid. Nothing is encrypted.
//
// # Clauses
//
//	RFC 7515 4.1.4    kid is always in the header
//	RFC 7515 4.1.9    typ is written as given, and compared without case and "application/"
//	RFC 7517 4, 5     published keys carry use, alg and kid, and no private member
//	RFC 7518 3.3, 3.5 RSA keys of 2048 bits or more; PS256 for RSA unless something else is asked for, signed with a salt
//	                  as long as the hash
//	RFC 7518 3.4      each ECDSA algorithm has its curve
//	RFC 7518 4.3, 4.6 decryption by RSA-OAEP, RSA-OAEP-256 and ECDH-ES, alone or with AES key wrap; never by RSA1_5
//	RFC 7638 3        the thumbprint is the default kid
//	RFC 8725 3.1      a signature is verified by the algorithm of its key only; a decryption key has one algorithm
//	FAPI 2.0 5.4.1    short keys are refused, "none" and MACs don't exist
//	FAPI 2.0 5.4.3    a kid names one key
package keys
