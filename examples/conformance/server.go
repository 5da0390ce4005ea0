package main

import (
	"net"
	"net/url"

	"github.com/fosite-fapi/fosite-fapi/registration"
)

// A config is what authserver is told, as far as it matters here.
type config struct {
	Issuer  string         `json:"issuer"`
	Listen  string         `json:"listen"`
	TLS     tlsFiles       `json:"tls"`
	MTLS    mtlsFiles      `json:"mtls"`
	Users   []user         `json:"users"`
	Clients []serverClient `json:"clients"`

	AuthorizationDetailsTypes []map[string]string `json:"authorization_details_types"`
}

type tlsFiles struct {
	Cert string `json:"cert"`
	Key  string `json:"key"`
}

type mtlsFiles struct {
	Listen   string `json:"listen"`
	BaseURL  string `json:"base_url"`
	ClientCA string `json:"client_ca"`
}

type user struct {
	Username string         `json:"username"`
	Password string         `json:"password"`
	Claims   map[string]any `json:"claims"`
}

type serverClient struct {
	ClientID string `json:"client_id"`
	Profile  string `json:"fapi_profile"`

	registration.Metadata
}

func serverConfig(at site, made *material) *config {
	c := &config{
		Issuer: at.Issuer, Listen: port(at.Issuer), TLS: tlsFiles{"server.pem", "server-key.pem"}, MTLS: mtlsFiles{port(at.MTLS), at.MTLS, "ca.pem"},
		// The modules about claims ask for identity claims and want them all.
		Users: []user{{"alice", made.password, map[string]any{
			"name": "Alice Example", "given_name": "Alice", "family_name": "Example", "middle_name": "A", "nickname": "al", "preferred_username": "alice",
			"profile": "https://example.com/alice", "picture": "https://example.com/alice.png", "website": "https://example.com/", "gender": "female",
			"birthdate": "1990-01-31", "zoneinfo": "Europe/Berlin", "locale": "en-GB", "updated_at": 1700000000,
			"email": "alice@example.com", "email_verified": true, "phone_number": "+49 30 5550123", "phone_number_verified": true,
			"address": map[string]any{"formatted": "1 Example Street, 10115 Berlin, Germany", "country": "DE"},
		}}},
		AuthorizationDetailsTypes: []map[string]string{{"type": detailsType}}, // with the common fields
	}
	for _, p := range plans() {
		c.Clients = append(c.Clients, p.client(at, 1, made), p.client(at, 2, made))
	}
	return c
}

// port is where to listen for a URL: on all interfaces, so that a suite in a container gets through.
func port(of string) string {
	u, err := url.Parse(of)
	if err != nil || u.Port() == "" {
		return ":443"
	}
	return net.JoinHostPort("", u.Port())
}
