package fapi

// A Stage is a station on a request's way through the server, where requirements and rules are judged.
type Stage string

// The stages, in the order in which a flow passes them.
const (
	AtClientAuthentication Stage = "client_authentication"
	AtPushedRequest        Stage = "pushed_authorization_request"
	AtAuthorization        Stage = "authorization"
	AtToken                Stage = "token"
	AtRefresh              Stage = "refresh"
	AtIntrospection        Stage = "introspection"
	AtRevocation           Stage = "revocation"
	AtResource             Stage = "resource"
	AtRegistration         Stage = "registration"
	AtComposition          Stage = "composition"
)
