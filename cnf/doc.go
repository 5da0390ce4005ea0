// Package cnf is the confirmation claim of RFC 7800: the value in a token that says which client
// certificate or which key its sender has to prove possession of.
//
// An authorization server makes one when it issues a token:
//
//	c := cnf.Confirmation{X5TS256: cnf.Thumbprint(leaf)} // RFC 8705: bound to a certificate
//	c := cnf.Confirmation{JKT: proof.Thumbprint}         // RFC 9449: bound to a DPoP key
//
// and a resource server checks it against what the caller has shown:
//
//	if err := token.Confirmation.Certificate(leaf); err != nil {
//		// 401, invalid_token
//	}
//
// # What it does not check
//
// That the caller possesses the private key: TLS does that for a certificate, the verification of
// the DPoP proof for a key. And not the certificate's chain or validity: a resource server need not
// (RFC 8705 6.2).
//
// A zero [Confirmation] is an unbound token. Whether that is acceptable is the caller's decision;
// the checks themselves always refuse it. The package depends on the standard library alone, so
// resource servers can use it without linking an authorization server.
//
// # Clauses
//
//	RFC 7800 3      the cnf claim, its members              [Confirmation]
//	RFC 8705 3      same certificate at the resource        [Confirmation.Certificate]   MTLS-10
//	RFC 8705 3.1    x5t#S256                                [Thumbprint]                 MTLS-11, MTLS-12
//	RFC 8705 3.2    cnf in introspection                    [Confirmation]               MTLS-13
//	RFC 9449 6.1    jkt                                     [Confirmation.Key]           DPOP-30
//	RFC 9449 7.1    the proof's key is the token's key      [Confirmation.Key]           DPOP-13
package cnf
