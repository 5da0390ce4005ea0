// Package fetch is the one door through which this module asks strangers for something: a client's jwks_uri, a
// sector_identifier_uri, a request_uri. A URL that a client has registered is an order to the server to open a
// connection, so the [Door] decides where to (RFC 9101 10.4, RFC 7591 5): https alone, no redirects, no addresses inside the
// house, bounded in size and time.
//
//	keys := &fetch.JWKS{Door: &fetch.Door{}}
//	set, err := keys.Get(ctx, client.JWKSURI, false) // true: a kid is unknown, ask again
//
// # What is refused, and when
//
// The address is judged when the connection is made, on the IP that the name has resolved to: a name that resolves to a
// public address first and to a private one later gains nothing. What is inside the house and must be reached is
// listed in [Door.AllowPrivate]. With an egress proxy the proxy decides, and resolves: see [Door.Proxy].
//
// # The cache
//
// [JWKS] keeps key sets for a while, serves them past that while the endpoint is down, waits longer after each failure, and
// asks an endpoint once however many requests need its keys at that moment. A client that sends made-up kids cannot turn the
// server into a hammer: forced refreshes of one URL have a pause between them.
//
// # What is not checked
//
// The keys themselves, beyond being public: which of them fits an algorithm is for whoever verifies. A response's Content-Type is
// looked at by [Door.GetTyped] only.
//
// # Clauses
//
//	F2-TLS-01, F2-CR-07  Door.Get: https alone, but for AllowHTTP
//	F2-TLS-05            Door.Get: the server's certificate is verified for its name
//	JAR-21               Door.GetTyped: the media type is one of those expected
//	RFC 7517 5           JWKS: keys of unknown type are skipped
package fetch
