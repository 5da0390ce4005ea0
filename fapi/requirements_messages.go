package fapi

// What the profiles take from the specifications of their messages: requests, responses, introspection, metadata.

var pushedRequirements = []Requirement{
	{"PAR-01", "RFC 9126 2", "A request is pushed by POST, as a form in the body.", AtPushedRequest},
	{"PAR-02", "RFC 9126 2", "Metadata names the endpoint for pushed requests.", AtComposition},
	{"PAR-03", "RFC 9126 2", "A pushed request may have every parameter of an authorization request.", AtPushedRequest},
	{"PAR-04", "RFC 9126 2", "Clients authenticate as at the token endpoint, by what they registered.", AtClientAuthentication},
	{"PAR-06", "RFC 9126 2.1", "client_id of a pushed request is the client that authenticated.", AtPushedRequest},
	{"PAR-07", "RFC 9126 2.1-2", "A pushed request has no request_uri.", AtPushedRequest},
	{"PAR-08", "RFC 9126 2.1-3", "A pushed request is a valid authorization request of its client.", AtPushedRequest},
	{"PAR-09", "RFC 9126 2.2", "A pushed request is answered by 201, request_uri and expires_in.", AtPushedRequest},
	{"PAR-10", "RFC 9126 2.2, 7.1", "request_uri can't be guessed.", AtPushedRequest},
	{"PAR-11", "RFC 9126 2.2", "request_uri is used by the client that pushed the request.", AtAuthorization},
	{"PAR-12", "RFC 9126 2.3", "Errors of pushed requests are JSON, never a redirect.", AtPushedRequest},
	{"PAR-13", "RFC 9126 2.3", "What needs the user is not judged when a request is pushed.", AtPushedRequest},
	{"PAR-14", "RFC 9126 2.3", "Where request objects are required, a pushed request is one.", AtPushedRequest},
	{"PAR-15", "RFC 9126 2.3", "Another method is answered by 405, a large request by 413.", AtPushedRequest},
	{"PAR-20", "RFC 9126 3", "Beside a request object nothing but client authentication counts.", AtPushedRequest},
	{"PAR-21", "RFC 9126 3-3", "client_id of a pushed request object is the client that authenticated.", AtPushedRequest},
	{"PAR-22", "RFC 9126 4", "An authorization request is client_id and request_uri; nothing else counts.", AtAuthorization},
	{"PAR-23", "RFC 9126 4, 7.3", "request_uri is used once.", AtAuthorization},
	{"PAR-24", "RFC 9126 4", "request_uri is known and has not expired.", AtAuthorization},
	{"PAR-25", "RFC 9126 4", "A request is judged again when it is used, for registrations change.", AtAuthorization},
	{"PAR-26", "RFC 9126 4", "Where requests must be pushed, others are refused.", AtAuthorization},
	{"PAR-27", "RFC 9126 5", "Metadata says whether requests must be pushed.", AtComposition},
	{"PAR-28", "RFC 9126 5", "A pushed request is used whatever the metadata says of request_uri.", AtAuthorization},
	{"PAR-29", "RFC 9126 6", "A client that registered require_pushed_authorization_requests pushes its requests.", AtAuthorization},
}

var pkceRequirements = []Requirement{
	{"PKCE-01", "RFC 7636 4.1", "code_verifier has 43 to 128 unreserved characters.", AtToken},
	{"PKCE-03", "RFC 7636 4.2", "code_challenge is the SHA-256 of the verifier, in base64url without padding.", AtPushedRequest},
	{"PKCE-04", "RFC 7636 4.3", "A code_challenge without a method is plain, and so refused.", AtPushedRequest},
	{"PKCE-05", "RFC 7636 4.4", "The challenge is bound to the code.", AtAuthorization},
	{"PKCE-06", "RFC 7636 4.4.1", "A request that needs a code_challenge has one.", AtPushedRequest},
	{"PKCE-07", "RFC 7636 4.4.1", "code_challenge_method is S256.", AtPushedRequest},
	{"PKCE-08", "RFC 7636 4.5", "A code with a challenge is redeemed with a code_verifier.", AtToken},
	{"PKCE-09", "RFC 7636 4.6", "code_verifier fits the challenge.", AtToken},
	{"PKCE-11", "RFC 7636 7.2", "S256 never falls back to plain.", AtToken},
	{"PKCE-12", "RFC 9700 2.1.1", "Where there was a challenge, the verifier is enforced.", AtToken},
	{"PKCE-13", "RFC 9700 2.1.1, 4.8.2", "A code_verifier for a request without challenge is refused.", AtToken},
	{"PKCE-14", "RFC 9700 2.1.1", "Metadata names S256 alone.", AtComposition},
}

