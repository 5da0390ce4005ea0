package fapi

import (
	"slices"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/clientassertion"
	"github.com/fosite-fapi/fosite-fapi/cnf"
	"github.com/fosite-fapi/fosite-fapi/dpop"
	"github.com/fosite-fapi/fosite-fapi/par"
	"github.com/fosite-fapi/fosite-fapi/pkce"
	"github.com/fosite-fapi/fosite-fapi/requestobject"
)

// FAPI2Security is the FAPI 2.0 Security Profile (Final, 22 February 2025), named "fapi2-security": pushed
// authorization requests by authenticated confidential clients, PKCE with S256, the code flow alone, iss in every
// authorization response, sender-constrained access tokens, refresh tokens that are not rotated.
//
// Defaults: codes live 60 s, pushed requests 60 s with 10 minutes for login and consent, access tokens 5 minutes, ID
// tokens 5 minutes, refresh tokens 30 days.
func FAPI2Security() Profile {
	algorithms := []jose.SignatureAlgorithm{jose.PS256, jose.ES256, jose.EdDSA}
	methods := []string{"private_key_jwt", "tls_client_auth", "self_signed_tls_client_auth"}
	bindings := []Binding{BindingMTLS, BindingDPoP}
	grants := []string{"authorization_code", "refresh_token", "client_credentials"}
	return Profile{
		Name:                      "fapi2-security",
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
		ResponseTypes:             []string{"code"},
		ResponseModes:             []string{"query"},
		GrantTypes:                slices.Clone(grants),
		limits: limits{
			code: time.Minute, requestURI: 10 * time.Minute,
			algorithms: algorithms, authMethods: methods, responseTypes: []string{"code"},
			responseModes: []string{"query", "form_post"}, grantTypes: grants, bindings: bindings,
		},
		demands:      demands{pushed: true, exchange: true, issuerAudience: true},
		requirements: fapi2Requirements,
		ids: map[error]string{ //nolint:gosec // IDs of requirements, no credentials
			errGrantType:           "F2-AS-02",
			errUnauthenticated:     "F2-AS-03",
			errPublicClient:        "F2-AS-03",
			errUnbound:             "F2-AS-04",
			errProofMissing:        "F2-AS-04",
			errBindingMethod:       "F2-AS-05",
			errBindingAmbiguous:    "F2-AS-05",
			errKeyConflict:         "F2-AS-12",
			errCodeKey:             "F2-AS-12",
			errTokenInactive:       "F2-RS-03",
			cnf.ErrNotBound:        "F2-RS-05",
			cnf.ErrNoCertificate:   "F2-RS-05",
			cnf.ErrMismatch:        "F2-RS-05",
			errAuthMethod:          "F2-AS-06",
			errRedirectInvalid:     "F2-AS-07",
			errRedirectUnknown:     "F2-AS-07",
			errClientAtPage:        "F2-AS-07",
			errCodeExpired:         "F2-AS-11",
			errGrantedScope:        "F2-AS-14",
			errResponseType:        "F2-AZ-01",
			errNotPushed:           "F2-AZ-03",
			errPushUnauthenticated: "F2-AZ-04",
			errRedirectMissing:     "F2-AZ-06",
			errRedirectInsecure:    "F2-AZ-08",
			errCodeUsed:            "F2-AZ-09",
			errCodeRace:            "F2-AZ-09",
			errRequestURILifetime:  "F2-AZ-12",
			errNonceLength:         "F2-AZ-14",
			errStateLength:         "F2-AZ-16",
			errAlgorithm:           "F2-CR-02",
			errKeysInsecure:        "F2-CR-07",

			clientassertion.ErrUnsigned:  "F2-CR-03",
			clientassertion.ErrWeak:      "F2-CR-04",
			clientassertion.ErrAlgorithm: "F2-CR-02",
			clientassertion.ErrAudience:  "F2-AS-08",
			clientassertion.ErrNotYet:    "F2-AS-13",
			clientassertion.ErrType:      "F2-CR-01",

			requestobject.ErrUnsigned:    "F2-CR-03",
			requestobject.ErrWeak:        "F2-CR-04",
			requestobject.ErrAlgorithm:   "F2-CR-02",
			requestobject.ErrNotYet:      "F2-AS-13",
			requestobject.ErrIssuedAhead: "F2-AS-13",

			dpop.ErrAlgorithm: "F2-CR-02",
			dpop.ErrNotYet:    "F2-AS-13",

			pkce.ErrChallengeMissing: "F2-AZ-05",
			pkce.ErrMethod:           "F2-AZ-05",
			par.ErrSpent:             "F2-AZ-15",
		},
	}
}

