package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/fosite-fapi/fosite-fapi/registration"
)

// A config is what the file says: JSON without unknown members, paths relative to the file.
type config struct {
	Issuer string    `json:"issuer"` // https URL; below it lie the endpoints: /authorize, /token, /par, ...
	Listen string    `json:"listen"` // host:port
	TLS    tlsFiles  `json:"tls"`
	MTLS   mtlsFiles `json:"mtls"`
	JWKS   keySource `json:"jwks"` // the private keys, to sign and (use "enc") to decrypt, or the file with them; made when absent; "" is jwks.json

	CertificateHeader headerConfig   `json:"certificate_header,omitzero"` // behind a proxy
	Outbound          outboundConfig `json:"outbound,omitzero"`           // to the jwks_uri of clients

	AccessTokenFormat string         `json:"access_token_format"`         // "opaque" (also "") or "jwt"
	DPoPNonce         string         `json:"dpop_nonce"`                  // "off" (also ""), "on": given and checked, or "required" of each proof
	DPoPNonceSecret   string         `json:"dpop_nonce_secret,omitempty"` // base64url, for several processes; "": made at start
	Users             []userConfig   `json:"users"`                       // one at least
	Consent           string         `json:"consent"`                     // "form" (also ""), or "auto": the first user approves everything at once
	Clients           []clientConfig `json:"clients"`

	Registration              registrationConfig `json:"registration,omitzero"`                 // of clients by themselves
	AuthorizationDetailsTypes []detailsType      `json:"authorization_details_types,omitempty"` // RFC 9396; none: requests with authorization_details are refused

	Lifetimes lifetimes `json:"lifetimes"`
	Log       string    `json:"log"` // "debug", "info" (also ""), "warn", "error" or "off"
}

// tlsFiles are PEM files.
type tlsFiles struct {
	Cert string `json:"cert"` // the server's certificate, then its intermediates
	Key  string `json:"key"`
}

// mtlsFiles says how client certificates are asked for. Without a second listener the main one asks for them, and no
// mtls_endpoint_aliases are published. Behind a proxy that has an address of its own for them, base_url is that one.
type mtlsFiles struct {
	Listen   string `json:"listen"`    // host:port of the second listener
	BaseURL  string `json:"base_url"`  // where the outside finds it: https://host:port
	ClientCA string `json:"client_ca"` // PEM file with the trust anchors of tls_client_auth; "" allows none
}

type userConfig struct {
	Username string         `json:"username"` // also the subject
	Password string         `json:"password"`
	Claims   map[string]any `json:"claims"`        // of OpenID Connect Core 5.1, for /userinfo and on request for ID tokens
	ACR      string         `json:"acr,omitempty"` // how the login counts; "" says nothing of it
}

// clientConfig is the metadata of RFC 7591 with what it leaves to the server.
type clientConfig struct {
	ClientID     string   `json:"client_id"`
	ClientSecret string   `json:"client_secret,omitempty"` // of legacy clients
	Profile      string   `json:"fapi_profile"`            // "fapi2-security", "fapi2-message-signing" or a part of it ("fapi2-message-signing-requests"), "fapi1-advanced"; "" for a legacy client
	Audience     []string `json:"audience,omitempty"`      // which audiences it may ask for

	registration.Metadata
}

// lifetimes are durations such as "5m", or numbers of seconds. What is left out is the profile's default.
type lifetimes struct {
	AuthorizationCode duration `json:"authorization_code"`
	RequestURI        duration `json:"request_uri"`
	Interaction       duration `json:"interaction"` // how long login and consent may take
	AccessToken       duration `json:"access_token"`
	RefreshToken      duration `json:"refresh_token"`
	IDToken           duration `json:"id_token"`
}

type duration time.Duration

// UnmarshalJSON reads a duration as time.ParseDuration does, a number as seconds.
func (d *duration) UnmarshalJSON(raw []byte) error {
	var seconds int64
	if json.Unmarshal(raw, &seconds) == nil {
		*d = duration(time.Duration(seconds) * time.Second)
		return nil
	}
	var text string
	if json.Unmarshal(raw, &text) != nil {
		return errors.New(`must be a string like "5m", or a number of seconds`)
	}
	parsed, err := time.ParseDuration(text)
	if err != nil {
		return fmt.Errorf("%q is no duration like \"5m\"", text)
	}
	*d = duration(parsed)
	return nil
}

// MarshalJSON writes what UnmarshalJSON reads.
func (d duration) MarshalJSON() ([]byte, error) { return json.Marshal(time.Duration(d).String()) }

// or is the duration, else the default.
func (d duration) or(standard time.Duration) time.Duration {
	if d == 0 {
		return standard
	}
	return time.Duration(d)
}

// load reads a configuration with all that it refers to. The error names everything that is wrong with it.
func load(file string) (*setup, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("authserver: %w", err)
	}
	var found findings
	s := &setup{dir: filepath.Dir(file), now: time.Now}
	decode(raw, &s.config, &found)
	if !found.syntax {
		s.check(&found)
	}
	if err := found.join(file); err != nil {
		return nil, err
	}
	if s.keys == nil {
		err = s.makeKeys()
	}
	return s, err
}

// findings collect what is wrong, by field.
type findings struct {
	all    []error
	syntax bool // the file is no JSON: nothing else was looked at
}

func (f *findings) add(field, format string, args ...any) {
	f.all = append(f.all, fmt.Errorf("  %s: "+format, append([]any{field}, args...)...))
}

func (f *findings) join(file string) error {
	if len(f.all) == 0 {
		return nil
	}
	return fmt.Errorf("authserver: %s has %d errors:\n%w", file, len(f.all), errors.Join(f.all...))
}
