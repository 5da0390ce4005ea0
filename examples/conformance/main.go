// Command conformance prepares the example server for the OpenID Foundation's conformance suite: it writes a
// configuration of authserver with two clients for each plan, and the plans' configurations for the suite, with fresh
// keys and certificates.
//
//	go run ./examples/conformance -dir conformance-data
//	go run ./examples/authserver -config conformance-data/authserver.json
//
// conformance/README.md says what to do with them. What is written under conformance/plans in the repository is the
// same without the keys.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// A site says where the server and the suite are found.
type site struct {
	Issuer string // https URL of host and port
	MTLS   string // the same host at another port
	Suite  string // https URL of the suite, as the user's browser sees it
}

// standard is a suite as its own documentation starts it, and a server beside it on the same machine.
var standard = site{
	Issuer: "https://host.docker.internal:9443", MTLS: "https://host.docker.internal:9444", Suite: "https://localhost.emobix.co.uk:8443",
}

func run(args []string, out io.Writer) error {
	at := standard
	flags := flag.NewFlagSet("conformance", flag.ContinueOnError)
	flags.SetOutput(out)
	dir := flags.String("dir", "conformance-data", "`directory` to write to")
	flags.StringVar(&at.Issuer, "issuer", at.Issuer, "`URL` of the server, which the suite must reach")
	flags.StringVar(&at.MTLS, "mtls", at.MTLS, "`URL` of the server's port for client certificates")
	flags.StringVar(&at.Suite, "suite", at.Suite, "`URL` of the suite")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("conformance: unexpected argument %q", flags.Arg(0))
	}
	if err := at.check(); err != nil {
		return fmt.Errorf("conformance: %w", err)
	}
	made, err := newMaterial(at)
	if err == nil {
		err = write(*dir, at, made)
	}
	if err != nil {
		return fmt.Errorf("conformance: %w", err)
	}
	for _, line := range []string{
		"go run ./examples/authserver -config " + filepath.Join(*dir, "authserver.json"),
		"plans and their configurations: " + filepath.Join(*dir, "plans.txt"),
	} {
		fmt.Fprintln(out, line)
	}
	return nil
}

// check wants URLs without anything behind the port.
func (s *site) check() error {
	for _, at := range []*string{&s.Issuer, &s.MTLS, &s.Suite} {
		*at = strings.TrimSuffix(*at, "/")
		u, err := url.Parse(*at)
		if err != nil || u.Scheme != "https" || u.Host == "" || u.Path != "" || u.RawQuery != "" || u.User != nil {
			return fmt.Errorf("%q is no URL of the form https://host:port", *at)
		}
	}
	return nil
}

// write writes everything. Nothing but the owner may read it, and git ignores it: there are private keys in it.
func write(dir string, at site, made *material) error {
	if err := os.MkdirAll(filepath.Join(dir, "plans"), 0o700); err != nil {
		return err
	}
	files := map[string][]byte{".gitignore": []byte("*\n")}
	for name, content := range made.files {
		files[name] = content
	}
	var err error
	if files["authserver.json"], err = marshal(serverConfig(at, made)); err != nil {
		return err
	}
	for name, content := range planFiles(at, made) {
		if files[name], err = content(); err != nil {
			return err
		}
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			return err
		}
	}
	return nil
}
