// Package pkce is Proof Key for Code Exchange (RFC 7636), S256 only.
//
// The core is three functions without any framework:
//
//	challenge, err := pkce.Challenge(form, true)    // authorization or pushed request
//	err := pkce.Verify(challenge, verifier)         // token request
//	challenge := pkce.S256(verifier)                // a client
//
// # With plain fosite
//
// [Factory] replaces compose.OAuth2PKCEFactory, and needs no setting of fosite.Config:
//
//	provider := compose.Compose(config, store, strategy,
//		compose.OAuth2AuthorizeExplicitFactory,
//		pkce.Factory, // after the handlers that issue codes, before those that store pushed requests
//		compose.PushedAuthorizeHandlerFactory,
//	)
//
// It differs from fosite's own handler: plain doesn't exist; a challenge is required of every client and must be a
// SHA-256 hash by its form; pushed requests are checked too; an unsuccessful verifier doesn't use the challenge up, so
// that a second attempt without one can't succeed; the challenge goes only after the code has gone. Where legacy
// clients can't send a challenge, a factory of the host's own sets [Handler].Required; a challenge that is
// sent is enforced even then.
//
// In fosite a handler can be asked about an authorization request only after the code of it was made and
// stored. A request that is refused here leaves such a code behind in the store; it never leaves the server.
//
// # What it does not check
//
// That a challenge is used for one transaction only, and that a verifier was chosen at random: the client
// must see to both (RFC 7636 7.1, RFC 9700 2.1.1).
//
// # Clauses
//
//	RFC 7636 4.1    the verifier's syntax                   [Verify]       PKCE-01
//	RFC 7636 4.2    S256                                    [S256]         PKCE-03
//	RFC 7636 4.3    an absent method is plain               [Challenge]    PKCE-04
//	RFC 7636 4.4    challenge bound to the code             [Handler]      PKCE-05
//	RFC 7636 4.4.1  missing challenge, unknown method       [Challenge]    PKCE-06, PKCE-07
//	RFC 7636 4.5    the verifier is required                [Verify]       PKCE-08
//	RFC 7636 4.6    the verifier matches                    [Verify]       PKCE-09
//	RFC 7636 7.2    no plain                                [Challenge]    PKCE-11, PKCE-16
//	RFC 9700 2.1.1  enforced where a challenge was sent     [Verify]       PKCE-12
//	RFC 9700 4.8.2  no verifier without a challenge         [Verify]       PKCE-13
package pkce
