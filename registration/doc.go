// Package registration holds what a client has registered: one type for the client metadata of RFC 7591 and of the
// specifications that add to it, one validation, a ready fosite client over both, and the endpoints by which clients register
// themselves.
//
// # Use
//
// A registration document, whoever wrote it, becomes a [Metadata] by [Parse] and is judged by [Metadata.Validate]:
//
//	m, err := registration.Parse(body)
//	if err == nil {
//		err = m.Validate()
//	}
//	for _, problem := range registration.Problems(err) {
//		// problem.Code is the error code of RFC 7591 3.2.2, problem.Field the member at fault
//	}
//
// Metadata is a plain struct: encoding/json reads and writes it as well, with unknown members ignored (RFC 7591 2) and unset
// ones omitted. A configuration file that embeds it may turn unknown members into errors with
// [encoding/json.Decoder.DisallowUnknownFields]. What [Parse] adds is for strangers: a bound on the size, member names that
// match exactly, duplicates refused, and keys of unknown types skipped instead of failing the whole document.
//
// A [Client] is a fosite client over Metadata. A host that has a client type of its own keeps it, and gives it the
// method RegistrationMetadata() *Metadata.
//
// # Endpoints
//
// [Endpoints] let clients register and manage their registration (RFC 7591, RFC 7592), with a [Store] behind them: [Memory], or
// a host's own, of four methods. Who may register, an [InitialAccess] says by a token, or [Statements] by a software
// statement; what may be registered, the Judge. They have handlers for a server of their own; package fapi puts its
// profiles in as the Judge.
//
//	e := &registration.Endpoints{Store: store, URL: url, InitialAccess: tokens, Judge: judge}
//	mux.Handle("/register", e.Registration())
//	mux.Handle("/register/{client_id}", e.Configuration())
//
// A client is what it was registered as: no client gets a secret. It gets a registration access token of 256 bits, of which
// the store has a hash, and which lives as long as the client. An update replaces the whole registration, in one step, and
// never brings back one that was deleted meanwhile. What can be used once is used when all else holds.
//
// # Defaults
//
// The defaults of RFC 7591 are methods, never filled into the fields, so that what was registered can be told from what was left
// out: [Metadata.AuthMethod], [Metadata.Grants], [Metadata.Responses]. Several defaults of the specifications name algorithms
// that FAPI forbids (RS256 for ID tokens and JARM); those are not offered here at all, an absent algorithm is "".
//
// # What is not checked
//
// Validate knows the RFCs, not the profiles: whether private_key_jwt is demanded or an algorithm is allowed is a profile's business. It
// fetches nothing: jwks_uri, sector_identifier_uri and request_uris are judged by their form. The subject DN of a tls_client_auth
// client is not parsed.
//
// Requests that are JWTs themselves (application/jwt), as some ecosystems have them, are not understood, and members for
// several languages (client_name#de) are unknown ones. Whether logo_uri and the like have the host of the redirect URIs is
// for the Judge.
//
// # Clauses
//
//	DCR-01   RFC 7591 3              Endpoints.Register: POST, JSON, a token or a software statement
//	DCR-02   RFC 7591 3.2.1          WriteResponse
//	DCR-03   RFC 7591 3.2.2          FieldError.Code, AnswerTo
//	DCR-04   RFC 7591 2              unknown members are ignored
//	DCR-06   RFC 7591 2              jwks and jwks_uri exclude each other
//	DCR-07   RFC 7591 2.1            grant_types and response_types agree
//	DCR-08   RFC 7591 2.3            Statements
//	DCR-09   RFC 7591 2, 5           redirect URIs: present where needed; https, http on this machine, or a private scheme
//	DCR-11   RFC 7591 2              the order of arrays and scopes means nothing
//	DCM-01   RFC 7592 2, 3           Response
//	DCM-02   RFC 7592 2.1            Endpoints.Read
//	DCM-03   RFC 7592 2.1            Bearer, TokenHash
//	DCM-04   RFC 7592 2.1            Endpoints.Manage, ErrToken, ErrForbidden, ErrMethod
//	DCM-05   RFC 7592 2.2            ErrClientID, ErrReserved
//	DCM-06   RFC 7592 2.2            Endpoints.Update
//	DCM-07   RFC 7592 2.2            ErrSecret
//	DCM-08   RFC 7592 2.2            Store.UpdateRegistration
//	DCM-09   RFC 7592 2.3            Endpoints.Delete
//	DCM-10   RFC 7592 3, 5           NewToken
//	MTLS-05  RFC 8705 2.1.2          exactly one subject for tls_client_auth
//	MTLS-07  RFC 8705 2.2            self_signed_tls_client_auth needs registered keys
//	MTLS-08  RFC 7517 4.7            x5c certifies the key that it stands beside
//	F2-CR-03 RFC 8725 3.2            "none" is not an algorithm, nor is RSA1_5
//	F2-CR-04 RFC 7518 3.3            RSA keys have 2048 bits or more
//	F2-CR-07 RFC 7591 2, 5           jwks_uri is https
//	F2-CR-09 RFC 7517 4.5            no two keys that cannot be told apart
package registration
