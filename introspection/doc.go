// Package introspection writes the answers of a token introspection endpoint: plain ones (RFC 7662) and such as are
// signed, and encrypted if the caller wants that (RFC 9701).
//
// The smallest use, in a handler that has authenticated the caller and looked its token up:
//
//	answer := introspection.Response{Active: true, Issuer: issuer, ClientID: "s6BhdRkqt3", Expires: exp}
//	if !introspection.Accepts(r.Header.Values("Accept")) {
//		json.NewEncoder(w).Encode(answer)
//		return
//	}
//	encoder := introspection.Encoder{Issuer: issuer, Signer: set}        // a *keys.Set
//	token, err := encoder.Encode(ctx, introspection.Caller{ID: "accounts-api"}, answer)
//	w.Header().Set("Content-Type", introspection.MediaType)
//
// A [Response] that is not active says nothing else, in either form. A signed one keeps what is said of the token inside
// token_introspection: neither it nor an encrypted one can be taken for an access token or an ID token.
//
// # What it does not do
//
// Who asks, and whether it may know of the token, is for the caller to find out before (RFC 7662 2.1, RFC 9701 3), and
// which algorithms a profile permits. Requests aren't read here, and answers of others aren't verified: package resource
// does that.
//
// # Clauses
//
//	INT-03  RFC 7662 2.2  active alone for a token that is not active
//	INT-04  RFC 7662 2.2  the members of an answer
//	INT-11  RFC 9701 4    the JWT is for those who ask for its media type by name
//	INT-13  RFC 9701 5    Content-Type, and typ "token-introspection+jwt"
//	INT-14  RFC 9701 5    iss, aud, iat, token_introspection
//	INT-15  RFC 9701 5    token_introspection has active alone for a token that is not active
//	INT-17  RFC 9701 5    neither sub nor exp beside them
//	INT-18  RFC 9701 5    signed first, then encrypted: a nested JWT
//	INT-19  RFC 9701 6    the algorithms that the caller registered
//	INT-23  FAPI 2.0 MS   PS256, ES256 or EdDSA unless others are allowed
//	INT-24  RFC 8705 3.2, RFC 9449 6.2  cnf
//	INT-27  RFC 9701 5    members keep their names, further ones stand beside them
package introspection
