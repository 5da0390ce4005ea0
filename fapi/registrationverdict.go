package fapi

import (
	"errors"
	"net/http"

	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/registration"
)

// What a registration is refused for beside its profile and the sentinels of package registration.
var (
	errRegistrationMethod  = errors.New("not an HTTP method of the client configuration endpoint")
	errRegistrationToken   = errors.New("no registration access token")
	errRegistrationPolicy  = errors.New("the host's policy has no profile for the client")
	errRegistrationDetails = errors.New("a type of authorization details that the host does not open to registration")
	errRegistrationScope   = errors.New("a scope that the host does not open to registration")
	errNotServed           = errors.New("the host does not serve the registered client as its policy says")
)

// The error codes of RFC 7591 3.2.2.
var (
	errInvalidMetadata     = &fosite.RFC6749Error{ErrorField: "invalid_client_metadata", DescriptionField: "The client metadata is not valid.", CodeField: http.StatusBadRequest}
	errInvalidRedirect     = &fosite.RFC6749Error{ErrorField: "invalid_redirect_uri", DescriptionField: "A redirect URI is not valid.", CodeField: http.StatusBadRequest}
	errInvalidStatement    = &fosite.RFC6749Error{ErrorField: "invalid_software_statement", DescriptionField: "The software statement is not valid.", CodeField: http.StatusBadRequest}
	errUnapprovedStatement = &fosite.RFC6749Error{ErrorField: "unapproved_software_statement", DescriptionField: "The software statement is not approved.", CodeField: http.StatusBadRequest}

	errLargeMetadata = &fosite.RFC6749Error{ErrorField: "invalid_client_metadata", DescriptionField: "The client metadata is too large.", CodeField: http.StatusRequestEntityTooLarge}
	errNotPermitted  = &fosite.RFC6749Error{ErrorField: "insufficient_scope", DescriptionField: "The client may not do this with its registration.", CodeField: http.StatusForbidden}
	errWrongToken    = &fosite.RFC6749Error{ErrorField: "invalid_token", DescriptionField: "The access token is not valid here.", CodeField: http.StatusUnauthorized}
)

// registrationVerdicts are those of the registration endpoints, as [verdicts] are of the others.
var registrationVerdicts = []verdict{
	{registration.ErrUnavailable, "FAPI-STORE", errUnavailable, "", true},
	{registration.ErrMethod, "DCR-01", errMethodNotAllowed, "Register by POST.", false},
	{errRegistrationMethod, "DCM-04", errMethodNotAllowed, "Use GET, PUT or DELETE.", false},
	{registration.ErrNoToken, "DCR-01", errNoCredentials, "", false},
	{errRegistrationToken, "DCM-03", errNoCredentials, "", false},
	{registration.ErrTokenPlace, "BT-01", fosite.ErrInvalidRequest, "Send one Bearer token in the Authorization header.", false},
	{registration.ErrInitialToken, "DCR-01", errWrongToken, "The initial access token is not valid.", false},
	{registration.ErrToken, "DCM-03", errWrongToken, "The registration access token is not valid.", false},
	{registration.ErrForbidden, "DCM-04", errNotPermitted, "The client may not do this with its registration.", false},
	{registration.ErrContentType, "DCR-01", errInvalidMetadata, "Send the metadata as application/json.", false},
	{registration.ErrTooLarge, "DCR-03", errLargeMetadata, "The client metadata is too large.", false},
	{registration.ErrClientID, "DCM-05", errInvalidMetadata, "client_id must be the client's own.", false},
	{registration.ErrReserved, "DCM-05", errInvalidMetadata, "An update must not have client_id_issued_at, client_secret_expires_at, registration_access_token or registration_client_uri.", false},
	{registration.ErrSecret, "DCM-07", errInvalidMetadata, "The client has no client_secret.", false},
	{registration.ErrStatementIssuer, "DCR-08", errUnapprovedStatement, "The issuer of the software statement is not trusted.", false},
	{registration.ErrStatementOther, "DCR-08", errUnapprovedStatement, "The software statement is not that of the client's software.", false},
	{registration.ErrStatementMissing, "DCR-08", errInvalidStatement, "Send software_statement.", false},
	{registration.ErrStatementSignature, "DCR-08", errInvalidStatement, "The software statement is not signed by its issuer.", false},
	{registration.ErrStatementAudience, "DCR-08", errInvalidStatement, "The software statement is for another server.", false},
	{registration.ErrStatementExpired, "DCR-08", errInvalidStatement, "The software statement has expired.", false},
	{registration.ErrStatementNotYet, "DCR-08", errInvalidStatement, "The software statement is from the future.", false},
	{registration.ErrStatement, "DCR-08", errInvalidStatement, "software_statement must be a JWT with iss and its times, signed by PS256, ES256 or EdDSA.", false},
	{registration.ErrDocument, "DCR-03", errInvalidMetadata, "The body must be a JSON object of client metadata, each member once and of its type.", false},
	{registration.ErrRedirectURI, "DCR-09", errInvalidRedirect, "redirect_uris must be those of a client.", false},
	{registration.ErrFlows, "DCR-07", errInvalidMetadata, "grant_types and response_types must belong together.", false},
	{registration.ErrKeySets, "DCR-06", errInvalidMetadata, "jwks must not stand beside jwks_uri.", false},
	{registration.ErrMetadata, "DCR-03", errInvalidMetadata, "The client metadata contradicts its specifications.", false},
	{errRegistrationPolicy, "FAPI-SEL", errInvalidMetadata, "The server has no security profile for such a client.", false},
	{errRegistrationDetails, "DCR-10", errInvalidMetadata, "authorization_details_types must be of those that can be registered.", false},
	{errRegistrationScope, "DCR-10", errInvalidMetadata, "scope must be of those that can be registered.", false},
	{errNotServed, "FAPI-SEL", fosite.ErrServerError, "", true},
}
