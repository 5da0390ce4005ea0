package main

import (
	"cmp"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/fosite-fapi/fosite-fapi/dpop"
	"github.com/fosite-fapi/fosite-fapi/keys"
	"github.com/fosite-fapi/fosite-fapi/replay"
	"github.com/fosite-fapi/fosite-fapi/resource"
)

// server is the API.
func (o *options) server(at net.Addr, log *slog.Logger) (*http.Server, error) {
	issuer, err := o.transport()
	if err != nil {
		return nil, err
	}
	config, err := o.resource(at, issuer, log)
	if err != nil {
		return nil, err
	}
	rs, err := resource.New(config)
	if err != nil {
		return nil, err
	}
	certificate, err := tls.LoadX509KeyPair(o.cert, o.key)
	if err != nil {
		return nil, fmt.Errorf("-cert, -key: %w", err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /accounts", rs.Protect(http.HandlerFunc(accounts), resource.Scope("accounts")))
	mux.HandleFunc("GET /ready", func(rw http.ResponseWriter, r *http.Request) {
		if err := rs.Ready(r.Context()); err != nil {
			log.ErrorContext(r.Context(), "not ready", "error", err)
			rw.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	s := &http.Server{
		Handler:           mux,
		TLSConfig:         serverTLS(certificate),
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelInfo), // strangers cause most of it
	}
	s.RegisterOnShutdown(issuer.CloseIdleConnections)
	return s, nil
}

// resource is which tokens are accepted.
func (o *options) resource(at net.Addr, issuer http.RoundTripper, log *slog.Logger) (resource.Config, error) {
	url, err := o.baseURL(at)
	if err != nil {
		return resource.Config{}, err
	}
	config := resource.Config{
		Issuer:    o.issuer,
		Audience:  list(cmp.Or(o.audience, url)),
		DPoP:      &dpop.Verifier{Replay: replay.NewMemory(0), Now: o.now}, // several processes need a store that they share
		BaseURLs:  []string{url},
		Transport: issuer,
		Logger:    log,
		Now:       o.now,
	}
	for _, format := range list(o.formats) {
		config.Formats = append(config.Formats, resource.Format(format))
	}
	if o.clientID == "" {
		return config, nil
	}
	config.Introspection = &resource.Introspection{ClientID: o.clientID, TTL: o.ttl}
	if o.clientJWKS != "" {
		config.Introspection.Keys, err = readKeys(o.clientJWKS)
	}
	return config, err
}

// baseURL is what clients put before a path. The port that they see may have been chosen by the system.
func (o *options) baseURL(at net.Addr) (string, error) {
	if o.url != "" {
		return o.url, nil
	}
	host, _, err := net.SplitHostPort(o.listen)
	if err != nil {
		return "", err
	}
	_, port, err := net.SplitHostPort(at.String())
	if err != nil {
		return "", err
	}
	return "https://" + net.JoinHostPort(cmp.Or(host, "localhost"), port), nil
}

func readKeys(file string) (keys.Source, error) {
	raw, err := os.ReadFile(file) //nolint:gosec // whoever starts the program names its files
	if err != nil {
		return nil, fmt.Errorf("-client-jwks: %w", err)
	}
	set, err := keys.ParseJWKS(raw)
	if err != nil {
		return nil, fmt.Errorf("-client-jwks: %w", err)
	}
	return keys.Static(set), nil
}

type account struct {
	ID      string `json:"account_id"`
	Holder  string `json:"holder"`
	Balance string `json:"balance"`
}

// accounts answers who has got here: the token is valid, its sender's, and for accounts.
func accounts(rw http.ResponseWriter, r *http.Request) {
	token := resource.TokenFrom(r.Context())
	rw.Header().Set("Content-Type", "application/json")
	rw.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(rw).Encode(map[string][]account{"accounts": {{ID: "1", Holder: token.Subject, Balance: "1204.17 EUR"}}})
}
