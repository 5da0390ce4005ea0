// Package metadata publishes what an authorization server can do: the document of RFC 8414 and OpenID Connect
// Discovery 1.0 with the members that FAPI adds, its validation, and a handler that serves it.
//
// # Use
//
// Fill a [Document], hold it against the rules once, and serve it under both well-known paths:
//
//	doc := &metadata.Document{Issuer: "https://as.example.com/tenant", ...}
//	if err := doc.Validate(); err != nil { ... }
//	oauth, openid, err := metadata.Paths(doc.Issuer)
//	h := metadata.Handler(func(context.Context) (*metadata.Document, error) { return doc, nil })
//	mux.Handle(oauth, h)  // /.well-known/oauth-authorization-server/tenant
//	mux.Handle(openid, h) // /tenant/.well-known/openid-configuration
//
// # Absent is not nothing
//
// Some members have a default that announces what FAPI forbids: without grant_types_supported a server claims the implicit grant,
// without token_endpoint_auth_methods_supported it claims client_secret_basic. [Document.Validate] refuses a document that leaves
// one of those out. request_uri_parameter_supported defaults to true and is therefore always written.
//
// # What is not checked
//
// Whether the server does what the document says, and whether a profile allows it. A signed_metadata JWT is neither made nor
// read: it is a string here. The package is for servers; a client that reads documents must compare the issuer itself (MD-06).
//
// # Clauses
//
//	MD-01  RFC 8414 2          Document.Validate: the issuer's form
//	MD-02  RFC 8414 3          Paths: inserted between host and path
//	MD-03  OpenID Discovery 4  Paths: appended to the issuer
//	MD-04  RFC 8414 3.1, 3.2   Handler: GET, 200, application/json
//	MD-05  RFC 8414 3.2        Document: empty arrays are left out
//	MD-10  RFC 8414 2          Document.Validate: signing algorithms of JWT client authentication, and never none
//	MTLS-17 RFC 8705 5         Aliases: only of endpoints that exist, never of the authorization endpoint
package metadata
