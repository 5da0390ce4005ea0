// Package ecosystems shows how the rules of an ecosystem are put on top of a profile: UK Open Banking, Open Finance Brazil and
// the Australian Consumer Data Right on FAPI 1.0 Advanced, ConnectID on FAPI 2.0 with signed requests. Everything is made by
// the public API: fields of a profile, and [fapi.Rule]s added by With.
//
// They are examples to start from, not the ecosystems' conformance. What each holds was read in a public text, named in its
// file with the clause. What that text leaves to the host, or what could not be read, is left out and listed here:
//
//	ecosystem            left out                                              because
//	UK Open Banking      the security profile's own clauses                    its text was not at hand; the rules are those of
//	                                                                           the Read/Write profiles and of the certification suite
//	UK Open Banking      acr values for strong authentication                  the host's login decides
//	Open Finance Brazil  x-fapi-interaction-id demanded at every endpoint      rules see no header; fapi.Interactions answers it
//	Open Finance Brazil  acr in every ID token, cpf and cnpj in it             the host's session holds them
//	Open Finance Brazil  tokens that end with the consent (7.2.2)              the host's consent API knows
//	Open Finance Brazil  dynamic client registration                           another specification
//	CDR                  an arrangement of another consumer is refused         who she is is known after login: see fapi.Claims
//	CDR                  no refresh token for a sharing_duration of zero       the host grants offline_access, or doesn't
//	CDR                  one-time passwords, no other passwords                the host's login page
//	ConnectID            identity claims and trust frameworks                  the host's ID tokens hold them
//	ConnectID            error_description that is invalid_purpose and nothing  the library adds the requirement's ID to each
//	                     else
//	ConnectID            the profile's text                                    its clauses are numbered and worded as the
//	                                                                           certification suite checks them
//
// Where a rule needs what only the host knows, the profile takes a function for it.
package ecosystems
