package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/fosite-fapi/fosite-fapi/fapi"
)

const (
	shutdownTimeout = 10 * time.Second
	sweepEvery      = time.Minute
)

// serve answers on the main listener and, where there is a second one, on that with client certificates, until ctx
// ends. Requests that began by then are answered.
func (s *server) serve(ctx context.Context, listeners []net.Listener) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	servers, failed := make([]*http.Server, len(listeners)), make(chan error, len(listeners))
	for i, l := range listeners {
		certificates := i == len(listeners)-1 && s.certificates == nil // the second listener, or the only one
		servers[i] = s.newHTTP(certificates)
		go func() { failed <- servers[i].ServeTLS(l, "", "") }()
	}
	go s.sweep(ctx)
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	return errors.Join(err, s.shutdown(servers))
}

func (s *server) newHTTP(certificates bool) *http.Server {
	return &http.Server{
		Handler:           s.handler,
		TLSConfig:         fapi.TLSConfig(certificates, s.certificate),
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ConnState:         s.connections.changed,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelInfo), // strangers cause most of it
	}
}

func (s *server) shutdown(servers []*http.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), shutdownTimeout)
	defer cancel()
	var errs []error
	for _, server := range servers {
		if err := server.Shutdown(ctx); err != nil {
			errs = append(errs, err, server.Close())
		}
	}
	return errors.Join(errs...)
}

// sweep forgets what expired.
func (s *server) sweep(ctx context.Context) {
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			s.store.sweep()
			s.sessions.sweep()
		}
	}
}
