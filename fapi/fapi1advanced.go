package fapi

import (
	"slices"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/clientassertion"
	"github.com/fosite-fapi/fosite-fapi/cnf"
	"github.com/fosite-fapi/fosite-fapi/pkce"
	"github.com/fosite-fapi/fosite-fapi/requestobject"
)

// FAPI1Advanced is the Financial-grade API Security Profile 1.0, Part 2: Advanced (Final, 12 March 2021), named
// "fapi1-advanced": signed request objects by value, by reference or pushed; code id_token, or code answered by JARM;
// certificate-bound access tokens; confidential clients alone.
//
// Defaults: codes live 60 s, requests 60 s with 10 minutes for login and consent, access tokens 5 minutes, ID tokens 5
// minutes, refresh tokens 30 days. Codes may live up to 10 minutes (RFC 6749 4.1.2).
func FAPI1Advanced() Profile {
	algorithms := []jose.SignatureAlgorithm{jose.PS256, jose.ES256}
	methods := []string{"private_key_jwt", "tls_client_auth", "self_signed_tls_client_auth"}
	bindings := []Binding{BindingMTLS}
	grants := []string{"authorization_code", "refresh_token", "client_credentials"}
	types := []string{"code id_token", "code"}
	modes := slices.Concat([]string{"fragment", "form_post"}, jarmModes)
	return Profile{
		Name:                      "fapi1-advanced",
		AuthorizationCodeLifetime: time.Minute,
		RequestURILifetime:        time.Minute,
		InteractionLifetime:       10 * time.Minute,
		AccessTokenLifetime:       5 * time.Minute,
		RefreshTokenLifetime:      30 * 24 * time.Hour,
		IDTokenLifetime:           5 * time.Minute,
		AssertionLifetime:         time.Hour,
		SigningAlgorithms:         slices.Clone(algorithms),
		AuthMethods:               slices.Clone(methods),
		Bindings:                  slices.Clone(bindings),
		ResponseTypes:             slices.Clone(types),
		ResponseModes:             slices.Clone(modes),
		GrantTypes:                slices.Clone(grants),
		limits: limits{
			code: 10 * time.Minute, requestURI: 10 * time.Minute,
			algorithms: algorithms, authMethods: methods, responseTypes: types,
			responseModes: modes, grantTypes: grants, bindings: bindings,
		},
		demands:      demands{signedRequest: true, signedCode: true, openID: true, noLoopback: true},
		requirements: fapi1Requirements,
		ids: map[error]string{ //nolint:gosec // IDs of requirements, no credentials
			errUnauthenticated:      "F1A-AS-14",
			errPushUnauthenticated:  "F1A-AS-14",
			errAuthMethod:           "F1A-AS-14",
			errPublicClient:         "F1A-AS-16",
			errRedirectMissing:      "F1B-AS-09",
			errRedirectInvalid:      "F1B-AS-10",
			errRedirectUnknown:      "F1B-AS-08",
			errRedirectInsecure:     "F1B-AS-20",
			errCodeUsed:             "F1B-AS-13",
			errCodeRace:             "F1B-AS-13",
			errScopeMissing:         "F1A-AS-10",
			errNonceMissing:         "F1B-AS-24",
			errStateMissing:         "F1B-AS-25",
			errRequestObjectMissing: "F1A-AS-01",
			errResponseType:         "F1A-AS-02",
			errUnsignedCode:         "F1A-AS-02",
			errUnbound:              "F1A-AS-05",
			errBindingMethod:        "F1A-AS-06",
			errAlgorithm:            "F1A-ALG-01",
			errKeysInsecure:         "F1A-JWKS-01",
			errTokenInURI:           "F1B-RS-03",
			errTokenInactive:        "F1B-RS-04",
			errTokenNarrow:          "F1B-RS-05",
			errProofMissing:         "F1A-AS-06",
			errKeyThumbprint:        "F1A-AS-06",
			errKeyConflict:          "F1A-AS-06",
			errCodeKey:              "F1A-AS-06",
			errGrantedScope:         "BCP-09",
			errDowngrade:            "F1A-RS-02",
			cnf.ErrNotBound:         "F1A-RS-02",
			cnf.ErrNoCertificate:    "F1A-RS-02",
			cnf.ErrMismatch:         "F1A-RS-02",

			clientassertion.ErrUnsigned:  "F1A-ALG-03",
			clientassertion.ErrWeak:      "F1B-AS-05",
			clientassertion.ErrAlgorithm: "F1A-ALG-01",

			requestobject.ErrUnsigned:            "F1A-ALG-03",
			requestobject.ErrAlgorithm:           "F1A-ALG-01",
			requestobject.ErrWeak:                "F1B-AS-05",
			requestobject.ErrEncryptionAlgorithm: "F1A-ALG-04",
			requestobject.ErrAudience:            "F1A-AS-15",
			requestobject.ErrExpiryMissing:       "F1A-AS-13",
			requestobject.ErrExpired:             "F1A-AS-13",
			requestobject.ErrLifetime:            "F1A-AS-13",
			requestobject.ErrNotBeforeMissing:    "F1A-AS-17",
			requestobject.ErrTooOld:              "F1A-AS-17",

			pkce.ErrChallengeMissing: "F1A-AS-18",
			pkce.ErrMethod:           "F1A-AS-18",
		},
	}
}

