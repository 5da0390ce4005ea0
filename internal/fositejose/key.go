package fositejose

import (
	josev3 "github.com/go-jose/go-jose/v3"
	josev4 "github.com/go-jose/go-jose/v4"
)

// PrivateKey returns the JSON Web Key that a fosite key getter answered with, whichever version of go-jose it is of,
// by value or by pointer. It says false for anything else, a bare private key for example.
func PrivateKey(raw any) (josev4.JSONWebKey, bool) {
	switch key := raw.(type) {
	case *josev3.JSONWebKey:
		if key != nil {
			return josev4.JSONWebKey(*key), true
		}
	case josev3.JSONWebKey:
		return josev4.JSONWebKey(key), true
	case *josev4.JSONWebKey:
		if key != nil {
			return *key, true
		}
	case josev4.JSONWebKey:
		return key, true
	}
	return josev4.JSONWebKey{}, false
}
