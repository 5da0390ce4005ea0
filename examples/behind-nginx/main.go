// Command behind-nginx writes the configuration of an nginx that ends TLS in front of authserver, and passes the certificates
// of clients on in a header. README.md says what else there is to do.
//
//	go run ./examples/behind-nginx -dir authserver-data > nginx.conf
package main

import (
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"text/template"
)

func main() {
	if err := run(os.Args[1:], os.Stdout, os.Stderr); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string, stdout, stderr io.Writer) error {
	var p proxy
	flags := flag.NewFlagSet("behind-nginx", flag.ContinueOnError)
	flags.SetOutput(stderr)
	dir := flags.String("dir", "authserver-data", "`directory` with ca.pem, server.pem and server-key.pem; nginx keeps its own files there too")
	flags.StringVar(&p.Listen, "listen", "127.0.0.1:8443", "`address` of the issuer")
	flags.StringVar(&p.MTLSListen, "mtls-listen", "127.0.0.1:8444", "`address` that asks for client certificates")
	flags.StringVar(&p.Backend, "backend", "127.0.0.1:9443", "`address` that authserver listens on")
	flags.StringVar(&p.BackendName, "backend-name", "localhost", "`name` in its certificate")
	flags.StringVar(&p.Header, "header", "ssl-client-cert", "`name` of the header, certificate_header.name of authserver")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("behind-nginx: unexpected argument %q", flags.Arg(0))
	}
	absolute, err := filepath.Abs(*dir) // nginx has a directory of its own for relative paths
	if err != nil {
		return fmt.Errorf("behind-nginx: %w", err)
	}
	p.in(absolute)
	return p.write(stdout)
}

// A proxy is what nginx needs to know.
type proxy struct {
	Dir                  string // for what nginx writes
	Listen, MTLSListen   string // host:port
	Backend, BackendName string // host:port, and the name in its certificate
	Cert, Key, CA        string // PEM files: of nginx, and the trust anchor of the backend
	Header               string
}

// in sets the paths as authserver names its files.
func (p *proxy) in(dir string) {
	p.Dir = dir
	p.Cert, p.Key, p.CA = filepath.Join(dir, "server.pem"), filepath.Join(dir, "server-key.pem"), filepath.Join(dir, "ca.pem")
}

//go:embed nginx.conf.tmpl
var text string

var conf = template.Must(template.New("nginx.conf").Parse(text))

// plain is what means nothing but itself in nginx's language. A header with an underscore is not let through by nginx.
var plain, token = regexp.MustCompile(`^[A-Za-z0-9_./:+~\[\]-]+$`), regexp.MustCompile(`^[A-Za-z0-9-]+$`)

func (p *proxy) write(w io.Writer) error {
	for _, value := range []string{p.Dir, p.Listen, p.MTLSListen, p.Backend, p.BackendName} {
		if !plain.MatchString(value) {
			return fmt.Errorf("behind-nginx: %q can't stand in nginx.conf", value)
		}
	}
	if !token.MatchString(p.Header) {
		return fmt.Errorf("behind-nginx: -header is %q, not letters, digits and hyphens", p.Header)
	}
	return conf.Execute(w, p)
}
