package fapi

// registrationRequirements are what a server with [WithRegistration] takes from RFC 7591 and RFC 7592.
var registrationRequirements = []Requirement{
	{"DCR-01", "RFC 7591 3", "Clients register by POST, as JSON, and by a token or a software statement that permits it.", AtRegistration},
	{"DCR-02", "RFC 7591 3.2.1", "A registration is answered by 201 with all that was registered, and not cached.", AtRegistration},
	{"DCR-03", "RFC 7591 3.2.2", "Metadata that can't be read or contradicts itself is refused by a registered code.", AtRegistration},
	{"DCR-04", "RFC 7591 2", "Unknown metadata is ignored.", AtRegistration},
	{"DCR-05", "RFC 7591 2, 3.2.1", "What the server replaces or fills in, it says.", AtRegistration},
	{"DCR-06", "RFC 7591 2", "jwks and jwks_uri exclude each other.", AtRegistration},
	{"DCR-07", "RFC 7591 2.1", "grant_types and response_types belong together.", AtRegistration},
	{"DCR-08", "RFC 7591 2.3, 3.1.1", "A software statement is signed by an issuer that is trusted, and takes precedence.", AtRegistration},
	{"DCR-09", "RFC 7591 5", "Clients of redirects register redirect URIs, https or of their own machine.", AtRegistration},
	{"DCR-10", "RFC 7591 5", "Metadata is self-asserted: the server chooses client_id, and the host what may be asked for.", AtRegistration},
	{"DCR-11", "RFC 7591 2", "The order of values means nothing.", AtRegistration},
	{"DCM-01", "RFC 7592 2, 3", "A client gets the URL and the token by which it manages its registration.", AtRegistration},
	{"DCM-02", "RFC 7592 2.1", "A client can read its registration, whose client_id stays the same.", AtRegistration},
	{"DCM-03", "RFC 7592 2.1", "A registration is managed by its own registration access token.", AtRegistration},
	{"DCM-04", "RFC 7592 2.1", "A client that isn't there gets 401, one that may not 403, another method 405.", AtRegistration},
	{"DCM-05", "RFC 7592 2.2", "An update names its client, and nothing that the server alone sets.", AtRegistration},
	{"DCM-06", "RFC 7592 2.2", "An update replaces: what it leaves out is gone.", AtRegistration},
	{"DCM-07", "RFC 7592 2.2", "A client doesn't choose its secret.", AtRegistration},
	{"DCM-08", "RFC 7592 2.2", "An update that is refused changes nothing.", AtRegistration},
	{"DCM-09", "RFC 7592 2.3", "A client that was deleted is unknown at once, and what it was issued is worth nothing.", AtRegistration},
	{"DCM-10", "RFC 7592 3, 5", "Registration access tokens can't be guessed, and live as long as their client.", AtRegistration},
}
