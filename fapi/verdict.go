package fapi

import (
	"errors"

	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/clientassertion"
	"github.com/fosite-fapi/fosite-fapi/cnf"
	"github.com/fosite-fapi/fosite-fapi/dpop"
	"github.com/fosite-fapi/fosite-fapi/internal/form"
	"github.com/fosite-fapi/fosite-fapi/introspection"
	"github.com/fosite-fapi/fosite-fapi/jarm"
	"github.com/fosite-fapi/fosite-fapi/keys"
	"github.com/fosite-fapi/fosite-fapi/mtls"
	"github.com/fosite-fapi/fosite-fapi/par"
	"github.com/fosite-fapi/fosite-fapi/pkce"
	"github.com/fosite-fapi/fosite-fapi/rar"
	"github.com/fosite-fapi/fosite-fapi/requestobject"
)

// A verdict is how a sentinel is answered: by which requirement of the base specifications (a profile may know a
// narrower one), with which code, and with what to tell the client.
type verdict struct {
	sentinel error
	id       string
	wire     *fosite.RFC6749Error
	hint     string
	quiet    bool // what a stranger must not learn: whether the client exists, which key it has
}

// verdicts is read top down; a sentinel stands above the one it wraps.
var verdicts = []verdict{
	{errAudit, "FAPI-AUDIT", errUnavailable, "", true},
	{errPanicked, byHost, fosite.ErrServerError, "", true}, // whatever it was that could not be done because of it
	{form.ErrContentType, "PAR-01", fosite.ErrInvalidRequest, "Send the parameters as application/x-www-form-urlencoded in the request body.", false},
	{form.ErrSyntax, "PAR-01", fosite.ErrInvalidRequest, "The parameters are malformed.", false},
	{form.ErrTooLarge, "PAR-15", errEntityTooLarge, "The request is too large.", false},
	{form.ErrTooMany, "PAR-15", errEntityTooLarge, "The request has too many parameters.", false},
	{form.ErrDuplicate, "OA-01", fosite.ErrInvalidRequest, "Send each parameter once.", false},
	{errMethod, "OA-05", errMethodNotAllowed, "Use another HTTP method.", false},
	{errNoProfile, "FAPI-SEL", fosite.ErrUnauthorizedClient, "The server has no security profile for this client.", true},
	{errStore, "FAPI-STORE", errUnavailable, "", true},
	{errKeySource, "FAPI-KEYS", errUnavailable, "", true},

	{errIdentifiers, "F1B-AS-19", fosite.ErrInvalidClient, "The client identifiers in the request disagree.", false},
	{errIdentifiersAtPage, "F1B-AS-19", errUnknownClient, "The client identifiers in the request disagree.", false},
	{errClientUnknown, "CA-08", fosite.ErrInvalidClient, "", true},
	{errClientAtPage, "OA-03", errUnknownClient, "The client is not known.", false},
	{errClientMissing, "OA-03", fosite.ErrInvalidRequest, "Send client_id.", false},
	{errUnauthenticated, "PAR-04", fosite.ErrInvalidClient, "Authenticate the client as registered.", false},
	{errPushUnauthenticated, "PAR-04", fosite.ErrInvalidClient, "Authenticate the client as registered.", false},
	{errTwoMethods, "OA-13", fosite.ErrInvalidRequest, "Use one way of client authentication.", false},
	{errAuthMethodOther, "PAR-04", fosite.ErrInvalidClient, "Authenticate the client as registered.", false},
	{errAuthMethod, "PAR-04", fosite.ErrInvalidClient, "Authenticate by private_key_jwt or mutual TLS.", false},
	{errPublicClient, "PAR-04", fosite.ErrInvalidClient, "The client must be confidential.", false},
	{errCertificate, "MTLS-03", fosite.ErrInvalidRequest, "The client certificate can not be read.", false},

	{errAssertionType, "CA-01", fosite.ErrInvalidClient, "client_assertion_type must be " + clientassertion.Type + ".", false},
	{clientassertion.ErrUnsigned, "JW-01", fosite.ErrInvalidClient, "The client assertion is not signed.", false},
	{clientassertion.ErrWeak, "CA-07", fosite.ErrInvalidClient, "", true},
	{clientassertion.ErrAlgorithm, "CA-09", fosite.ErrInvalidClient, "The client assertion is not signed with an allowed or the registered algorithm.", false},
	{clientassertion.ErrMalformed, "CA-07", fosite.ErrInvalidClient, "The client assertion is not a signed JWT.", false},
	{clientassertion.ErrType, "JW-02", fosite.ErrInvalidClient, "The client assertion has another type of JWT in its header.", false},
	{clientassertion.ErrIssuer, "CA-02", fosite.ErrInvalidClient, "iss of the client assertion must be the client_id.", false},
	{clientassertion.ErrSubject, "CA-02", fosite.ErrInvalidClient, "sub of the client assertion must be the client_id.", false},
	{clientassertion.ErrAudience, "CA-03", fosite.ErrInvalidClient, "aud of the client assertion must be the issuer identifier of this server.", false},
	{clientassertion.ErrExpiryMissing, "CA-04", fosite.ErrInvalidClient, "The client assertion needs exp.", false},
	{clientassertion.ErrExpired, "CA-04", fosite.ErrInvalidClient, "The client assertion expired.", false},
	{clientassertion.ErrLifetime, "CA-04", fosite.ErrInvalidClient, "exp of the client assertion is too far ahead.", false},
	{clientassertion.ErrNotYet, "CA-05", fosite.ErrInvalidClient, "iat or nbf of the client assertion is in the future.", false},
	{clientassertion.ErrIDMissing, "CA-06", fosite.ErrInvalidClient, "The client assertion needs a jti.", false},
	{clientassertion.ErrReplayed, "CA-06", fosite.ErrInvalidClient, "The jti of the client assertion was used before.", false},
	{clientassertion.ErrReplayStore, "FAPI-STORE", errUnavailable, "", true},
	{clientassertion.ErrKeysUnavailable, "CA-07", fosite.ErrInvalidClient, "", true},
	{clientassertion.ErrKey, "CA-07", fosite.ErrInvalidClient, "", true},
	{clientassertion.ErrSignature, "CA-07", fosite.ErrInvalidClient, "", true},

	{mtls.ErrNoCertificate, "MTLS-03", fosite.ErrInvalidClient, "The client must present its certificate.", false},
	{mtls.ErrSubjectMismatch, "MTLS-04", fosite.ErrInvalidClient, "", true},
	{mtls.ErrSubject, "MTLS-05", fosite.ErrInvalidClient, "", true},
	{mtls.ErrChain, "MTLS-04", fosite.ErrInvalidClient, "", true},
	{mtls.ErrRevoked, "MTLS-04", fosite.ErrInvalidClient, "", true},
	{mtls.ErrNotRegistered, "MTLS-07", fosite.ErrInvalidClient, "", true},

	{errRequestURIParameter, "PAR-07", fosite.ErrInvalidRequest, "A pushed request must not contain request_uri.", false},
	{errRequestObject, "OC-05", fosite.ErrRequestNotSupported, "The client is not registered for request objects.", false},
	{errRequestObjectMissing, "JAR-22", fosite.ErrInvalidRequest, "Send the authorization request as a signed request object.", false},
	{errRequestObjectTwice, "JAR-07", fosite.ErrInvalidRequest, "Send request or request_uri.", false},
	{errRequestURINotAllowed, "JAR-16", fosite.ErrRequestURINotSupported, "The client registered no request_uris.", false},
	{errRegistration, "OC-05", fosite.ErrRegistrationNotSupported, "The registration parameter is not supported.", false},
	{errNotPushed, "PAR-26", fosite.ErrInvalidRequest, "Push the authorization request first, then send client_id and request_uri.", false},
	{errResponseType, "PAR-08", fosite.ErrUnsupportedResponseType, "The response_type is not supported.", false},
	{errResponseTypeClient, "PAR-08", fosite.ErrUnauthorizedClient, "The client is not registered for this response_type.", false},
	{errResponseMode, "OC-04", fosite.ErrInvalidRequest, "The response_mode is not supported.", false},
	{errRedirectMissing, "PAR-08", fosite.ErrInvalidRequest, "Send redirect_uri.", false},
	{errRedirectInvalid, "OA-02", fosite.ErrInvalidRequest, "redirect_uri must be an absolute URI without fragment.", false},
	{errRedirectInsecure, "BCP-12", fosite.ErrInvalidRequest, "redirect_uri must be https, or http on the loopback interface for native clients.", false},
	{errRedirectUnknown, "BCP-01", fosite.ErrInvalidRequest, "redirect_uri must be one that is registered.", false},
	{errScope, "PAR-08", fosite.ErrInvalidScope, "The client is not registered for this scope.", false},
	{errAudience, "PAR-08", fosite.ErrInvalidRequest, "The client is not registered for this audience.", false},
	{errPrompt, "PAR-08", fosite.ErrInvalidRequest, "prompt has an unknown value, or none together with others.", false},
	{errMaxAge, "PAR-08", fosite.ErrInvalidRequest, "max_age must be a number of seconds.", false},
	{errLoginTooOld, "OIDC-3.1.2.1", fosite.ErrLoginRequired, "The user logged in longer ago than max_age.", false},
	{errHint, "OIDC-3.1.2.1", fosite.ErrInvalidRequest, "id_token_hint is not an ID token of this server for this client.", false},
	{errOtherUser, "OIDC-3.1.2.1", fosite.ErrLoginRequired, "Another user is logged in than the request names.", false},
	{requestobject.ErrUnsigned, "JAR-18", errInvalidObject, "The request object is not signed.", false},
	{requestobject.ErrAlgorithm, "JAR-14", errInvalidObject, "The request object is not signed with an allowed algorithm.", false},
	{requestobject.ErrRegisteredAlgorithm, "JAR-30", errInvalidObject, "The request object is not signed with the registered algorithm.", false},
	{requestobject.ErrType, "JAR-23", errInvalidObject, "The request object has another type of JWT in its header.", false},
	{requestobject.ErrClientID, "JAR-15", errInvalidObject, "client_id of the request object must be that of the request.", false},
	{requestobject.ErrIssuer, "JAR-04", errInvalidObject, "iss of the request object must be the client_id.", false},
	{requestobject.ErrSubject, "JAR-23", errInvalidObject, "sub of the request object must not be the client_id.", false},
	{requestobject.ErrNested, "JAR-02", errInvalidObject, "The request object must not contain request or request_uri.", false},
	{requestobject.ErrAudience, "JAR-04", errInvalidObject, "aud of the request object must be, or contain, the issuer identifier of this server.", false},
	{requestobject.ErrExpiryMissing, "JAR-04", errInvalidObject, "The request object needs exp.", false},
	{requestobject.ErrExpired, "JAR-04", errInvalidObject, "The request object expired.", false},
	{requestobject.ErrLifetime, "JAR-04", errInvalidObject, "exp of the request object is more than 60 minutes after nbf.", false},
	{requestobject.ErrNotBeforeMissing, "JAR-04", errInvalidObject, "The request object needs nbf.", false},
	{requestobject.ErrTooOld, "JAR-04", errInvalidObject, "nbf of the request object is more than 60 minutes ago.", false},
	{requestobject.ErrNotYet, "RFC7519-4.1.5", errInvalidObject, "nbf of the request object is in the future.", false},
	{requestobject.ErrIssuedAhead, "RFC7519-4.1.6", errInvalidObject, "iat of the request object is in the future.", false},
	{requestobject.ErrParameter, "JAR-03", errInvalidObject, "A claim of the request object can not be the value of its parameter.", false},
	{requestobject.ErrReplayStore, "FAPI-STORE", errUnavailable, "", true},
	{requestobject.ErrKeysUnavailable, "JAR-14", errInvalidObject, "", true},
	{requestobject.ErrWeak, "JAR-14", errInvalidObject, "", true},
	{requestobject.ErrKey, "JAR-14", errInvalidObject, "", true},
	{requestobject.ErrSignature, "JAR-14", errInvalidObject, "The request object is not signed with a key of the client.", false},
	{requestobject.ErrEncryptionRequired, "JAR-31", errInvalidObject, "The client is registered for encrypted request objects.", false},
	{requestobject.ErrEncryptionAlgorithm, "JAR-13", errInvalidObject, "The request object is not encrypted with an allowed algorithm.", false},
	{requestobject.ErrRegisteredEncryption, "JAR-31", errInvalidObject, "The request object is not encrypted with the registered algorithm.", false},
	{requestobject.ErrDecryptionKeys, "FAPI-KEYS", errUnavailable, "", true},
	{requestobject.ErrDecryption, "JAR-13", errInvalidObject, "The request object can not be decrypted.", false},
	{requestobject.ErrContentType, "JAR-05", errInvalidObject, "cty of an encrypted request object is JWT; oauth-authz-req+jwt is a typ.", false},
	{requestobject.ErrMalformed, "JAR-14", errInvalidObject, "The request object is not a signed JWT.", false},
	{requestobject.ErrUnregistered, "JAR-21", errInvalidRequestURI, "The client did not register this request_uri.", false},
	{requestobject.ErrHash, "JAR-21", errInvalidRequestURI, "The request object is not the one that the fragment of request_uri names.", false},
	{requestobject.ErrMediaType, "JAR-21", errInvalidRequestURI, "What request_uri points to has not the media type of a request object.", false},
	{requestobject.ErrFetch, "JAR-21", errInvalidRequestURI, "What request_uri points to could not be fetched.", false},
	{requestobject.ErrRequestURI, "JAR-11", errInvalidRequestURI, "request_uri must be an https URL.", false},
	{errUnsignedCode, "JARM-13", fosite.ErrUnsupportedResponseType, "response_type code is for response_mode jwt.", false},
	{errOpenIDMissing, "OIDC-3.3.2.1", fosite.ErrInvalidScope, "An ID token is for the openid scope.", false},
	{errScopeMissing, "OA-06", errInvalidObject, "The request object needs scope.", false},
	{errNonceMissing, "OIDC-3.3.2.1", errInvalidObject, "The request object needs nonce.", false},
	{errStateMissing, "OA-07", fosite.ErrInvalidRequest, "Send state, or the openid scope with a nonce.", false},
	{errClaims, "OIDC-5.5", fosite.ErrInvalidRequest, "claims must be a JSON object as in OpenID Connect Core 5.5.", false},
	{errEncryptionKey, "FAPI-REG", fosite.ErrUnauthorizedClient, "The client has no key that its ID tokens could be encrypted with.", false},
	{errEncryption, "FAPI-REG", errUnavailable, "The key to encrypt to the client can not be had.", false},
	{jarm.ErrParameter, "JARM-04", fosite.ErrInvalidRequest, "A response parameter can not be put into a JWT.", false},
	{jarm.ErrRedirectURI, "OA-03", fosite.ErrInvalidRequest, "redirect_uri is none that can be answered at.", false},
	{jarm.ErrAlgorithm, "FAPI-REG", fosite.ErrUnauthorizedClient, "The client is registered for something that the server does not do.", false},
	{jarm.ErrKey, "JARM-33", fosite.ErrUnauthorizedClient, "The client has no key that the response could be encrypted with.", false},
	{jarm.ErrKeysUnavailable, "JARM-33", errUnavailable, "The key to encrypt to the client can not be had.", false},
	{errUnmetACR, "OIDC-5.5.1.1", fosite.ErrAccessDenied, "The user was not authenticated by one of the acr values that are essential.", false},
	{errRegistered, "FAPI-REG", fosite.ErrUnauthorizedClient, "The client is registered for something that the server does not do.", false},
	{errAlgorithm, "CA-09", fosite.ErrUnauthorizedClient, "The client is registered for an algorithm that the profile does not allow.", false},
	{errKeysMissing, "CA-07", fosite.ErrInvalidClient, "", true},
	{errKeysInsecure, "CA-07", fosite.ErrInvalidClient, "", true},
	{errNonceLength, "PAR-08", fosite.ErrInvalidRequest, "nonce is too long.", false},
	{errStateLength, "PAR-08", fosite.ErrInvalidRequest, "state is too long.", false},
	{errStateEncoding, "OA-07", fosite.ErrInvalidRequest, "state must be UTF-8 without control characters to be returned as it is.", false},
	{errNonceEncoding, "OIDC-3.1.2.1", fosite.ErrInvalidRequest, "nonce must be UTF-8 without control characters to be returned as it is.", false},
	{errProfileChanged, "OA-13", fosite.ErrInvalidGrant, "The grant was issued when the client had another security profile.", false},
	{par.ErrStorage, "FAPI-STORE", errUnavailable, "", true},
	{par.ErrUnknown, "PAR-24", errInvalidRequestURI, "The request_uri is unknown, expired or already used.", false},
	{par.ErrExpired, "PAR-24", errInvalidRequestURI, "The request_uri expired.", false},
	{errObjectSpent, "PAR-23", errInvalidObject, "The request object was already used: make a new one.", false},
	{par.ErrSpent, "PAR-23", errInvalidRequestURI, "The request_uri was already used.", false},
	{par.ErrClient, "PAR-11", errInvalidRequestURI, "The request_uri was issued to another client.", false},
	{pkce.ErrChallengeMissing, "PKCE-06", fosite.ErrInvalidRequest, "Send code_challenge.", false},
	{pkce.ErrMethod, "PKCE-07", fosite.ErrInvalidRequest, "code_challenge_method must be S256.", false},
	{pkce.ErrChallengeSyntax, "PKCE-03", fosite.ErrInvalidRequest, "code_challenge is not the S256 transformation of a code_verifier.", false},

	{errGrantMissing, "OA-13", fosite.ErrInvalidRequest, "Send grant_type.", false},
	{errGrantType, "OA-13", fosite.ErrUnsupportedGrantType, "The grant_type is not supported.", false},
	{errGrantTypeClient, "OA-13", fosite.ErrUnauthorizedClient, "The client is not registered for this grant_type.", false},
	{errUnbound, "MTLS-15", fosite.ErrInvalidRequest, "Present the client certificate, or send a DPoP proof, to which the access token is to be bound.", false},
	{errBindingMethod, "MTLS-15", fosite.ErrInvalidRequest, "The client's way of sender-constraining access tokens is not supported here.", false},
	{errBindingAmbiguous, "MTLS-15", fosite.ErrInvalidRequest, "Register which binds the access token: the certificate or the DPoP key.", false},
	{errProofMissing, "DPOP-27", errInvalidProof, "Send a DPoP proof.", false},
	{errKeyThumbprint, "DPOP-60", fosite.ErrInvalidRequest, "dpop_jkt must be the SHA-256 thumbprint of a JWK.", false},
	{errKeyConflict, "DPOP-63", fosite.ErrInvalidRequest, "dpop_jkt must be the key of the DPoP proof, and the client registered for DPoP.", false},
	{errCodeKey, "DPOP-60", fosite.ErrInvalidGrant, "The code is bound to another DPoP key.", false},
	{dpop.ErrMissing, "DPOP-40", errInvalidProof, "Send a DPoP proof.", false},
	{dpop.ErrMultiple, "DPOP-01", errInvalidProof, "Send one DPoP proof.", false},
	{dpop.ErrMalformed, "DPOP-02", errInvalidProof, "The DPoP proof is not a signed JWT.", false},
	{dpop.ErrType, "DPOP-03", errInvalidProof, "typ of a DPoP proof is dpop+jwt.", false},
	{dpop.ErrAlgorithm, "DPOP-04", errInvalidProof, "The DPoP proof is not signed with an allowed algorithm.", false},
	{dpop.ErrKey, "DPOP-05", errInvalidProof, "jwk of a DPoP proof is a public key that fits its algorithm.", false},
	{dpop.ErrSignature, "DPOP-06", errInvalidProof, "The DPoP proof is not signed with the key in it.", false},
	{dpop.ErrIDMissing, "DPOP-07", errInvalidProof, "The DPoP proof needs a jti.", false},
	{dpop.ErrIssuedAtMissing, "DPOP-07", errInvalidProof, "The DPoP proof needs iat.", false},
	{dpop.ErrMethod, "DPOP-08", errInvalidProof, "htm of the DPoP proof is not the method of the request.", false},
	{dpop.ErrURL, "DPOP-09", errInvalidProof, "htu of the DPoP proof is not the URL of the request.", false},
	{dpop.ErrExpired, "DPOP-12", errInvalidProof, "The DPoP proof is too old.", false},
	{dpop.ErrNotYet, "DPOP-12", errInvalidProof, "The DPoP proof is from the future.", false},
	{dpop.ErrAccessTokenHash, "DPOP-13", errInvalidProof, "ath of the DPoP proof is not the hash of the access token.", false},
	{dpop.ErrThumbprint, "DPOP-13", fosite.ErrTokenExpired, "The access token is bound to another key.", false},
	{dpop.ErrReplayed, "DPOP-15", errInvalidProof, "The DPoP proof was used before.", false},
	{dpop.ErrReplayStore, "FAPI-STORE", errUnavailable, "", true},
	{dpop.ErrNonceRequired, "DPOP-50", errUseNonce, "Use the nonce of the DPoP-Nonce header.", false},
	{dpop.ErrNonce, "DPOP-51", errUseNonce, "Use the nonce of the DPoP-Nonce header.", false},
	{errCodeMissing, "OA-13", fosite.ErrInvalidRequest, "Send code.", false},
	{errCodeUnknown, "OA-08", fosite.ErrInvalidGrant, "The code is unknown, expired or already used.", false},
	{errCodeUsed, "OA-08", fosite.ErrInvalidGrant, "The code was already used; the tokens issued for it are revoked.", false},
	{errCodeRace, "OA-08", fosite.ErrInvalidGrant, "The code was already used.", false},
	{errCodeExpired, "OA-08", fosite.ErrInvalidGrant, "The code expired.", false},
	{errCodeClient, "OA-11", fosite.ErrInvalidGrant, "The code was issued to another client.", false},
	{errCodeRedirect, "OA-10", fosite.ErrInvalidGrant, "redirect_uri must be that of the authorization request.", false},
	{pkce.ErrVerifierMissing, "PKCE-08", fosite.ErrInvalidGrant, "Send code_verifier.", false},
	{pkce.ErrVerifierSyntax, "PKCE-01", fosite.ErrInvalidGrant, "code_verifier must be 43 to 128 unreserved characters.", false},
	{pkce.ErrVerifierMismatch, "PKCE-09", fosite.ErrInvalidGrant, "code_verifier does not match the code_challenge.", false},
	{pkce.ErrVerifierUnexpected, "PKCE-13", fosite.ErrInvalidGrant, "code_verifier without a code_challenge in the authorization request.", false},
	{errRefreshMissing, "OA-13", fosite.ErrInvalidRequest, "Send refresh_token.", false},
	{errRefreshUnknown, "OA-15", fosite.ErrInvalidGrant, "The refresh token is unknown, expired or revoked.", false},
	{errRefreshExpired, "OA-15", fosite.ErrInvalidGrant, "The refresh token expired.", false},
	{errRefreshClient, "OA-15", fosite.ErrInvalidGrant, "The refresh token was issued to another client.", false},
	{errTokenScope, "OA-13", fosite.ErrInvalidScope, "The client is not registered for this scope.", false},
	{errGrantScope, "OA-15", fosite.ErrInvalidScope, "The client is not registered for this scope.", false},
	{errRefreshScope, "OA-15", fosite.ErrInvalidScope, "The scope exceeds what was granted.", false},
	{errGrantedDetails, "RAR-06", fosite.ErrServerError, "", true},
	{rar.ErrNotRequested, "RAR-06", fosite.ErrServerError, "", true},
	{rar.ErrEnriched, "RAR-13", fosite.ErrServerError, "", true},
	{rar.ErrType, "FAPI-HOST", fosite.ErrServerError, "", true},
	{errDetailsUnsupported, "RAR-09", errInvalidDetails, "The server knows no type of authorization_details.", false},
	{errDetailsRegistered, "RAR-18", errInvalidDetails, "The client is not registered for a type in authorization_details.", false},
	{rar.ErrMalformed, "RAR-01", errInvalidDetails, "authorization_details must be a JSON array of objects with a type, no name twice, of at most 8 KiB.", false},
	{rar.ErrUnknownType, "RAR-09", errInvalidDetails, "authorization_details has a type that the server does not know.", false},
	{rar.ErrInvalid, "RAR-09", errInvalidDetails, "authorization_details has an object that is not valid for its type.", false},
	{rar.ErrNotCovered, "RAR-10", errInvalidDetails, "authorization_details exceed what was granted.", false},
	{errGrantedScope, "F2-AS-14", fosite.ErrServerError, "", true},
	{errTokenMissing, "OA-13", fosite.ErrInvalidRequest, "Send token.", false},
	{errView, "FAPI-HOST", fosite.ErrServerError, "", true},
	{introspection.ErrAlgorithm, "INT-18", fosite.ErrUnauthorizedClient, "The answer can not be encrypted as the client is registered.", false},
	{introspection.ErrKey, "INT-18", fosite.ErrUnauthorizedClient, "The client has no key that the answer could be encrypted with.", false},
	{introspection.ErrKeysUnavailable, "INT-18", errUnavailable, "The key to encrypt to the client can not be had.", false},
	{introspection.ErrSigning, "FAPI-KEYS", fosite.ErrServerError, "", true},
	{introspection.ErrResponse, "FAPI-HOST", fosite.ErrServerError, "", true},
	{errTokenClient, "RFC7009-2.1", fosite.ErrUnauthorizedClient, "The token was issued to another client.", false},
	{errTokenNarrow, "F2-RS-04", fosite.ErrInvalidScope, "The access token was not granted the scope.", false},
	{errSessionMissing, "FAPI-HOST", fosite.ErrServerError, "", true},
	{errForeignRequester, "FAPI-HOST", fosite.ErrServerError, "", true},
	{errSession, "FAPI-HOST", fosite.ErrServerError, "", true},
	{errRecord, "FAPI-STORE", fosite.ErrServerError, "", true},
	{keys.ErrSigning, "FAPI-KEYS", fosite.ErrServerError, "", true},
	{errNoToken, "BT-03", errNoCredentials, "", false},
	{errTokenInURI, "F2-RS-02", fosite.ErrInvalidRequest, "Send the access token in the Authorization header.", false},
	{errTokenPlace, "BT-01", fosite.ErrInvalidRequest, "Send the access token once, in the Authorization header.", false},
	{errTokenInactive, "BT-04", fosite.ErrTokenExpired, "The access token is unknown, expired or revoked.", false},
	{errDowngrade, "DPOP-42", fosite.ErrTokenExpired, "The access token is bound to a DPoP key: use the DPoP scheme.", false},
	{cnf.ErrNotBound, "F2-RS-05", fosite.ErrTokenExpired, "The access token is not sender-constrained.", false},
	{cnf.ErrNoCertificate, "MTLS-10", fosite.ErrTokenExpired, "Present the client certificate of the access token.", false},
	{cnf.ErrMismatch, "MTLS-10", fosite.ErrTokenExpired, "The access token is bound to another sender.", false},
}

// refuse answers err, which wraps a sentinel, at a stage: by the requirement of the client's profile where it knows
// one.
func refuse(stage Stage, p *party, err error) *Refusal {
	var known *Refusal
	if errors.As(err, &known) {
		return known // judged at an earlier station: its stage and its challenge stay
	}
	tables := [2][]verdict{verdicts}
	if stage == AtRegistration {
		tables = [2][]verdict{registrationVerdicts, verdicts}
	}
	for _, table := range tables {
		for _, v := range table {
			if errors.Is(err, v.sentinel) {
				return v.answer(stage, p, err)
			}
		}
	}
	return refusalOf(stage, err)
}

func (v verdict) answer(stage Stage, p *party, err error) *Refusal {
	r := &Refusal{ID: v.id, Stage: stage, wire: v.wire, cause: err, quiet: v.quiet}
	if p != nil {
		r.Client, r.party = p.client.GetID(), p
		if id := p.profile.requirement(v.sentinel); id != "" {
			r.ID = id
		}
	}
	if v.hint != "" {
		r.wire = v.wire.WithHint(v.hint)
	}
	return r
}
