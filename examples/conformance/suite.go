package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// A planConfig is a plan's configuration as the suite takes it.
type planConfig struct {
	Alias       string                `json:"alias"`
	Description string                `json:"description"`
	Server      serverOf              `json:"server"`
	Client      clientOf              `json:"client"`
	Client2     clientOf              `json:"client2"`
	MTLS        *pair                 `json:"mtls,omitempty"`
	MTLS2       *pair                 `json:"mtls2,omitempty"`
	Resource    resourceOf            `json:"resource"`
	Browser     []visit               `json:"browser,omitempty"`
	Override    map[string]overriding `json:"override,omitempty"` // by module
}

type serverOf struct {
	DiscoveryURL string `json:"discoveryUrl"`
}

type clientOf struct {
	ClientID string          `json:"client_id"`
	Scope    string          `json:"scope"`
	JWKS     json.RawMessage `json:"jwks"`
	DPoP     string          `json:"dpop_signing_alg,omitempty"`
}

// A pair is a certificate with its key, in PEM.
type pair struct {
	Cert string `json:"cert"`
	Key  string `json:"key"`
	CA   string `json:"ca"`
}

type resourceOf struct {
	ResourceURL string           `json:"resourceUrl"`
	Details     []map[string]any `json:"richAuthorizationRequest,omitempty"` // authorization_details, where authorization_request_type is rar
}

type overriding struct {
	Browser []visit `json:"browser"`
}

// A visit says what the suite's browser does when it is sent to a URL.
type visit struct {
	Match string `json:"match"`
	Limit int    `json:"match-limit,omitempty"` // how often this one is for; 0 is always
	Tasks []task `json:"tasks"`
}

type task struct {
	Task     string  `json:"task"`
	Match    string  `json:"match"`
	Optional bool    `json:"optional,omitempty"`
	Commands [][]any `json:"commands"`
}

// planFiles are the plans' configurations, and the list of them.
func planFiles(at site, made *material) map[string]func() ([]byte, error) {
	files := map[string]func() ([]byte, error){}
	var list strings.Builder
	for _, p := range plans() {
		name := "plans/" + p.name + ".json"
		files[name] = func() ([]byte, error) { return marshal(p.config(at, made)) }
		fmt.Fprintf(&list, "%s %s\n", p.expression(), name)
	}
	files["plans.txt"] = func() ([]byte, error) { return []byte(list.String()), nil }
	return files
}

func (p *plan) config(at site, made *material) *planConfig {
	c := &planConfig{
		Alias: p.name, Description: "fosite-fapi: " + p.expression(), Server: serverOf{p.discovery(at)}, Resource: resourceOf{p.resource(at), p.details()},
		Client:  clientOf{p.clientID(1), p.scope(), made.private[0], ""},
		Client2: clientOf{p.clientID(2), p.scope(), made.private[1], ""},
	}
	if p.dpop {
		c.Client.DPoP, c.Client2.DPoP = "ES256", "ES256"
	}
	if p.certificates() {
		c.MTLS, c.MTLS2 = &made.certificates[0], &made.certificates[1]
	}
	if !p.machine {
		c.Browser, c.Override = p.pages(at, made).approves(), p.overrides(at, made)
	}
	return c
}

// marshal writes JSON that people can read.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(v)
	return b.Bytes(), err
}
