package introspection

import (
	"encoding/json"

	"github.com/fosite-fapi/fosite-fapi/internal/members"
)

// A Response is what is said of a token (RFC 7662 2.2). Its zero value is that of a token which is unknown, expired,
// revoked or none of the caller's business.
type Response struct {
	// Active says whether the token is good. false: nothing else is written, whatever the other fields say.
	Active bool

	Issuer    string   // iss
	Subject   string   // sub
	Username  string   // username
	Audience  []string // aud, written as an array
	ClientID  string   // client_id
	ID        string   // jti
	IssuedAt  int64    // iat, in seconds since 1970. Zero: not written
	NotBefore int64    // nbf, the same
	Expires   int64    // exp, the same
	Scope     string   // scope, separated by spaces
	TokenType string   // token_type: "DPoP" for a token that is bound to a key (RFC 9449 6.2)

	// Confirmation is cnf, to what the token is bound (RFC 8705 3.2, RFC 9449 6.2): anything that marshals to an object,
	// such as a *cnf.Confirmation. nil: to nothing.
	Confirmation any

	// Extra holds further members, such as authorization_details (RFC 9396 9.2). One with the name of a field above is
	// left out, also where the field is unset. Claims of identity need a legal basis (RFC 9701 5).
	Extra map[string]any
}

// body is Response as it is written. The names keep their order.
type body struct {
	Active       bool     `json:"active"`
	Issuer       string   `json:"iss,omitempty"`
	Subject      string   `json:"sub,omitempty"`
	Username     string   `json:"username,omitempty"`
	Audience     []string `json:"aud,omitempty"`
	ClientID     string   `json:"client_id,omitempty"`
	ID           string   `json:"jti,omitempty"`
	IssuedAt     int64    `json:"iat,omitempty"`
	NotBefore    int64    `json:"nbf,omitempty"`
	Expires      int64    `json:"exp,omitempty"`
	Scope        string   `json:"scope,omitempty"`
	TokenType    string   `json:"token_type,omitempty"`
	Confirmation any      `json:"cnf,omitempty"`
}

var known = map[string]bool{
	"active": true, "iss": true, "sub": true, "username": true, "aud": true, "client_id": true, "jti": true,
	"iat": true, "nbf": true, "exp": true, "scope": true, "token_type": true, "cnf": true,
}

var inactive = []byte(`{"active":false}`)

// MarshalJSON writes the fields in their order, then Extra in the order of its names. It fails on values in Confirmation
// and Extra that can't be marshalled.
func (r Response) MarshalJSON() ([]byte, error) {
	if !r.Active {
		return inactive, nil
	}
	out, err := json.Marshal(body{
		true, r.Issuer, r.Subject, r.Username, r.Audience, r.ClientID, r.ID, r.IssuedAt, r.NotBefore, r.Expires,
		r.Scope, r.TokenType, r.Confirmation,
	})
	if err != nil {
		return nil, err
	}
	return members.Append(out, r.Extra, known)
}
