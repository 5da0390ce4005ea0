package fapi

// What the profiles take from OAuth 2.0, its best current practice, JWT and OpenID Connect.

var oauthRequirements = []Requirement{
	{"OA-01", "RFC 6749 3.1, 3.2", "A parameter occurs once; unknown ones are ignored.", AtPushedRequest},
	{"OA-02", "RFC 6749 3.1.2", "redirect_uri is an absolute URI without fragment.", AtPushedRequest},
	{"OA-03", "RFC 6749 4.1.2.1", "An unknown client or redirect URI is told to the user; nobody is redirected.", AtAuthorization},
	{"OA-04", "RFC 6749 3.1.2.3", "redirect_uri is compared as a string.", AtPushedRequest},
	{"OA-05", "RFC 6749 3.2", "The token endpoint takes POST alone, with the parameters in the body.", AtToken},
	{"OA-06", "RFC 6749 3.3, 5.1", "A request says its scope, and the answer the scope that was granted.", AtToken},
	{"OA-07", "RFC 6749 4.1.1", "state is returned as it was sent, and only then; a request without openid has one.", AtAuthorization},
	{"OA-08", "RFC 6749 4.1.2", "A code lives for a short time and is used once; using it again revokes its tokens.", AtToken},
	{"OA-09", "RFC 6749 4.1.2.1", "Errors go to the client by a registered code; a denial of the user is access_denied.", AtAuthorization},
	{"OA-10", "RFC 6749 4.1.3", "redirect_uri of the token request is that of the authorization request.", AtToken},
	{"OA-11", "RFC 6749 4.1.3", "A code is redeemed by the client it was issued to.", AtToken},
	{"OA-12", "RFC 6749 5.1", "Token responses are not cached.", AtToken},
	{"OA-13", "RFC 6749 5.2", "A token request is complete, for a grant and a scope that the client may use; errors are JSON with a registered code.", AtToken},
	{"OA-14", "RFC 6749 5.2", "Error texts are in the characters that the specification permits.", AtToken},
	{"OA-15", "RFC 6749 6", "A refresh token is live, its client's own, and gives no more scope than was granted.", AtRefresh},
	{"OA-17", "RFC 6749 10.13", "Pages can't be framed.", AtAuthorization},
	{"RFC7009-2.1", "RFC 7009 2.1", "A client revokes its own tokens alone.", AtRevocation},
	{"BCP-01", "RFC 9700 2.1", "redirect_uri is a registered one to the letter; only the port of a loopback address is free.", AtPushedRequest},
	{"BCP-09", "RFC 9700 2.3", "Access tokens have no more privilege than was asked for.", AtAuthorization},
	{"BCP-12", "RFC 9700 2.6", "http redirect URIs are for native clients on the loopback interface.", AtPushedRequest},
	{"JW-01", "RFC 8725 3.1-3.3", "JWTs are signed, by an algorithm that was chosen for them.", AtClientAuthentication},
	{"JW-02", "RFC 8725 3.8-3.12", "A JWT of one kind is not taken for one of another.", AtClientAuthentication},
	{"RFC7519-4.1.5", "RFC 7519 4.1.5", "A JWT is not used before its nbf.", AtPushedRequest},
	{"RFC7519-4.1.6", "RFC 7519 4.1.6", "iat of a JWT is not in the future.", AtPushedRequest},
	{"F1B-AS-19", "FAPI 1.0 P1 5.2.2-19", "A request whose client identifiers disagree is refused.", AtClientAuthentication},
}

var openIDRequirements = []Requirement{
	{"OIDC-3.1.2.1", "OpenID Connect Core 3.1.2.1", "The user is the one of id_token_hint, logged in no longer ago than max_age.", AtAuthorization},
	{"OIDC-3.3.2.1", "OpenID Connect Core 3.3.2.1", "An ID token is for a request with the openid scope and a nonce.", AtPushedRequest},
	{"OIDC-5.5", "OpenID Connect Core 5.5", "claims is a JSON object of the form that the specification gives.", AtPushedRequest},
	{"OIDC-5.5.1.1", "OpenID Connect Core 5.5.1.1", "The user was authenticated by an acr that is asked for as essential.", AtAuthorization},
	{"OC-04", "OpenID Connect Core 3.1.2.6", "A response mode that can't be used is refused.", AtPushedRequest},
	{"OC-05", "OpenID Connect Core 6", "request and registration are for clients and servers that know them.", AtPushedRequest},
	{"OC-06", "OpenID Connect Core 12.2", "The ID token of a refresh has the issuer and the user of the first.", AtRefresh},
}

var assertionRequirements = []Requirement{
	{"CA-01", "RFC 7523 2.2", "client_assertion_type is the one that is registered for JWTs; client_id, if sent, is the client of the assertion.", AtClientAuthentication},
	{"CA-02", "RFC 7523 3-1, 3-2", "iss and sub of a client assertion are the client_id.", AtClientAuthentication},
	{"CA-03", "RFC 7523 3-3", "aud of a client assertion is this server.", AtClientAuthentication},
	{"CA-04", "RFC 7523 3-4", "A client assertion has exp, ahead and not too far.", AtClientAuthentication},
	{"CA-05", "RFC 7523 3-5, 3-6", "nbf and iat of a client assertion are not in the future.", AtClientAuthentication},
	{"CA-06", "OpenID Connect Core 9, RFC 7523 3-7", "A client assertion has a jti, which is used once.", AtClientAuthentication},
	{"CA-07", "RFC 7523 3-9", "A client assertion is signed with a key of the client.", AtClientAuthentication},
	{"CA-08", "RFC 7523 3.2", "A client that can't be authenticated is told invalid_client, and no more.", AtClientAuthentication},
	{"CA-09", "OpenID Connect Registration 2", "Client assertions are signed with the registered algorithm, which the profile allows.", AtClientAuthentication},
}

// serverRequirements are this library's own: what the server needs to judge at all.
var serverRequirements = []Requirement{
	{"FAPI-SEL", "fapi.Selector", "A client has one of the profiles given to Compose; a selector that fails refuses.", AtClientAuthentication},
	{"FAPI-STORE", "fapi.Compose", "What the store can't say is refused.", AtClientAuthentication},
	{"FAPI-KEYS", "fapi.WithKeySource", "Without the server's keys nothing is signed and nothing decrypted.", AtToken},
	{"FAPI-HOST", "fapi.Provider", "The host passes on the requesters that the provider made, with a session, and none of its functions panics.", AtAuthorization},
	{"FAPI-AUDIT", "fapi.WithAudit", "Where the host says so, what can't be recorded is refused.", AtClientAuthentication},
	{"FAPI-REG", "registration.Metadata", "A client is registered for nothing that the server does not do.", AtRegistration},
}
