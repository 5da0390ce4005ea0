// Command resourceserver is an API in a process of its own, with one route: GET /accounts. Whoever calls it needs an access
// token of one authorization server, for the scope "accounts", that is bound to the caller's certificate or DPoP key. It is
// net/http and package resource, and links no part of an authorization server.
//
// With JWTs it needs to know the issuer alone, and finds its keys by its metadata. Their aud must name this server, by its URL or
// what -audience says:
//
//	go run ./examples/resourceserver -issuer https://localhost:8443 -issuer-ca authserver-data/ca.pem \
//		-cert authserver-data/server.pem -key authserver-data/server-key.pem
//
// About opaque tokens it asks the issuer, and for that it is a client of it. The files are those that authserver writes:
//
//	go run ./examples/authserver
//	go run ./examples/resourceserver -issuer https://localhost:8443 -issuer-ca authserver-data/ca.pem \
//		-cert authserver-data/server.pem -key authserver-data/server-key.pem -formats opaque \
//		-client-id client2 -client-cert authserver-data/client2.pem -client-key authserver-data/client2-key.pem
//
// With -client-jwks in place of a certificate it authenticates by private_key_jwt. A client for it may see the tokens of
// others: authserver asks the scope "introspect" of it.
//
// What a host would take from here is server.go: a resource.Config, one call of Protect for each route, and TLS that asks for
// certificates.
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

// run serves until ctx ends. Where it listens is written to stdout, the log to stderr.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parse(args, stderr)
	if err != nil {
		return err
	}
	return o.run(ctx, stdout, stderr)
}

func (o *options) run(ctx context.Context, stdout, stderr io.Writer) error {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", o.listen)
	if err != nil {
		return fmt.Errorf("resourceserver: %w", err)
	}
	server, err := o.server(l.Addr(), slog.New(slog.NewTextHandler(stderr, nil)))
	if err != nil {
		return fmt.Errorf("resourceserver: %w", errors.Join(err, l.Close()))
	}
	fmt.Fprintf(stdout, "listening on %s\n", l.Addr())
	return serve(ctx, server, l)
}