var fapi1Requirements = []Requirement{
	{"F1B-AS-01", "FAPI 1.0 P1 5.2.2-1", "Confidential clients are served.", AtClientAuthentication},
	{"F1B-AS-05", "FAPI 1.0 P1 5.2.2-5", "RSA keys have 2048 bits or more.", AtClientAuthentication},
	{"F1B-AS-06", "FAPI 1.0 P1 5.2.2-6", "Elliptic curve keys have 160 bits or more.", AtClientAuthentication},
	{"F1B-AS-08", "FAPI 1.0 P1 5.2.2-8", "Redirect URIs are registered.", AtPushedRequest},
	{"F1B-AS-09", "FAPI 1.0 P1 5.2.2-9", "An authorization request has a redirect_uri.", AtPushedRequest},
	{"F1B-AS-10", "FAPI 1.0 P1 5.2.2-10", "redirect_uri is a registered one to the letter.", AtPushedRequest},
	{"F1B-AS-11", "FAPI 1.0 P1 5.2.2-11", "The user is authenticated as acr asks for.", AtAuthorization},
	{"F1B-AS-13", "FAPI 1.0 P1 5.2.2-13", "A code that was used is refused.", AtToken},
	{"F1B-AS-14", "FAPI 1.0 P1 5.2.2-14", "Token responses are those of RFC 6749 4.1.4.", AtToken},
	{"F1B-AS-15", "FAPI 1.0 P1 5.2.2-15", "The granted scope is returned with the access token.", AtToken},
	{"F1B-AS-16", "FAPI 1.0 P1 5.2.2-16", "Codes and tokens can't be guessed.", AtComposition},
	{"F1B-AS-20", "FAPI 1.0 P1 5.2.2-20", "Redirect URIs are https.", AtPushedRequest},
	{"F1B-AS-22", "FAPI 1.0 P1 5.2.2-22", "Metadata is published by OpenID Connect Discovery.", AtComposition},
	{"F1B-AS-23", "FAPI 1.0 P1 5.2.2.1", "User identifiers are returned by OpenID Connect.", AtToken},
	{"F1B-AS-24", "FAPI 1.0 P1 5.2.2.2-1", "A request with the openid scope has a nonce.", AtPushedRequest},
	{"F1B-AS-25", "FAPI 1.0 P1 5.2.2.3-1", "A request without the openid scope has a state.", AtPushedRequest},
	{"F1B-RS-01", "FAPI 1.0 P1 6.2.1-1", "Resources answer GET.", AtResource},
	{"F1B-RS-02", "FAPI 1.0 P1 6.2.1-2", "Access tokens are taken from the Authorization header.", AtResource},
	{"F1B-RS-03", "FAPI 1.0 P1 6.2.1-3", "Access tokens are not taken from the query.", AtResource},
	{"F1B-RS-04", "FAPI 1.0 P1 6.2.1-4", "Access tokens are neither expired nor revoked.", AtResource},
	{"F1B-RS-05", "FAPI 1.0 P1 6.2.1-5", "Access tokens have the scope of the resource.", AtResource},
	{"F1B-RS-09", "FAPI 1.0 P1 6.2.1-11", "x-fapi-interaction-id is returned, and made where there is none.", AtResource},
	{"F1B-RS-11", "FAPI 1.0 P1 6.2.1-13", "x-fapi-customer-ip-address is taken in both forms.", AtResource},
	{"F1B-NAT-01", "FAPI 1.0 P1 7.5", "Native clients have no loopback redirect URIs and no schemes of their own.", AtPushedRequest},
	{"F1A-AS-01", "FAPI 1.0 P2 5.2.2-1", "Authorization requests are signed request objects.", AtAuthorization},
	{"F1A-AS-02", "FAPI 1.0 P2 5.2.2-2", "response_type is code id_token, or code answered by JARM.", AtPushedRequest},
	{"F1A-AS-05", "FAPI 1.0 P2 5.2.2-5", "Only sender-constrained access tokens are issued.", AtToken},
	{"F1A-AS-06", "FAPI 1.0 P2 5.2.2-6", "Access tokens are bound to the client's certificate.", AtToken},
	{"F1A-AS-10", "FAPI 1.0 P2 5.2.2-10", "Only what stands in the request object counts.", AtAuthorization},
	{"F1A-AS-11", "FAPI 1.0 P2 5.2.2-11", "Requests may be pushed.", AtPushedRequest},
	{"F1A-AS-13", "FAPI 1.0 P2 5.2.2-13", "A request object has exp, 60 minutes after nbf at most.", AtAuthorization},
	{"F1A-AS-14", "FAPI 1.0 P2 5.2.2-14", "Clients authenticate by mutual TLS or private_key_jwt.", AtClientAuthentication},
	{"F1A-AS-15", "FAPI 1.0 P2 5.2.2-15", "aud of a request object is the issuer identifier, or an array with it.", AtAuthorization},
	{"F1A-AS-16", "FAPI 1.0 P2 5.2.2-16", "Public clients are not served.", AtClientAuthentication},
	{"F1A-AS-17", "FAPI 1.0 P2 5.2.2-17", "A request object has nbf, which lies 60 minutes in the past at most.", AtAuthorization},
	{"F1A-AS-18", "FAPI 1.0 P2 5.2.2-18", "Pushed requests use PKCE with S256.", AtPushedRequest},
	{"F1A-IDT-01", "FAPI 1.0 P2 5.2.2.1-1", "ID tokens are signed.", AtAuthorization},
	{"F1A-IDT-02", "FAPI 1.0 P2 5.2.2.1-3", "ID tokens are encrypted where the client registered it.", AtAuthorization},
	{"F1A-IDT-03", "FAPI 1.0 P2 5.2.2.1-4", "The ID token is a detached signature of the response: it has c_hash.", AtAuthorization},
	{"F1A-IDT-04", "FAPI 1.0 P2 5.2.2.1-5", "The ID token has s_hash where the request had a state.", AtAuthorization},
	{"F1A-IDT-05", "FAPI 1.0 P2 5.2.2.1-6", "No personal data travels in an unencrypted ID token of the front channel.", AtAuthorization},
	{"F1A-JARM-01", "FAPI 1.0 P2 5.2.2.2-1", "Responses of response_type code follow JARM.", AtAuthorization},
	{"F1A-RS-02", "FAPI 1.0 P2 6.2.1-2", "The certificate to which an access token is bound is verified.", AtResource},
	{"F1A-ALG-01", "FAPI 1.0 P2 8.6-1", "JWTs are signed with PS256 or ES256.", AtClientAuthentication},
	{"F1A-ALG-02", "FAPI 1.0 P2 8.6-2", "JWTs are not signed with RSASSA-PKCS1-v1_5.", AtClientAuthentication},
	{"F1A-ALG-03", "FAPI 1.0 P2 8.6-3", "The algorithm none is neither used nor accepted.", AtClientAuthentication},
	{"F1A-ALG-04", "FAPI 1.0 P2 8.6.1-1", "RSA1_5 is neither used nor accepted.", AtAuthorization},
	{"F1A-JWKS-01", "FAPI 1.0 P2 8.9-1", "Key sets are fetched over TLS.", AtClientAuthentication},
	{"F1A-JWKS-02", "FAPI 1.0 P2 8.9-2", "jku and x5u of a JWT are not followed.", AtClientAuthentication},
	{"F1A-JWKS-03", "FAPI 1.0 P2 8.9-3", "Keys that share a kid are told apart by their other members.", AtClientAuthentication},
}
