// Package fapitest helps to test an authorization server that is built on fosite and this module: certificates, a
// storage that behaves as a database does, and the contract that a host's own storage must keep.
//
// # Certificates
//
// [NewPKI] makes a certification authority in memory. It issues the TLS server's certificate and those of the clients,
// sound ones as well as expired ones, wrong ones and others' ones, for tls_client_auth and for certificate-bound
// access tokens (RFC 8705). [SelfSigned] makes those of self_signed_tls_client_auth. In tests the Must methods spare
// the error; programs use the same PKI without them.
//
//	pki := fapitest.MustPKI(t)
//	server.TLS = &tls.Config{
//		Certificates: []tls.Certificate{pki.MustServerCertificate(t)},
//		ClientAuth:   tls.VerifyClientCertIfGiven,
//		ClientCAs:    pki.Pool(),
//	}
//	cert := pki.MustClientCertificate(t, pkix.Name{CommonName: "tpp"}, fapitest.WithDNS("tpp.example.com"))
//
// # A storage
//
// [JSONStore] implements all that fosite's factories ask of a storage. It serialises on every write, hydrates on every
// read, and shares no pointer with its caller, as a database would. What holds on fosite's MemoryStore alone, where
// sessions are shared, is found out here. Its Fail field breaks or delays any operation; [TransactionalStore] adds
// transactions.
//
// # The contract of a storage
//
// [StoreContract] runs on a host's storage what fosite and this module rely on:
//
//	what                                            why
//	a request comes back whole, its form with all   the binding of tokens travels there
//	  keys, known or not, and long values
//	the session keeps expiry and subject            expired codes and tokens must not work
//	unknown keys are fosite.ErrNotFound             else they would be server errors
//	keys of 60 bytes, exact to the last             truncation, or folding of case, lets one
//	  character and its case                          token pass for another
//	a used code comes with its request              RFC 6749 section 4.1.2: a replay revokes
//	a revoked or rotated refresh token too          RFC 9700 section 4.14.2
//	revocation by request ID, of this one only      RFC 7009 section 2.1
//	a pushed request comes back whole               RFC 9126
//	a jti is taken by one of 32 callers at once     RFC 7523 section 3; single use rests on it
//	a rollback undoes, where there are              a code survives a failure to store tokens
//	  transactions
//
// What is not tested: compare-and-swap of codes, since this module brings its own single use, and speed.
package fapitest
