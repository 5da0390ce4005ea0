package fositejose

import (
	josev3 "github.com/go-jose/go-jose/v3"
	josev4 "github.com/go-jose/go-jose/v4"
)

// Set returns the keys of a go-jose v3 set as a go-jose v4 set; nil for nil.
//
// The returned set has a slice of its own, so that appending to one set never shows in the other. The keys and
// certificates that the elements point to are shared, and must be treated as read-only.
func Set(set *josev3.JSONWebKeySet) *josev4.JSONWebKeySet {
	if set == nil {
		return nil
	}
	out := &josev4.JSONWebKeySet{Keys: make([]josev4.JSONWebKey, len(set.Keys))}
	for i, key := range set.Keys {
		out.Keys[i] = josev4.JSONWebKey(key)
	}
	return out
}

// SetV3 is the way back: the keys of a go-jose v4 set as a go-jose v3 set; nil for nil. It shares what [Set] shares.
//
// A key of a type that only v4 knows crosses too, but v3 can neither serialise it nor verify with it.
func SetV3(set *josev4.JSONWebKeySet) *josev3.JSONWebKeySet {
	if set == nil {
		return nil
	}
	out := &josev3.JSONWebKeySet{Keys: make([]josev3.JSONWebKey, len(set.Keys))}
	for i, key := range set.Keys {
		out.Keys[i] = josev3.JSONWebKey(key)
	}
	return out
}