var objectRequirements = []Requirement{
	{"JAR-02", "RFC 9101 4", "A request object has neither request nor request_uri in it.", AtPushedRequest},
	{"JAR-03", "RFC 9101 4", "Claims of a request object have the JSON types of their parameters.", AtPushedRequest},
	{"JAR-04", "RFC 9101 4", "iss of a request object is the client, aud this server, and its time has come and not passed.", AtPushedRequest},
	{"JAR-05", "RFC 9101 4", "A request object is signed before it is encrypted.", AtPushedRequest},
	{"JAR-06", "RFC 9101 5", "An authorization request with a request object has client_id beside it.", AtAuthorization},
	{"JAR-07", "RFC 9101 5", "request and request_uri exclude each other.", AtAuthorization},
	{"JAR-08", "RFC 9101 5, 6.3", "Of a request with an object, only what stands in the object counts.", AtAuthorization},
	{"JAR-09", "RFC 9101 5", "A request object needs nothing but client_id beside it.", AtAuthorization},
	{"JAR-10", "RFC 9101 5.2", "request_uri has 512 characters at most.", AtAuthorization},
	{"JAR-11", "RFC 9101 5.2", "request_uri of a client's own is an https URL.", AtAuthorization},
	{"JAR-13", "RFC 9101 6.1", "An encrypted request object can be decrypted, by an allowed algorithm.", AtPushedRequest},
	{"JAR-14", "RFC 9101 6.2", "A request object is signed with a key of its client, by an allowed algorithm.", AtPushedRequest},
	{"JAR-15", "RFC 9101 6.3", "client_id of a request object is that of the request.", AtPushedRequest},
	{"JAR-16", "RFC 9101 7", "A client that registered no request_uris sends none.", AtAuthorization},
	{"JAR-17", "RFC 9101 8", "A request object is fetched over TLS, from a server whose name was checked.", AtAuthorization},
	{"JAR-18", "RFC 9101 10.1", "A request object is signed.", AtPushedRequest},
	{"JAR-21", "RFC 9101 10.4", "A request object is fetched from where the client registered it, and has the right media type and hash.", AtAuthorization},
	{"JAR-22", "RFC 9101 10.5", "Where signed request objects are required, a request is one.", AtAuthorization},
	{"JAR-23", "RFC 9101 10.8", "No other JWT is taken for a request object.", AtPushedRequest},
	{"JAR-24", "RFC 9101 9.4.1", "typ of a request object is oauth-authz-req+jwt, JWT or absent.", AtPushedRequest},
	{"JAR-30", "OpenID Connect Registration 2", "A request object is signed with the registered algorithm.", AtPushedRequest},
	{"JAR-31", "OpenID Connect Registration 2", "A request object is encrypted as the client registered it.", AtPushedRequest},
	{"JAR-32", "OpenID Connect Discovery 3", "Metadata says whether request and request_uri are taken, and that request_uris are registered.", AtComposition},
}

var jarmRequirements = []Requirement{
	{"JARM-01", "JARM 2.1", "The response JWT has iss, aud and exp of the server's own.", AtAuthorization},
	{"JARM-02", "JARM 2.1", "The response JWT lives for 10 minutes at most.", AtAuthorization},
	{"JARM-03", "JARM 2.1", "Every response parameter stands in the JWT, those of errors too.", AtAuthorization},
	{"JARM-04", "JARM 2.1", "Response parameters have the JSON types of their values.", AtAuthorization},
	{"JARM-05", "JARM 2.1", "Nothing stands beside the JWT.", AtAuthorization},
	{"JARM-07", "JARM 2.1", "state stands in the JWT only if it was sent.", AtAuthorization},
	{"JARM-08", "JARM 2.2", "The response JWT is signed, and encrypted after that if at all.", AtAuthorization},
	{"JARM-09", "JARM 2.3.1", "query.jwt puts the JWT into the query, and keeps what was there.", AtAuthorization},
	{"JARM-10", "JARM 2.3.1", "query.jwt is not for ID tokens, unless it is encrypted.", AtPushedRequest},
	{"JARM-11", "JARM 2.3.2", "fragment.jwt puts the JWT into the fragment.", AtAuthorization},
	{"JARM-12", "JARM 2.3.3", "form_post.jwt posts the JWT by a form.", AtAuthorization},
	{"JARM-13", "JARM 2.3.4", "jwt is query.jwt for a code and fragment.jwt for what has an ID token.", AtPushedRequest},
	{"JARM-30", "JARM 3", "The response JWT is signed with the registered algorithm, never with none.", AtAuthorization},
	{"JARM-31", "JARM 3", "The response JWT is encrypted only for clients that registered it.", AtAuthorization},
	{"JARM-32", "JARM 3", "Where no enc is registered it is A128CBC-HS256.", AtAuthorization},
	{"JARM-33", "JARM 3", "The response JWT is encrypted to a key of the client that is for it.", AtAuthorization},
	{"JARM-40", "JARM 4", "Metadata names the algorithms of response JWTs.", AtComposition},
	{"JARM-41", "JARM 4", "Metadata names the response modes of JARM.", AtComposition},
}

