package main

import (
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"maps"
	"slices"
)

// users are those of the configuration. They never change.
type users struct {
	first  *user
	byName map[string]*user
	acrs   []string // of all of them
}

type user struct {
	name     string // also the subject
	password [sha256.Size]byte
	claims   map[string]any
	acr      string
}

func newUsers(configured []userConfig, found *findings) *users {
	u := &users{byName: make(map[string]*user, len(configured))}
	if len(configured) == 0 {
		found.add("users", "must have one user at least")
	}
	for i, c := range configured {
		field := fmt.Sprintf("users[%d]", i)
		if c.Username == "" || c.Password == "" {
			found.add(field, "needs a username and a password")
		}
		if u.byName[c.Username] != nil {
			found.add(field+".username", "%q is there twice", c.Username)
		}
		if _, ok := c.Claims["sub"]; ok {
			found.add(field+".claims.sub", "is the username")
		}
		for _, name := range loginClaims {
			if _, ok := c.Claims[name]; ok {
				found.add(field+".claims."+name, "is what the login says, not a claim of the user")
			}
		}
		one := &user{name: c.Username, password: sha256.Sum256([]byte(c.Password)), claims: c.Claims, acr: c.ACR}
		u.byName[c.Username] = one
		if u.first == nil {
			u.first = one
		}
		if c.ACR != "" && !slices.Contains(u.acrs, c.ACR) {
			u.acrs = append(u.acrs, c.ACR)
		}
	}
	return u
}

// login returns the user if the password is right. The hash only makes the lengths equal: the passwords are in the
// configuration for everyone who can read it.
func (u *users) login(name, password string) *user {
	hash := sha256.Sum256([]byte(password))
	found, known := u.byName[name]
	if !known {
		found = &user{}
	}
	if subtle.ConstantTimeCompare(found.password[:], hash[:]) == 1 && known {
		return found
	}
	return nil
}

// loginClaims say how the user logged in.
var loginClaims = []string{"auth_time", "acr", "amr"}

// scopeClaims are the claims that a scope covers (OpenID Connect Core 5.4).
var scopeClaims = map[string][]string{
	"profile": {
		"name", "family_name", "given_name", "middle_name", "nickname", "preferred_username", "profile", "picture", "website",
		"gender", "birthdate", "zoneinfo", "locale", "updated_at",
	},
	"email":   {"email", "email_verified"},
	"address": {"address"},
	"phone":   {"phone_number", "phone_number_verified"},
}

// claims are the names of what clients may be told, by the scopes or by asking for it.
func (u *users) claims(scopes []string) []string {
	names := append([]string{"sub"}, loginClaims...)
	for _, scope := range []string{"profile", "email", "address", "phone"} {
		if slices.Contains(scopes, scope) {
			names = append(names, scopeClaims[scope]...)
		}
	}
	var others []string
	for _, one := range u.byName {
		others = slices.AppendSeq(others, maps.Keys(one.claims))
	}
	slices.Sort(others)
	for _, name := range others {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// named are the user's claims of these names, as far as there are some.
func (u *user) named(names []string) map[string]any {
	out := map[string]any{}
	for _, name := range names {
		if value, ok := u.claims[name]; ok {
			out[name] = value
		}
	}
	return out
}

// covered are the user's claims that the scopes cover, with sub.
func (u *user) covered(scopes []string) map[string]any {
	out := map[string]any{"sub": u.name}
	for _, scope := range scopes {
		for _, name := range scopeClaims[scope] {
			if value, ok := u.claims[name]; ok {
				out[name] = value
			}
		}
	}
	return out
}
