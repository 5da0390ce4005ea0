// Package dpop checks and makes DPoP proofs: JWTs by which the sender of a request proves that it has the private key
// that a token is bound to (RFC 9449). It serves authorization servers, resource servers and clients alike.
//
// The smallest use, at the token endpoint:
//
//	verifier := &dpop.Verifier{
//		Replay: store, // replay.NewMemory(0) for a server of one process
//	}
//
//	raw, err := dpop.FromHeader(r.Header)
//	proof, err := verifier.Verify(ctx, raw, dpop.Request{
//		Method: r.Method,
//		URLs:   []string{"https://as.example.com/token"},
//	})
//	claims["cnf"] = cnf.Confirmation{JKT: proof.Thumbprint} // the access token is bound to the key
//
// A resource server sets AccessToken and Thumbprint too, and has checked both only if neither is "": an access token
// without cnf.jkt is no token for the DPoP scheme. An authorization server that was given a dpop_jkt, or a proof with the
// pushed authorization request, sets Thumbprint when the code is redeemed. Verify spends the proof, so it is called
// once for each request.
//
// # Nonces
//
// With [Nonces] a server makes clients show that a proof is fresh. Where they are required, a proof without a good one
// is ErrNonceRequired or ErrNonce: answer use_dpop_nonce with [Nonces.Current] in a DPoP-Nonce header. To spare clients
// that round trip, send the current one with every answer to a proof that had another. That a client which was given a
// nonce must go on using one (DPOP-55) is what Request.NonceRequired is for: nothing is remembered of clients here.
//
// # What it does not check
//
// The access token itself, the scheme it came with (a bound token sent as Bearer must be refused, DPOP-42), and whether a
// client must use DPoP (dpop_bound_access_tokens, DPOP-27). A proof needs neither nbf nor exp, because iat bounds its life;
// one that has them is held to them.
//
// Every error is one of the package's sentinels, wrapped, and quotes nothing of the proof. An authorization server answers
// them with 400 and invalid_dpop_proof (DPOP-21), a resource server with 401 and a DPoP challenge (DPOP-41), in which
// ErrThumbprint is better called invalid_token. ErrReplayStore and ErrConfig are the server's own trouble.
//
// # Clauses
//
//	DPOP-01    RFC 9449 4.3-1          one header: FromHeader, ErrMissing, ErrMultiple
//	DPOP-02    RFC 9449 4.3-2          one well-formed JWT of at most 8 KiB: ErrMalformed
//	DPOP-03    RFC 9449 4.3-4          typ: ErrType; other JWTs are no proofs (DPOP-71)
//	DPOP-04    RFC 9449 4.3-5          alg, asymmetric and allowed: ErrAlgorithm
//	DPOP-05    RFC 9449 4.3-7          jwk, public: ErrKey
//	DPOP-06    RFC 9449 4.3-6          signature: ErrSignature
//	DPOP-07    RFC 9449 4.3-3          claims present: ErrIDMissing, ErrMethod, ErrURL, ErrIssuedAtMissing; Signer makes them
//	DPOP-08    RFC 9449 4.3-8          htm: ErrMethod
//	DPOP-09    RFC 9449 4.3-9          htu without query and fragment: ErrURL
//	DPOP-10    RFC 9449 4.3            htu is normalised by RFC 3986 6.2.2 and 6.2.3
//	DPOP-11    RFC 9449 4.3-10         nonce: ErrNonce (DPOP-51), ErrNonceRequired (DPOP-50, DPOP-55)
//	DPOP-12    RFC 9449 4.3-11         iat, and exp where it is there: ErrExpired, ErrNotYet
//	DPOP-13    RFC 9449 4.3-12         ath and the bound key: ErrAccessTokenHash, ErrThumbprint
//	DPOP-14    RFC 9449 4.2            other claims and header members are ignored
//	DPOP-15    RFC 9449 11.1           used once per key while iat lets it pass: ErrReplayed; jti of at most 256 bytes
//	DPOP-30    RFC 9449 6.1            Thumbprint
//	DPOP-44    RFC 9449 7.3            Signer makes a new proof each time
//	DPOP-52    RFC 9449 8.1            syntax of nonces
//	DPOP-60    RFC 9449 10             dpop_jkt: ValidThumbprint, Request.Thumbprint, ErrThumbprint; none: any key (DPOP-64)
//	DPOP-73    RFC 9449 11.1           a nonce may be used again, the proof may not
//	DPOP-74    RFC 9449 11.8, 11.10    SHA-256
//	F2-AS-10   FAPI 2.0 5.3.2.1-10     nonces
//	F2-AS-13   FAPI 2.0 5.3.2.1-13     iat and nbf may be 10 s ahead, and never more than 60
//	F2-CR-01   RFC 8725                algorithms by list, key and algorithm must fit, typ is checked, no crit
//	F2-CR-02   FAPI 2.0 5.4.1-1.2      PS256, ES256, EdDSA unless Algorithms says otherwise
//	F2-CR-03   FAPI 2.0 5.4.1-1.3      "none" can't be allowed, nor can HMAC
//	F2-CR-04   FAPI 2.0 5.4.1-2, -3    RSA keys of 2048 bits, curves of RFC 7518 only (F2-CR-05)
//	F2-CR-08   FAPI 2.0 5.4.2-2        jku and x5u in the header are never used
package dpop