var issuerRequirements = []Requirement{
	{"ISS-01", "RFC 9207 2", "Every authorization response has iss, in the JWT where there is one.", AtAuthorization},
	{"ISS-02", "RFC 9207 2", "The issuer identifier is an https URL without query and fragment.", AtComposition},
	{"ISS-03", "RFC 9207 2.3", "The issuer of the metadata is iss to the letter.", AtComposition},
	{"ISS-04", "RFC 9207 3", "Metadata says that responses have iss.", AtComposition},
}

var introspectionRequirements = []Requirement{
	{"INT-01", "RFC 7662 2.1", "Introspection takes a form with token by POST; a wrong hint hinders nothing.", AtIntrospection},
	{"INT-02", "RFC 7662 2.1", "The caller of introspection authenticates.", AtIntrospection},
	{"INT-03", "RFC 7662 2.2", "Of a token that is not active nothing else is said.", AtIntrospection},
	{"INT-04", "RFC 7662 2.2", "An introspection response has active, and the other members in their types.", AtIntrospection},
	{"INT-05", "RFC 7662 4", "A token is active only if it is live and the caller may see it.", AtIntrospection},
	{"INT-24", "RFC 8705 3.2, RFC 9449 6.2", "Introspection tells cnf.", AtIntrospection},
	{"INT-26", "RFC 9701 3", "A client uses the grants that it registered, and no others.", AtToken},
}

var signedIntrospectionRequirements = []Requirement{
	{"INT-10", "RFC 9701 3", "A resource server learns of the tokens that are for it.", AtIntrospection},
	{"INT-11", "RFC 9701 4", "A JWT answers a request that accepts application/token-introspection+jwt.", AtIntrospection},
	{"INT-12", "RFC 9701 5", "A caller that does not authenticate gets no JWT.", AtIntrospection},
	{"INT-13", "RFC 9701 5", "A signed introspection response has its media type and its typ.", AtIntrospection},
	{"INT-14", "RFC 9701 5", "A signed introspection response has iss, aud, iat and token_introspection.", AtIntrospection},
	{"INT-15", "RFC 9701 5", "Of a token that is not active, token_introspection says nothing else.", AtIntrospection},
	{"INT-17", "RFC 9701 5", "A signed introspection response has neither sub nor exp at its top.", AtIntrospection},
	{"INT-18", "RFC 9701 5", "An introspection response is signed before it is encrypted.", AtIntrospection},
	{"INT-20", "RFC 9701 7", "Metadata names the algorithms of signed introspection.", AtComposition},
	{"INT-23", "FAPI 2.0 MS 5.5.1", "Introspection responses are signed by an algorithm of the profile.", AtIntrospection},
	{"INT-27", "RFC 9701 5", "Members keep their names inside token_introspection.", AtIntrospection},
}

var metadataRequirements = []Requirement{
	{"MD-01", "RFC 8414 2", "issuer is an https URL without query and fragment.", AtComposition},
	{"MD-02", "RFC 8414 3", "The document of RFC 8414 stands between host and path of the issuer.", AtComposition},
	{"MD-03", "OpenID Connect Discovery 4", "The document of OpenID Connect stands behind the path of the issuer.", AtComposition},
	{"MD-04", "RFC 8414 3.2", "Metadata is JSON with status 200.", AtComposition},
	{"MD-05", "RFC 8414 3.2", "Empty lists are left out.", AtComposition},
	{"MD-10", "RFC 8414 2", "Where private_key_jwt is offered, its algorithms are named, without none.", AtComposition},
	{"MD-11", "RFC 8414 2", "Keys to sign and keys to encrypt say their use.", AtComposition},
}
