// Package requestobject verifies authorization requests that a client has signed: request objects (RFC 9101, OpenID
// Connect Core 6), plain or encrypted, by value or by reference.
//
// The smallest use, for an authorization server that speaks FAPI:
//
//	verifier := &requestobject.Verifier{Issuer: "https://as.example.com"}
//
//	// POST /par with request=...
//	object, err := verifier.Verify(ctx, form.Get("request"), requestobject.Client{
//		ID:        client.ID,
//		Algorithm: "PS256", // request_object_signing_alg
//		Keys:      requestobject.StaticKeys(client.JWKS),
//	})
//	form = object.Form() // in place of what was sent beside it
//
// It must be called before anything reads the form, and its form replaces the other one whole: a parameter that is only
// outside doesn't count (JAR-01, JAR-08). So it goes before fosite, whose own reading of request objects is then never
// reached. [Peek] tells which client an object claims to be from; only [Verifier.Verify] proves it.
//
// # FAPI and plain JAR
//
// The zero value is as FAPI has it: aud, exp and nbf are required, exp comes at most 60 minutes after nbf, and nbf is at
// most 60 minutes old. [Plain] returns a Verifier by RFC 9101 alone, where those may be absent; what is there is judged
// all the same. client_id is required by both, and the signature. A client whose objects aren't signed is not served.
//
// # Encrypted objects
//
// A nested JWT is decrypted by the server's keys, [Verifier.Decryption], and then verified as any other. RSA1_5 and
// compressed objects are never opened. If [Client.EncryptionAlgorithm] is set, objects of that client that aren't
// encrypted are refused, and those by another alg or enc. OpenID Connect Registration 2 calls the registration a mere
// declaration; who wants to treat it as such leaves the field empty.
//
// # By reference
//
// [Fetcher] gets what an https request_uri refers to: only a URL that the client has registered, over TLS, without
// redirects, never from a private address, bounded in time and size, and of the right media type. A fragment must be the
// SHA-256 hash of what comes, and lets it be cached. What comes is then for Verify. A request_uri of a pushed request is
// none of this package's business.
//
// # Which claim becomes what
//
//	client_id, redirect_uri, state, nonce, response_mode, code_challenge,
//	code_challenge_method, dpop_jkt, display, id_token_hint, login_hint     a string, as it is
//	max_age                                                                 digits (1e3 is 1000), or a string as it is
//	scope, response_type, prompt, acr_values, ui_locales, claims_locales,
//	audience                                                                a string as it is, or an array of strings,
//	                                                                        joined by spaces
//	resource                                                                a string, or an array: a value for each
//	claims, authorization_details, registration                             an object or array as compact JSON text, or
//	                                                                        a string as it is
//	any other                                                               a string as it is, a whole number in digits,
//	                                                                        true or false, compact JSON text
//
// A claim of another type is ErrParameter, and so is a number that isn't whole: nothing is rounded. null and the empty
// string are as good as absent (RFC 6749 3.1). Never in the form: iss, sub, aud, exp, nbf, iat, jti, and client_secret,
// client_assertion, client_assertion_type, which don't count inside (RFC 9126 3).
//
// # What it does not check
//
// What the parameters say: that redirect_uri is registered, that scope or nonce is there. That a client_id sent along is
// the same, that request and request_uri aren't sent both, and that a client that must sign did (JAR-06, JAR-07, JAR-22):
// that is for the caller, who reads the form. Nor does Verify fetch anything: keys, from a jwks_uri too, come from the
// caller's [Keys]. Several issuers in one process (tenants) have a Verifier each.
//
// Every error is one of the package's sentinels, wrapped, and quotes nothing of the object but the names of known
// parameters. RFC 9101 7 wants them to reach the client as invalid_request_object, those of a Fetcher as
// invalid_request_uri; ErrKeysUnavailable, ErrDecryptionKeys and ErrReplayStore are nothing that the client did.
//
// # Clauses
//
//	JAR-01, JAR-08      RFC 9101 4, 6.3   Object.Form: all that is inside, and nothing else
//	JAR-02              RFC 9101 4        no request or request_uri inside: ErrNested
//	JAR-03              RFC 9101 4        claims become form values: ErrParameter; UTF-8, whole characters: ErrMalformed
//	JAR-04              RFC 9101 4        iss is the client if it is there: ErrIssuer
//	JAR-05              RFC 9101 4        signed, then encrypted; cty is "JWT" if it is there: ErrContentType
//	JAR-10, JAR-11      RFC 9101 5.2      request_uri: https, 512 ASCII characters: ErrRequestURI
//	JAR-13              RFC 9101 6.1      decryption: ErrDecryption
//	JAR-14              RFC 9101 6.2      signature by the client: ErrSignature, ErrKey, ErrAlgorithm, ErrMalformed
//	JAR-15              RFC 9101 6.3      client_id is the client: ErrClientID
//	JAR-17, JAR-21      RFC 9101 8, 10.4  fetched from registered URLs only: ErrUnregistered, ErrFetch, ErrMediaType
//	JAR-18              RFC 9101 10.1     signed: ErrUnsigned
//	JAR-23              RFC 9101 10.8     no other token is taken for a request object, and none for an assertion:
//	                                      ErrType, ErrSubject, ErrClientID
//	JAR-24              RFC 9101 9.4.1    typ and media type: absent, JWT and oauth-authz-req+jwt: ErrType, ErrMediaType
//	JAR-30              OIDC Reg. 2       the registered algorithm only: ErrRegisteredAlgorithm
//	JAR-31              OIDC Reg. 2       the registered encryption only: ErrEncryptionRequired, ErrRegisteredEncryption
//	F1A-AS-13, F2-MS-04 FAPI 5.2.2-13     exp: ErrExpiryMissing, ErrExpired, ErrLifetime
//	F1A-AS-15, F2-MS-02 FAPI 5.2.2-15     aud is the issuer, or an array that has it: ErrAudience
//	F1A-AS-17, F2-MS-03 FAPI 5.2.2-17     nbf: ErrNotBeforeMissing, ErrTooOld, ErrNotYet
//	F2-MS-05            FAPI MS 5.3.1-5   typ oauth-authz-req+jwt is accepted
//	F1A-ALG-01, -02     FAPI 1.0 8.6      PS256, ES256, EdDSA unless Algorithms says otherwise: ErrAlgorithm
//	F1A-ALG-03          FAPI 1.0 8.6      "none" can't be allowed: ErrUnsigned
//	F1A-ALG-04          FAPI 1.0 8.6.1    RSA1_5 can't be allowed: ErrEncryptionAlgorithm
//	OIDC Core 6.2                         the hash in the fragment of a request_uri: ErrHash
package requestobject
