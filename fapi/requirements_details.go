package fapi

// What the profiles take from Rich Authorization Requests. Where the server knows no types, each such request is refused.

var detailsRequirements = []Requirement{
	{"RAR-01", "RFC 9396 2", "authorization_details is a JSON array of objects, each with a type.", AtPushedRequest},
	{"RAR-02", "RFC 9396 2", "Several authorization details may have one type.", AtPushedRequest},
	{"RAR-05", "RFC 9396 3", "authorization_details is used wherever scope is, as a parameter or as a claim of a request object.", AtPushedRequest},
	{"RAR-06", "RFC 9396 3", "The user may grant a part of the authorization details, and nothing that was not requested.", AtAuthorization},
	{"RAR-07", "RFC 9396 3.1", "scope and authorization_details are processed together.", AtAuthorization},
	{"RAR-08", "RFC 9396 3.2", "resource does not change what authorization_details mean.", AtPushedRequest},
	{"RAR-09", "RFC 9396 5", "Authorization details have a known type, and the fields of that type with valid values.", AtPushedRequest},
	{"RAR-10", "RFC 9396 6", "authorization_details of a token request are covered by the grant.", AtToken},
	{"RAR-11", "RFC 9396 6.1", "What covers what is for the type to say, and to narrow one access token doesn't shrink the grant.", AtRefresh},
	{"RAR-12", "RFC 9396 7", "The token response tells the authorization details of the access token.", AtToken},
	{"RAR-13", "RFC 9396 7.1", "A grant says more than the request only where the type defines it.", AtAuthorization},
	{"RAR-14", "RFC 9396 8", "Wrong authorization_details are answered by invalid_authorization_details at the token endpoint too.", AtToken},
	{"RAR-15", "RFC 9396 9", "Resource servers can learn the authorization details.", AtResource},
	{"RAR-16", "RFC 9396 9.1", "An access token that is a JWT has the authorization details for its audience.", AtToken},
	{"RAR-17", "RFC 9396 9.2", "Introspection tells the authorization details as a member of the response.", AtIntrospection},
	{"RAR-18", "RFC 9396 10", "Metadata names the types, and a client uses those that it registered.", AtPushedRequest},
	{"RAR-22", "RFC 9396 12", "Strings in authorization details are compared as they are.", AtToken},
	{"RAR-23", "RFC 9396 12", "No answer and no log repeats what stands in authorization details that were refused.", AtPushedRequest},
	{"RAR-24", "RFC 9396 13", "Authorization details are in no authorization response.", AtAuthorization},
}
