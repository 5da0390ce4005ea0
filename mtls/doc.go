// Package mtls authenticates OAuth clients by their X.509 certificate (RFC 8705, section 2):
// tls_client_auth, by a certificate that an authority has issued for a registered subject, and
// self_signed_tls_client_auth, by a certificate or key that the client has registered itself. It
// knows no fosite, and HTTP only to fetch revocation lists.
//
//	verifier := &mtls.Verifier{Roots: roots}
//
//	// tls_client_auth: chain is what the client presented, leaf first.
//	err := verifier.Verify(ctx, chain, mtls.Subject{DN: "CN=client-1,O=Third Party Ltd,C=GB"})
//
//	// self_signed_tls_client_auth: jwks is what the client registered.
//	err = mtls.VerifySelfSigned(chain[0], jwks)
//
// The chain comes from package clientcert. Each refusal has its own sentinel; at an OAuth endpoint
// all of them but [ErrSubject] are invalid_client, and that is a fault in the registration.
//
// # Distinguished names
//
// Subject.DN is an RFC 4514 string and is compared by distinguishedNameMatch with the subject as it
// is encoded in the certificate, so that what a tool prints for a certificate can be registered as
// it is:
//
//   - Attribute types are known by the names of RFC 4514 and RFC 4519 and those in eIDAS,
//     CA/Browser Forum and open banking certificates, in any case; any type by its OID, with "OID."
//     before it or not.
//   - Values are text in any of the ASN.1 string types. Case, spaces at the ends and the number of
//     spaces within don't count (caseIgnoreMatch). #hexadecimal BER of a string counts as its text;
//     other BER must be equal octet by octet.
//   - Attributes joined by + are a set. The order of RDNs counts, and is the reverse of the
//     encoding's (RFC 4514 2.1): "CN=...,O=...,C=...". No other order is tried.
//   - From RFC 2253 remain spaces around separators, values in quotes, and the OID. prefix. A
//     semicolon must be escaped.
//   - Stricter than RFC 4518: values with control characters (NUL above all), private characters or
//     nothing but spaces match nothing and can't be registered; letters composed and decomposed
//     differ, as do ligatures and wide forms; case is folded one character to one.
//
// # Subject alternative names
//
// One entry of the kind must be equal: DNS names but for the case of ASCII, without regard to
// wildcards in the certificate; IP addresses in binary; e-mail addresses exactly before the @, but
// for the case after it; URIs but for the case of scheme and host.
//
// # Revocation
//
// [CRL] checks each certificate of the path, but for the trust anchor, against the lists of its issuers, from files or
// http(s) URLs that the host names. It fails closed: without a list in force that the issuer has signed, a
// certificate is refused.
//
//	crl := &mtls.CRL{URLs: []string{"http://crl.ecosystem.example/root.crl", "http://crl.ecosystem.example/issuing.crl"}}
//	verifier := &mtls.Verifier{Roots: roots, Revoked: crl.Revoked}
//	err := crl.Load(ctx) // at the start: says what is wrong with the sources
//
// Lists for users only, for authorities only and for some distribution points count for those. Delta lists,
// indirect ones, those of some reasons or of attribute certificates, those without nextUpdate, with critical extensions not
// known here, or signed by SHA-1 are refused whole; freshestCRL is ignored, so that a complete list tells
// without its deltas. A certificate on hold is revoked while it is listed. Between two lists of one source the
// newer by thisUpdate counts, and one that the issuer didn't sign replaces none, for as long as the one before is
// in force.
//
// OCSP (RFC 6960) is not here; Verifier.Revoked is the place for it, alone or after a CRL.
//
// # What it does not check
//
// Possession of the private key (the TLS handshake has), where the chain comes from (clientcert),
// revocation unless Verifier.Revoked is set, that a token is bound to the certificate (cnf), key sizes and
// algorithms beyond those of crypto/x509, and for self-signed certificates anything but
// registration.
//
// # Clauses
//
//	RFC 8705 2        no certificate: ErrNoCertificate             Verify, VerifySelfSigned   MTLS-03
//	RFC 8705 2.1      the chain is valid, for clients              Verifier.Verify            MTLS-04
//	RFC 8705 2.1      one subject, compared predictably            Subject.Matches            MTLS-04
//	RFC 8705 2.1.2    exactly one subject value                    Subject.Validate           MTLS-05
//	RFC 8705 2.1.2    iPAddress compared in binary                 Subject.SANIP              MTLS-06
//	RFC 8705 2.2      certificate registered; chain not looked at  VerifySelfSigned           MTLS-07
//	RFC 8705 2.2.2    key and first certificate of x5c agree       VerifySelfSigned           MTLS-08
//	RFC 8705 7.4      trust anchors are named, not the system's    Verifier.Roots             MTLS-24
//	RFC 8705 7.5      NUL and wildcards                            Subject                    MTLS-25
//	RFC 4514          string form of names                         Subject.DN
//	RFC 4517 4.2.15   distinguishedNameMatch                       Subject.DN
//	RFC 5280 6        path validation                              crypto/x509
//	RFC 5280 5, 6.3   revocation lists                             CRL
package mtls
