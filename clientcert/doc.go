// Package clientcert finds the certificate that the client of a request has proved to hold: in the
// TLS connection, or in a header that a proxy in front has set. It knows neither OAuth nor fosite;
// packages mtls and cnf say what a certificate is good for.
//
// Where the server itself terminates TLS, the source is [FromTLS]:
//
//	server.TLSConfig.ClientAuth = tls.RequestClientCert // not Require: others come without one
//	chain, err := clientcert.FromTLS(r)
//
// Behind a proxy it is a [Header]. RFC 9440's Client-Cert is the default; nginx, Envoy and Istio,
// AWS's Application Load Balancer, HAProxy, Traefik and others are there by [Kind]:
//
//	source, err := (&clientcert.Header{
//		TrustedPeers: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")},
//	}).Source()
//	...
//	chain, err := source(r)
//
// There is one source, chosen by configuration, never the first that has something: whoever can
// leave one of them empty would choose. A header from elsewhere than the proxy is no certificate. A
// header from the proxy that is there twice, malformed, too large or ambiguous is an error, to be
// answered with 400. The certificate on the proxy's own connection never counts as the client's.
// Where some clients come without the proxy, [Header].Direct takes those.
//
// # What the proxy must do
//
// The library can't see whether it does:
//
//   - Ask for a client certificate in the handshake, and have the client prove possession (every
//     TLS stack does).
//   - Remove or replace the header in what the client sends, when the client has no certificate
//     too. With nginx that is proxy_set_header, with Envoy SANITIZE_SET, with HAProxy http-request
//     del-header before set-header.
//   - Be the only one who can reach the server from its address. TrustedPeers are compared with
//     http.Request.RemoteAddr; a middleware that overwrites it from X-Forwarded-For hands the
//     choice to the client.
//
// # What it does not check
//
// Signatures, validity, trust, revocation and key usage: see mtls.Verifier. The proxy's own verdict
// ($ssl_client_verify and the like) isn't read.
//
// # Clauses
//
//	RFC 8705 2        the certificate of the TLS connection                      FromTLS           MTLS-01
//	RFC 8705 6.1      asked for in the handshake, judged later                   FromTLS           MTLS-18
//	RFC 8705 6.5      a terminating proxy forwards it; spoofed headers ignored   Header            MTLS-22
//	RFC 9440 2.2      Client-Cert: one Byte Sequence, once                       RFC9440
//	RFC 9440 2.3      Client-Cert-Chain: a List, never alone                     RFC9440
//	RFC 9440 4        only from a trusted proxy                                  Header
//	RFC 9700 4.13     headers of a reverse proxy are sanitised                   Header
package clientcert
