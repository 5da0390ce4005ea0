// Command authserver is an OpenID Provider and OAuth 2.0 authorization server to point other software at: client
// libraries, the OpenID conformance suite, load tests. It is built on this module and fosite alone, keeps everything
// in memory, and serves clients of the FAPI profiles beside legacy ones.
//
// Without a configuration it writes one, with certificates, keys and clients, and says how to use it:
//
//	go run ./examples/authserver
//
// With one, see config for its members:
//
//	go run ./examples/authserver -config authserver-data/config.json
//
// What a host would take from here: server.go composes the provider and mounts the endpoints, interaction.go decides
// authorization requests with the pages of login.go and consent.go, resources.go protects an API, memory.go is a
// store. What it would not: users with passwords in a file, and a store that forgets when the process ends.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run serves until ctx ends. What to do next is written to stdout, the log to stderr.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("authserver", flag.ContinueOnError)
	flags.SetOutput(stderr)
	file := flags.String("config", "", "configuration `file`; without it, one is written to -dir and used")
	dir := flags.String("dir", "authserver-data", "`directory` of the written configuration")
	listen := flags.String("listen", "localhost:8443", "`address` for the written configuration")
	mtls := flags.String("mtls-listen", "localhost:8444", "`address` that asks for client certificates, for the written configuration")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("authserver: unexpected argument %q", flags.Arg(0))
	}
	written := *file == ""
	if written {
		*file = filepath.Join(*dir, "config.json")
		if err := bootstrap(*dir, *file, *listen, *mtls); err != nil {
			return fmt.Errorf("authserver: writing a configuration: %w", err)
		}
	}
	s, err := load(*file)
	if err != nil {
		return err
	}
	srv, err := newServer(s, newLogger(stderr, s.Log))
	if err != nil {
		return fmt.Errorf("authserver: %w", err)
	}
	l, err := listenAll(ctx, s)
	if err != nil {
		return fmt.Errorf("authserver: %w", err)
	}
	if written {
		usage(stdout, *dir, s)
	}
	for _, listener := range l {
		fmt.Fprintf(stdout, "listening on %s\n", listener.Addr())
	}
	return srv.serve(ctx, l)
}

// listenAll opens the main listener and, where there is one, that for mutual TLS.
func listenAll(ctx context.Context, s *setup) ([]net.Listener, error) {
	addresses := []string{s.Listen}
	if s.MTLS.Listen != "" {
		addresses = append(addresses, s.MTLS.Listen)
	}
	var open []net.Listener
	for _, address := range addresses {
		l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
		if err != nil {
			for _, l := range open {
				_ = l.Close()
			}
			return nil, err
		}
		open = append(open, l)
	}
	return open, nil
}

func newLogger(w io.Writer, level string) *slog.Logger {
	levels := map[string]slog.Level{"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError}
	at, ok := levels[level]
	if !ok {
		return slog.New(slog.DiscardHandler)
	}
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: at}))
}
