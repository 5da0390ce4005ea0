// Package fositejose carries JSON Web Key Sets across the border between fosite, which speaks go-jose v3, and this
// module, which speaks go-jose v4 everywhere else.
//
// Both versions define [josev4.JSONWebKey] with the same fields, so a key crosses by struct conversion: no JSON, no
// copy of the key material, no loss. The compiler refuses this package on the day that the two types diverge.
//
//	set := fositejose.Set(client.GetJSONWebKeys()) // fosite.OpenIDConnectClient, go-jose v3
//
// Nothing is checked and nothing is cached here: a set with private, short or unknown keys comes out as it went in.
package fositejose
