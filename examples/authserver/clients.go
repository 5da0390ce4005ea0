package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/ory/fosite"
	"golang.org/x/crypto/bcrypt"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/registration"
)

// A client is a registered client with the profile that it is served by.
type client struct {
	*registration.Client
	profile string // a name of the profiles given to fapi.Compose, or fapi.Legacy
}

// profileOf is the selector: what the configuration says.
func profileOf(_ context.Context, c fosite.Client) (string, error) {
	if own, ok := c.(*client); ok {
		return own.profile, nil
	}
	return "", fmt.Errorf("%T is no client of the configuration", c)
}

func (s *setup) checkClients(found *findings) {
	seen := make(map[string]bool, len(s.Clients))
	for i, c := range s.Clients {
		field := fmt.Sprintf("clients[%d]", i)
		switch {
		case c.ClientID == "":
			found.add(field+".client_id", "is required")
		case seen[c.ClientID]:
			found.add(field+".client_id", "%q is there twice", c.ClientID)
		case s.users.byName[c.ClientID] != nil: // its own tokens would pass for the user's
			found.add(field+".client_id", "%q is a username", c.ClientID)
		default:
			field += " (" + c.ClientID + ")"
		}
		seen[c.ClientID] = true
		for _, problem := range registration.Problems(c.Validate()) {
			found.add(field+"."+problem.Field, "%s", problem.Reason)
		}
		s.checkUserinfo(field, c, found)
		if c.SubjectType == "pairwise" {
			found.add(field+".subject_type", "is not supported: every client sees the same subjects")
		}
		s.clients = append(s.clients, s.newClient(field, c, found))
	}
}

func (s *setup) newClient(field string, c clientConfig, found *findings) *client {
	out := &client{Client: &registration.Client{ID: c.ClientID, Metadata: c.Metadata, Audience: c.Audience}, profile: c.Profile}
	i := slices.IndexFunc(s.profiles, func(p fapi.Profile) bool { return p.Name == c.Profile })
	switch {
	case i >= 0:
		s.checkProfiled(field, c, s.profiles[i], found)
	case c.Profile == "":
		out.profile = fapi.Legacy
		out.HashedSecret = checkLegacy(field, c, found)
	default:
		found.add(field+".fapi_profile", "is %q, want one of %q, or none for a legacy client", c.Profile, profileNames(s.profiles))
	}
	return out
}

func profileNames(profiles []fapi.Profile) (names []string) {
	for _, p := range profiles {
		names = append(names, p.Name)
	}
	return names
}

func (s *setup) checkProfiled(field string, c clientConfig, profile fapi.Profile, found *findings) {
	method := c.AuthMethod()
	if !slices.Contains(profile.AuthMethods, method) {
		found.add(field+".token_endpoint_auth_method", "is %q, want one of %q", method, profile.AuthMethods)
	}
	if method == registration.AuthTLS && s.MTLS.ClientCA == "" {
		found.add(field+".token_endpoint_auth_method", "%q needs mtls.client_ca", method)
	}
	if c.ClientSecret != "" {
		found.add(field+".client_secret", "is for legacy clients")
	}
}

// checkLegacy returns the hash of the secret. Its cost is the least: the secrets are in the configuration.
func checkLegacy(field string, c clientConfig, found *findings) []byte {
	method := c.AuthMethod()
	oneOf(field+".token_endpoint_auth_method", method, found,
		registration.AuthClientSecretBasic, registration.AuthClientSecretPost, registration.AuthNone)
	if (method == registration.AuthNone) != (c.ClientSecret == "") {
		found.add(field+".client_secret", "is for clients that authenticate with it, and they need it; this one has the method %q", method)
	}
	if c.ClientSecret == "" {
		return nil
	}
	hash, err := bcrypt.GenerateFromPassword([]byte(c.ClientSecret), bcrypt.MinCost)
	if err != nil {
		found.add(field+".client_secret", "%s", err)
	}
	return hash
}

// served are the profiles that any client has or may register for: the metadata tells what clients of this server find. Without clients it is
// the strictest.
func (s *setup) served() []fapi.Profile {
	used := slices.DeleteFunc(slices.Clone(s.profiles), func(p fapi.Profile) bool {
		return p.Name != s.Registration.Profile && !slices.ContainsFunc(s.clients, func(c *client) bool { return c.profile == p.Name })
	})
	for i, p := range used {
		if p.Name == s.Registration.Profile {
			used[i] = p.With(s.userinfoRule())
		}
	}
	if len(used) == 0 {
		return []fapi.Profile{s.profile}
	}
	return used
}

// hasLegacy says whether any client is not of a profile.
func (s *setup) hasLegacy() bool {
	return slices.ContainsFunc(s.clients, func(c *client) bool { return c.profile == fapi.Legacy })
}

// hasPublic says whether any client has nothing to authenticate with, which only legacy clients may.
func (s *setup) hasPublic() bool {
	return slices.ContainsFunc(s.clients, func(c *client) bool { return c.AuthMethod() == registration.AuthNone })
}

// scopes are all that any client is registered for.
func (s *setup) scopes() []string {
	all := append([]string{"openid"}, s.Registration.Scopes...)
	for _, c := range s.clients {
		all = append(all, c.Scopes()...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
