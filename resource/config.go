package resource

import (
	"log/slog"
	"net/http"
	"time"

	jose "github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/clientcert"
	"github.com/fosite-fapi/fosite-fapi/dpop"
)

// A Format is what an access token looks like.
type Format string

const (
	// JWT tokens follow RFC 9068 and are verified here, by the issuer's keys.
	JWT Format = "jwt"
	// Opaque tokens mean something to the issuer alone, who is asked about them (RFC 7662).
	Opaque Format = "opaque"
)

// Config says which access tokens a resource server accepts. Issuer is required, and Audience for JWTs; the rest has
// safe defaults.
type Config struct {
	// Issuer is the identifier of the authorization server (RFC 8414 2), an https URL. What it publishes about itself is
	// used only if it is published under the same identifier (MD-06). Required.
	Issuer string

	// Audience are the names of this resource server in tokens: the aud of a JWT must hold one. Of an introspected token
	// too, if it has an aud; there the Introspection.ClientID counts as well. Required for JWTs.
	Audience []string

	// Formats are those accepted. nil: JWT. With both, a token of three parts with dots between must be a JWT.
	Formats []Format

	// Algorithms are those that the issuer may sign by: JWTs and signed introspection responses. nil: PS256, ES256, EdDSA
	// (F2-CR-02).
	Algorithms []jose.SignatureAlgorithm

	// JWKSURI is where the issuer's public keys are, an https URL. "": where the issuer's metadata say. Keys are
	// kept for 5 minutes, for one hour more while they can't be fetched, and fetched earlier for a kid that is not known.
	JWKSURI string

	// Keys are the issuer's public keys. nil: fetched.
	Keys *jose.JSONWebKeySet

	// Introspection says how to ask the issuer about tokens, JWTs too. nil: it isn't asked, and a revoked JWT goes on
	// working until it expires (F2-RS-03 then rests on short lifetimes). Required for opaque tokens.
	Introspection *Introspection

	// Certificates is where a client's certificate is found, for tokens that are bound to one. nil: clientcert.FromTLS.
	Certificates clientcert.Source

	// DPoP verifies proofs, for tokens that are bound to a key. nil: those are refused.
	DPoP *dpop.Verifier

	// NonceOptional lets proofs without a nonce pass, though nonces are given out, and those that are sent must be right: for
	// clients that don't know of nonces. false: with DPoP.Nonces, each proof needs one (DPOP-54, DPOP-55).
	NonceOptional bool

	// BaseURLs are what clients put before a path to call this server, such as "https://api.example.com" or
	// "https://example.com/api": with the path as the handler sees it, each makes a URL that a proof may be made for.
	// The request's Host and X-Forwarded headers are not looked at. Required with DPoP.
	BaseURLs []string

	// InsecureAllowUnbound accepts tokens that are bound to nothing, which whoever has seen one can use. It is never right
	// under FAPI (F2-RS-05, F1A-RS-02), and for other clients of the same resources only while they are moved.
	InsecureAllowUnbound bool

	// Realm is that of the challenges (RFC 6750 3). "": the Issuer.
	Realm string

	// ErrorURI makes challenges that have an error code have an error_uri too (RFC 6750 3): this https URL, such as
	// "https://docs.example.com/errors/", with the ID of the requirement after it, and the interaction ID as the parameter
	// interaction_id. "": none.
	ErrorURI string

	// Transport makes the requests to the issuer. For mutual TLS it has the client certificate of this server. It is called for
	// https URLs alone, and its redirects are not followed. nil: one of its own, TLS 1.2 or later, with the system's
	// trust anchors and no proxy. Unlike a client's, the issuer's URLs may lead to private addresses.
	Transport http.RoundTripper

	// Timeout bounds each request to the issuer. Zero: 5 s.
	Timeout time.Duration

	// Logger gets a record of each request: at level Info, and Error where the server couldn't tell. nil: slog.Default().
	Logger *slog.Logger

	// Refused is told each refusal, in line with the request and concurrently: for an audit, or for metrics. nil: nobody.
	Refused func(*http.Request, *Refusal)

	// Now is the clock, except DPoP's. nil: time.Now.
	Now func() time.Time
}

const defaultTimeout = 5 * time.Second
