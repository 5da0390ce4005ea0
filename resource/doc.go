// Package resource is net/http middleware for resource servers: the APIs that access tokens are for. It lets a request pass
// that brings a valid token of one authorization server, which is bound to the request's sender and good for the route,
// and answers all others as RFC 6750 and RFC 9449 say.
//
// It works with every authorization server that issues JWT access tokens (RFC 9068) or offers introspection (RFC 7662), and
// links neither fosite nor anything else of one.
//
// # The smallest use
//
//	rs, err := resource.New(resource.Config{
//		Issuer:   "https://as.example.com",
//		Audience: []string{"https://api.example.com"},
//	})
//	...
//	mux.Handle("GET /accounts", rs.Protect(accounts, resource.Scope("accounts")))
//
// The keys are found by the issuer's metadata. The handler finds who is calling:
//
//	token := resource.TokenFrom(r.Context())
//	list(w, token.Subject)
//
// Rights beyond scopes (RFC 9396) are in token.AuthorizationDetails. A token with some that can't be read is refused.
//
// Tokens that are bound to a client certificate (RFC 8705) are compared with that of the TLS connection. The server must ask
// for one, tls.Config.ClientAuth = tls.RequestClientCert; behind a proxy set Config.Certificates. For tokens bound to a key (RFC 9449)
// set Config.DPoP and Config.BaseURLs. Tokens that are bound to nothing are refused.
//
//	BaseURLs: []string{"https://api.example.com"},
//	DPoP:     &dpop.Verifier{Replay: replay.NewMemory(0)}, // several processes need a store that they share
//
// # Revoked tokens, opaque tokens
//
// A JWT says nothing of its revocation. With [Introspection] the issuer is asked, about JWTs too, and its answer holds for 30
// seconds: no revoked token works longer. Opaque tokens need it.
//
//	Formats: []resource.Format{resource.Opaque}, // nil: JWT
//	Introspection: &resource.Introspection{
//		ClientID: "accounts-api",
//		Keys:     keys.Static(set), // private_key_jwt; nil: mutual TLS by Config.Transport
//		Signed:   true,             // RFC 9701
//	},
//
// Answers are kept by the SHA-256 of the token, so many and so long; one question is asked at a time about one token, and
// so many altogether. What the issuer says of a JWT can take from it, never add.
//
// A resource server in the process of its issuer, as /userinfo is, needs no network to ask:
//
//	Introspection: &resource.Introspection{Local: lookUp, TTL: -1}, // a revoked token is refused at once
//
// # When the issuer is down
//
// Keys serve for an hour longer than usual, answers about tokens not a moment. What can't be checked is refused with 503 and
// temporarily_unavailable, never with 401: the client need not get a new token. [Server.Ready] is for a readiness probe.
//
// # What the client is told, and the log
//
// Who sends no credentials gets the challenges alone. Others get an error code, a fixed description and the ID of the
// requirement. A [Refusal], with the cause, goes to Config.Refused and to the log; neither holds a token, a proof or a key.
// Each request is logged with its x-fapi-interaction-id, the client's if it is a UUID, which the response always has;
// handlers have it by [InteractionID].
//
// # What it does not check
//
// Whose resource it is: that is for the handler, or for a [Requirement]. The chain and the validity of a client certificate, which the
// authorization server has judged (RFC 8705 6.2). Encrypted tokens are not understood.
// An access token in a form is refused when it stands within the first 64 KiB; it is never used. CORS (F1B-RS-12) belongs outside
// of Protect, so that preflight requests, which bring no token, don't reach it; it must expose WWW-Authenticate and
// DPoP-Nonce to scripts that use DPoP (DPOP-72).
//
// A proof is good for one call, so a request goes through one Protect.
//
// # Clauses
//
//	F2-RS-01, BT-02, F1B-RS-02  Authorization header, Bearer or DPoP, in any case         ErrNoToken, ErrCredentials
//	F2-RS-02, F1B-RS-03         not in the query                                         ErrQuery
//	BT-01, DPOP-43              once, by one method                                      ErrMultiple, ErrCredentials, ErrBody
//	F2-RS-03, F1B-RS-04         valid, intact, not expired, not revoked                  ErrSignature, ErrExpired, ErrInactive, ...
//	AT-01                       the audience of the route                                Audience, ErrAudience
//	F2-RS-04, F1B-RS-05         the scopes of the route, 403 else                        Scope, ErrScope
//	F1B-RS-06                   the owner's resources alone                              Requirement, TokenFrom
//	F2-RS-05, F1A-RS-02         bound to the sender                                      ErrUnbound, ErrConfirmation, ErrScheme
//	F1B-RS-07, F1B-RS-08        JSON; Date, which net/http sends
//	F1B-RS-09, F1B-RS-10        x-fapi-interaction-id, echoed or new, and logged         InteractionHeader, InteractionID
//	F1B-RS-11                   x-fapi-customer-ip-address is let be
//	BT-03, BT-04                challenges, error codes, statuses                        Refusal
//	OA-14                       descriptions in the characters of RFC 6749
//	AT-01                       RFC 9068 4: typ, iss, aud, exp, iat, sub, client_id, jti ErrType, ErrIssuer, ErrAudience, ErrClaim
//	INT-21, JW-02               no other JWT passes for an access token                  ErrType
//	F2-CR-01 to F2-CR-05        algorithms by list, keys that fit them                   ErrAlgorithm, ErrKey
//	F2-CR-08, F2-CR-09          jku and x5u are not used; a kid twice                    ErrKey
//	F2-AS-13                    iat and nbf: 10 s ahead is accepted, 60 s is not         ErrNotYet
//	MD-02, MD-03                metadata at either place                                 Config.Issuer
//	MD-06, MD-07                under the identifier of the issuer, to the letter        ErrMetadata
//	F2-TLS-05, F2-TLS-07, MD-09 the issuer's certificate is verified; TLS 1.2 or later   Config.Transport
//	MTLS-10                     the same certificate as at the token endpoint            ErrBinding, ErrCertificate
//	MTLS-13, INT-24             cnf of introspection responses                           Token.Confirmation
//	MTLS-17                     the alias of the introspection endpoint                  Introspection.Keys
//	MTLS-19                     self-signed certificates are as good                     Config.Certificates
//	MTLS-22, BCP-19             headers of a proxy, by package clientcert                Config.Certificates
//	DPOP-01 to DPOP-15, DPOP-71 the proof, by package dpop                               ErrProof
//	DPOP-13, DPOP-30, DPOP-40   a proof by the token's key, for this token               ErrProof
//	DPOP-41                     DPoP challenge with algs; invalid_token for another key
//	DPOP-42                     a token bound to a key isn't a bearer token              ErrScheme
//	DPOP-53, DPOP-54            nonces: use_dpop_nonce, DPoP-Nonce                       dpop.Verifier.Nonces, NonceOptional
//	INT-01, INT-02              introspection request, authenticated                     Introspection
//	INT-06                      answers are not kept beyond exp                          Introspection.TTL
//	INT-11 to INT-15, INT-25    signed responses: typ, iss, aud, iat, signature          Introspection.Signed, ErrIntrospection
//	INT-18                      encrypted responses                                      Introspection.Decryption
//	F2-MS-12                    asked for signed, plain is refused                       Introspection.Signed
//	F2-AS-08                    the assertion's audience is the issuer as a string       Introspection.Keys
package resource
