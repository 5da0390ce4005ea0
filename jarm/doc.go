// Package jarm sends authorization responses as signed, and if the client wants that encrypted, JWTs: JWT Secured
// Authorization Response Mode for OAuth 2.0 (JARM). It has both sides, the authorization server's and the client's.
//
// The smallest use, for an authorization server:
//
//	encoder := &jarm.Encoder{Issuer: "https://as.example.com", Signer: set} // a *keys.Set
//
//	client := jarm.Client{ID: "s6BhdRkqt3", Algorithm: "ES256"} // authorization_signed_response_alg
//	mode, err := jarm.Mode(form.Get("response_mode")).Resolve(form.Get("response_type"), client.Encrypted())
//	...
//	response, err := encoder.Encode(ctx, client, url.Values{"code": {code}, "state": {form.Get("state")}})
//	...
//	err = jarm.Deliver(rw, mode, redirectURI, response)
//
// An error goes the same way, with error, error_description and state as its parameters. A server built by fosite's
// compose gets all of it by one [Handler] in its config. For a client, [Verifier.Verify] proves a response.
//
// [WriteQuery], [WriteFragment] and [WriteFormPost] deliver plain responses as well.
//
// # What it does not check
//
// Deliver sends to whatever redirect URI it is given: that the client registered it is for the caller to know (the
// Handler asks fosite). Nor does the package know of requests: that the client may use a response mode, and that state is
// the one that was sent (JARM-50), is checked elsewhere. A response is bound to the client, not to the user agent, and
// a signature doesn't hide the code (JARM-52): use PKCE.
//
// Nothing is fetched: keys come from the caller's [Keys].
//
// # Clauses
//
//	JARM-01  2.1        iss, aud and exp in every response: Encoder
//	JARM-02  2.1        valid for five minutes, at most ten: Encoder.Lifetime
//	JARM-03  2.1        all parameters inside, errors too; one parameter "response" outside
//	JARM-04  2.1        strings as strings, expires_in as a number
//	JARM-05  2.1        extension parameters inside; no iss of RFC 9207 beside it
//	JARM-06  2.1        the Verifier ignores members of other types
//	JARM-07  2.1        no state unless the request had one
//	JARM-08  2.2        signed, or signed and then encrypted
//	JARM-09  2.3.1      query.jwt, the redirect URI's own query kept to the letter
//	JARM-10  2.3.1      query.jwt not with tokens, unless encrypted: ErrMode
//	JARM-11  2.3.2      fragment.jwt
//	JARM-12  2.3.3      form_post.jwt: a page that posts itself, or by a button
//	JARM-13  2.3.4      jwt: by the response type
//	JARM-20  2.4 (1)    decrypted first: ErrEncryption
//	JARM-21  2.4 (2)    iss, before any key is asked for: ErrIssuer
//	JARM-22  2.4 (3)    aud: ErrAudience
//	JARM-23  2.4 (4)    exp: ErrExpired
//	JARM-24  2.4 (5)    signature, never none: ErrSignature, ErrAlgorithm, ErrKey
//	JARM-25  2.4        no parameters before all checks pass
//	JARM-30  3          "none" and HMAC can't be allowed; RS256, the default of JARM, only by Encoder.Algorithms
//	JARM-31  3          no encryption unless registered
//	JARM-32  3          A128CBC-HS256 unless registered
//	JARM-33  3          keys with use "enc" or none: ErrKey
//	JARM-41  4          Modes, for response_modes_supported
//	F1A-ALG-04          RSA1_5 never: ErrAlgorithm
package jarm
