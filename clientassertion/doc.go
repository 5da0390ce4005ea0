// Package clientassertion authenticates clients that sign a JWT: private_key_jwt (RFC 7523 2.2, OpenID Connect Core 9).
//
// The smallest use, for an authorization server that speaks FAPI 2.0:
//
//	verifier := &clientassertion.Verifier{
//		Audience: clientassertion.Audience{Issuer: "https://as.example.com"},
//		Replay:   store, // replay.NewMemory(0) for a server of one process
//	}
//
//	// POST /token with client_assertion_type = clientassertion.Type
//	issuer, subject, err := clientassertion.Peek(form.Get("client_assertion"))
//	client := find(subject)
//	assertion, err := verifier.Verify(ctx, form.Get("client_assertion"), clientassertion.Client{
//		ID:        client.ID,
//		Algorithm: "ES256", // token_endpoint_auth_signing_alg
//		Keys:      clientassertion.StaticKeys(client.JWKS),
//	})
//
// [Peek] tells who claims to call, to find the client by; only [Verifier.Verify] proves it, by go-jose. Verify spends the
// jti, so it is called once for each request.
//
// # What it does not check
//
// That client_assertion_type is [Type], that a client_id sent along is the client's, and that the request holds no second
// method of authentication (RFC 6749 2.3): that is for the caller, who reads the form. Nor does it fetch anything: keys,
// from a jwks_uri too, come from the caller's [Keys]. Client secrets (client_secret_jwt) are not supported.
//
// Every error is one of the package's sentinels, wrapped, and quotes nothing of the assertion. RFC 7523 3.2 wants all of
// them to reach the client as invalid_client (CA-08), but for ErrKeysUnavailable and ErrReplayStore, which are the
// server's own trouble.
//
// # Clauses
//
//	CA-01      RFC 7523 2.2            Type; Peek gives the sub for the caller to compare client_id with
//	CA-02      RFC 7523 3 (1, 2)       iss = sub = client ID: ErrIssuer, ErrSubject
//	CA-03      RFC 7523 3 (3)          aud: ErrAudience
//	F2-AS-08   FAPI 2.0 5.3.2.1-8      aud is the issuer as a JSON string and nothing else, unless Audience allows more
//	CA-04      RFC 7523 3 (4)          exp: ErrExpiryMissing, ErrExpired, ErrLifetime
//	CA-05      RFC 7523 3 (5, 6)       nbf and iat: ErrNotYet
//	F2-AS-13   FAPI 2.0 5.3.2.1-13     nbf and iat may be 10 s ahead, and never more than 60
//	CA-06      OIDC Core 9             jti is required and used once: ErrIDMissing, ErrReplayed
//	CA-07      RFC 7523 3 (9)          signature: ErrSignature, ErrKey
//	CA-09      OIDC Registration 2     the registered algorithm only: ErrAlgorithm
//	CA-10      RFC 7523bis             typ "client-authentication+jwt" is understood: ErrType
//	F2-CR-01   RFC 8725                algorithms by list, key and algorithm must fit, typ is checked, no crit
//	F2-CR-02   FAPI 2.0 5.4.1-1.2      PS256, ES256, EdDSA unless Algorithms says otherwise; "Ed25519"
//	                                   (RFC 9864) is another name for EdDSA
//	F2-CR-03   FAPI 2.0 5.4.1-1.3      "none" can't be allowed, nor can HMAC
//	F2-CR-04   FAPI 2.0 5.4.1-2, -3    RSA keys of 2048 bits, curves of RFC 7518 only (F2-CR-05)
//	F2-CR-08   FAPI 2.0 5.4.2-2        jku, x5u, jwk and x5c in the header are never used; a jwk or x5c that go-jose can't
//	                                   read is ErrMalformed
//	F2-CR-09   FAPI 2.0 5.4.3          keys with the same kid are told apart by kty, use, alg, crv
package clientassertion
