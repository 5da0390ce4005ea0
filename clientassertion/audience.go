package clientassertion

import "slices"

// Audience says which aud values name this server.
//
// FAPI 2.0 accepts the issuer identifier as a JSON string and nothing else (F2-AS-08): set Issuer only. RFC 7523, OpenID
// Connect and FAPI 1.0 are wider: Also and Array.
type Audience struct {
	// Issuer is the server's issuer identifier, compared exactly. Required.
	Issuer string
	// Also holds other accepted values: the URLs of the token, PAR and other endpoints and their mTLS aliases. nil: none.
	Also []string
	// Array permits an array, of which one member must be accepted. False: a JSON string only.
	Array bool
}

func (a Audience) names(value string) bool {
	return value != "" && (value == a.Issuer || slices.Contains(a.Also, value))
}

func (a Audience) accepts(aud audience) bool {
	if aud.array {
		return a.Array && slices.ContainsFunc(aud.list, a.names)
	}
	return a.names(aud.single)
}

// String says what is accepted, for error messages.
func (a Audience) String() string {
	out := "want " + a.Issuer
	if len(a.Also) > 0 {
		out += ", or another registered name"
	}
	if !a.Array {
		out += " as a JSON string"
	}
	return out
}
