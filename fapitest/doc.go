// Package fapitest tests authorization servers that are built on fosite and this module: a policy in sentences, on a
// server in this process whose clients speak every flow and can get every message wrong.
//
// # A rule and its test
//
// An ecosystem's rule is a value, added to a profile:
//
//	var acme7 = fapi.Rule{
//		Requirement: fapi.Requirement{ID: "ACME-7", Stage: fapi.AtPushedRequest, Clause: "Acme Bank 7", Text: "A payment says what it is for."},
//		Check: func(_ context.Context, r *fapi.Request) error {
//			if r.Parameters.Get("purpose") == "" {
//				return fosite.ErrInvalidRequest.WithHint("Send purpose.")
//			}
//			return nil
//		},
//	}
//
// Its test says what is kept and what is refused. The two differ in one thing, the parameter, so that the refusal is
// about that:
//
//	func TestAcme7(t *testing.T) {
//		fapitest.Table{
//			{Name: "ACME-7/kept", Do: fapitest.Push(fapitest.Param("purpose", "rent")), Want: fapitest.Accepted()},
//			{Name: "ACME-7/refused", Do: fapitest.Push(), Want: fapitest.Refused("ACME-7", "invalid_request", 400)},
//		}.Run(t, fapitest.Config{Rules: []fapi.Rule{acme7}})
//	}
//
// A row is a [Step] and a [Check]. [Push] runs a flow up to its own message, which mutations change; Refused wants
// the ID in the audit, the code and the status at the client, and that nothing else leaks. Each row has a server of its
// own, in a bubble of testing/synctest, and takes about a millisecond. At the end the rule is left out, and one of its
// rows must fail: a test that can't is none.
//
// # What can be done
//
// Every message of a flow is a step: [Push], [Visit], [Redeem], [Refresh], [ClientCredentials], [Introspect],
// [Revoke], [Resource]; [Authorize] and [Flow] change the authorization request and go on from there. Steps are
// changed by who does them and who decides: [Step.As], [Step.By], [Step.Denied], [Step.Granted], [Step.Registered],
// [Step.Pushing], [Step.Twice], [Step.Then].
//
// Messages are changed by mutations, listed at [Param]: a claim taken out, an algorithm swapped, another client's key
// or certificate, a proof of another request. Another client's are known by name: [Key], [Certificate].
//
//	fapitest.Push(fapitest.NoClaim("jti"))
//	fapitest.Push(fapitest.SignedBy(fapitest.Key("client-b", jose.ES256), jose.ES256))
//	fapitest.Resource(fapitest.Presenting(fapitest.Certificate("client-b")))
//	fapitest.Resource(fapitest.InProof(fapitest.Claim("htm", "POST")))
//	fapitest.Push(fapitest.InObject(fapitest.NoClaim("exp")))
//	fapitest.Redeem(fapitest.After(61 * time.Second))
//
// The last one lets time pass, which costs nothing in the bubble.
//
// Answers are judged by [Accepted], [Refused], [Member], [Returned], [IDTokenClaim], [Audited] and so on. Steps,
// mutations and checks are plain functions: where one is missing, write it in place.
//
// # What server
//
// [Config] says it: profiles and rules, the store, the user or the host's own login, options, factories for legacy
// clients, the host's own composition and handlers. [ClientConfig] says which clients: every authentication method,
// algorithm and binding. What a profile demands of its clients, signed requests for example, they do unasked.
//
//	fapitest.Config{
//		Store:   func(clients ...fosite.Client) fosite.Storage { return newStore(t, clients) },
//		Options: []fapi.Option{fapi.WithAccessTokenFormat(fapi.JWT)},
//		Clients: []fapitest.ClientConfig{{Algorithm: jose.PS256, Binding: fapi.BindingDPoP}, {AuthMethod: "tls_client_auth"}},
//	}
//
// What is no table takes the [Server] and writes out what happens: [Run] in a bubble, [NewServer] outside.
//
//	fapitest.Run(t, config, func(s *fapitest.Server) {
//		code := s.Code()
//		tokens := s.Redeem(code)
//		fapitest.Accepted()(s, tokens)
//		fapitest.Refused("F2-AZ-09", "invalid_grant", 400)(s, s.Redeem(code))
//		fapitest.Active(false)(s, s.Introspect(tokens.Text("access_token")))
//	})
//
// # A rule without a server
//
// [Judgements] try a rule's own cases, microseconds each, where a table shows that it is asked:
//
//	fapitest.Judgements{
//		{Name: "rent", Rule: acme7, Given: fapitest.Given("purpose", "rent")},
//		{Name: "nothing", Rule: acme7, Want: "invalid_request"},
//	}.Run(t)
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
// [RegistrationContract] does so for clients that register themselves: of 32 that create or change one at once one wins, and
// nothing brings a client back that was deleted.
//
// What is not tested: compare-and-swap of codes, since this module brings its own single use, and speed.
package fapitest