var fapi2Requirements = []Requirement{
	{"F2-TLS-01", "FAPI 2.0 SP 5.2.1-1", "Endpoints are offered over TLS alone.", AtComposition},
	{"F2-TLS-02", "FAPI 2.0 SP 5.2.1-2", "TLS has version 1.2 or later.", AtComposition},
	{"F2-TLS-05", "FAPI 2.0 SP 5.2.1-5", "The certificate of whoever is called is checked.", AtClientAuthentication},
	{"F2-TLS-06", "FAPI 2.0 SP 5.2.2-1", "TLS 1.2 is spoken by recommended cipher suites alone.", AtComposition},
	{"F2-TLS-09", "FAPI 2.0 SP 5.2.3-1", "Browsers are kept on TLS by HSTS.", AtAuthorization},
	{"F2-TLS-11", "FAPI 2.0 SP 5.2.3-3", "The authorization endpoint answers no CORS request.", AtAuthorization},
	{"F2-AS-01", "FAPI 2.0 SP 5.3.2.1-1", "Metadata is published by OpenID Connect Discovery and by RFC 8414.", AtComposition},
	{"F2-AS-02", "FAPI 2.0 SP 5.3.2.1-2", "The resource owner password credentials grant is refused.", AtToken},
	{"F2-AS-03", "FAPI 2.0 SP 5.3.2.1-3", "Only confidential clients are served.", AtClientAuthentication},
	{"F2-AS-04", "FAPI 2.0 SP 5.3.2.1-4", "Only sender-constrained access tokens are issued.", AtToken},
	{"F2-AS-05", "FAPI 2.0 SP 5.3.2.1-5", "Access tokens are bound to a certificate or to a DPoP key.", AtToken},
	{"F2-AS-06", "FAPI 2.0 SP 5.3.2.1-6", "Clients authenticate by mutual TLS or private_key_jwt.", AtClientAuthentication},
	{"F2-AS-07", "FAPI 2.0 SP 5.3.2.1-7", "The server is no open redirector.", AtAuthorization},
	{"F2-AS-08", "FAPI 2.0 SP 5.3.2.1-8", "aud of a client assertion is the issuer identifier alone, as a string.", AtClientAuthentication},
	{"F2-AS-09", "FAPI 2.0 SP 5.3.2.1-9", "Refresh tokens are not rotated.", AtToken},
	{"F2-AS-10", "FAPI 2.0 SP 5.3.2.1-10", "DPoP proofs may have a nonce of the server.", AtToken},
	{"F2-AS-11", "FAPI 2.0 SP 5.3.2.1-11", "A code lives 60 seconds at most.", AtToken},
	{"F2-AS-12", "FAPI 2.0 SP 5.3.2.1-12", "A code can be bound to a DPoP key, by dpop_jkt or by a proof at the pushed request.", AtToken},
	{"F2-AS-13", "FAPI 2.0 SP 5.3.2.1-13", "JWTs from up to 10 seconds in the future are accepted, from more than 60 refused.", AtClientAuthentication},
	{"F2-AS-14", "FAPI 2.0 SP 5.3.2.1-14", "No more scope is granted than was requested.", AtAuthorization},
	{"F2-AZ-01", "FAPI 2.0 SP 5.3.2.2-1", "response_type is code.", AtPushedRequest},
	{"F2-AZ-02", "FAPI 2.0 SP 5.3.2.2-2", "Authenticated clients can push authorization requests.", AtPushedRequest},
	{"F2-AZ-03", "FAPI 2.0 SP 5.3.2.2-3", "Authorization requests that were not pushed are refused.", AtAuthorization},
	{"F2-AZ-04", "FAPI 2.0 SP 5.3.2.2-4", "Pushed requests without client authentication are refused.", AtPushedRequest},
	{"F2-AZ-05", "FAPI 2.0 SP 5.3.2.2-5", "PKCE with S256 is used.", AtPushedRequest},
	{"F2-AZ-06", "FAPI 2.0 SP 5.3.2.2-6", "A pushed request has a redirect_uri.", AtPushedRequest},
	{"F2-AZ-07", "FAPI 2.0 SP 5.3.2.2-7", "Authorization responses carry iss.", AtAuthorization},
	{"F2-AZ-08", "FAPI 2.0 SP 5.3.2.2-8", "http redirect URIs are for native clients on the loopback interface.", AtPushedRequest},
	{"F2-AZ-09", "FAPI 2.0 SP 5.3.2.2-9", "A code that was used is refused.", AtToken},
	{"F2-AZ-10", "FAPI 2.0 SP 5.3.2.2-10", "Redirects are not made with status 307.", AtAuthorization},
	{"F2-AZ-11", "FAPI 2.0 SP 5.3.2.2-11", "Redirects are made with status 303.", AtAuthorization},
	{"F2-AZ-12", "FAPI 2.0 SP 5.3.2.2-12", "A pushed request expires in less than 600 seconds.", AtComposition},
	{"F2-AZ-14", "FAPI 2.0 SP 5.3.2.2-14", "A nonce of up to 64 characters is returned intact.", AtPushedRequest},
	{"F2-AZ-15", "FAPI 2.0 SP 5.3.2.2 note 3", "A request_uri is spent by the authorization, not by loading the page.", AtAuthorization},
	{"F2-AZ-16", "FAPI 2.0 SP 5.3.2.2 note 4", "A long state is returned intact.", AtAuthorization},
	{"F2-AZ-18", "FAPI 2.0 SP 5.3.2.3", "User identifiers are returned by OpenID Connect.", AtToken},
	{"F2-RS-01", "FAPI 2.0 SP 5.3.4-1", "Access tokens are taken from the Authorization header.", AtResource},
	{"F2-RS-02", "FAPI 2.0 SP 5.3.4-2", "Access tokens are not taken from the query.", AtResource},
	{"F2-RS-03", "FAPI 2.0 SP 5.3.4-3", "Access tokens are valid, unaltered, neither expired nor revoked.", AtResource},
	{"F2-RS-04", "FAPI 2.0 SP 5.3.4-4", "Access tokens are sufficient for the resource.", AtResource},
	{"F2-RS-05", "FAPI 2.0 SP 5.3.4-5", "The sender constraint of an access token is verified.", AtResource},
	{"F2-CR-01", "FAPI 2.0 SP 5.4.1-1.1", "JWTs are handled as RFC 8725 says.", AtClientAuthentication},
	{"F2-CR-02", "FAPI 2.0 SP 5.4.1-1.2", "JWTs are signed with PS256, ES256 or EdDSA (Ed25519).", AtClientAuthentication},
	{"F2-CR-03", "FAPI 2.0 SP 5.4.1-1.3", "The algorithm none is neither used nor accepted.", AtClientAuthentication},
	{"F2-CR-04", "FAPI 2.0 SP 5.4.1-2", "RSA keys have 2048 bits or more.", AtClientAuthentication},
	{"F2-CR-05", "FAPI 2.0 SP 5.4.1-3", "Elliptic curve keys have 224 bits or more.", AtClientAuthentication},
	{"F2-CR-06", "FAPI 2.0 SP 5.4.1-4", "Credentials have 128 bits of entropy or more.", AtComposition},
	{"F2-CR-07", "FAPI 2.0 SP 5.4.2-1", "Key sets are fetched over TLS.", AtClientAuthentication},
	{"F2-CR-08", "FAPI 2.0 SP 5.4.2-2", "jku and x5u of a JWT are not followed.", AtClientAuthentication},
	{"F2-CR-09", "FAPI 2.0 SP 5.4.3", "Keys that share a kid are told apart by their other members.", AtClientAuthentication},
}
