package registration

import "time"

// A Record is a client that registered itself, as a [Store] keeps it. It is a fosite client, and its JSON holds all of it.
//
// A record that a store has handed out is not changed any more: a copy with another [Metadata] takes its place.
type Record struct {
	Client

	// Policy names the rules by which the client was admitted: for package fapi its profile. A host may change it.
	Policy string `json:"policy,omitempty"`
	// TokenHash is that of the registration access token; the token itself is not kept.
	TokenHash TokenHash `json:"registration_access_token_hash"`
	// IssuedAt is client_id_issued_at, in whole seconds.
	IssuedAt time.Time `json:"issued_at"`
	// Version counts the changes, from 1.
	Version uint64 `json:"version"`
}
