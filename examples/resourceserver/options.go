package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"
)

// options are what the command line says.
type options struct {
	issuer, issuerCA  string
	listen, url       string
	cert, key         string
	audience, formats string

	clientID, clientJWKS  string
	clientCert, clientKey string
	ttl                   time.Duration

	now func() time.Time // of tests; nil is time.Now
}

func parse(args []string, stderr io.Writer) (*options, error) {
	o := &options{}
	flags := flag.NewFlagSet("resourceserver", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&o.issuer, "issuer", "", "`URL` of the authorization server whose tokens count, as in its metadata")
	flags.StringVar(&o.issuerCA, "issuer-ca", "", "PEM `file` with the trust anchors for it; those of the system without")
	flags.StringVar(&o.listen, "listen", "localhost:9443", "`address` to listen on")
	flags.StringVar(&o.url, "url", "", "`URL` by which clients know this server; https:// and the address without")
	flags.StringVar(&o.cert, "cert", "", "PEM `file` with the certificate of this server, then its intermediates")
	flags.StringVar(&o.key, "key", "", "PEM `file` with its key")
	flags.StringVar(&o.audience, "audience", "", "`names` of this server in tokens, with commas between; its URL without")
	flags.StringVar(&o.formats, "formats", "jwt", "`formats` of tokens: jwt, opaque or both, with a comma between")
	flags.StringVar(&o.clientID, "client-id", "", "`ID` of this server at the issuer, which is asked about all tokens then; opaque ones need it")
	flags.StringVar(&o.clientJWKS, "client-jwks", "", "`file` with its private keys, a JSON Web Key Set, for private_key_jwt")
	flags.StringVar(&o.clientCert, "client-cert", "", "PEM `file` with its certificate, for mutual TLS")
	flags.StringVar(&o.clientKey, "client-key", "", "PEM `file` with the certificate's key")
	flags.DurationVar(&o.ttl, "ttl", 30*time.Second, "how `long` the issuer's answers hold, and so a revoked token may work on")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	if flags.NArg() > 0 {
		return nil, fmt.Errorf("resourceserver: unexpected argument %q", flags.Arg(0))
	}
	return o, o.check()
}

// check finds what package resource can't: it sees no flags.
func (o *options) check() error {
	var errs []error
	bad := func(wrong bool, format string, args ...any) {
		if wrong {
			errs = append(errs, fmt.Errorf("resourceserver: "+format, args...))
		}
	}
	bad(o.issuer == "", "-issuer is required")
	bad(o.cert == "" || o.key == "", "-cert and -key are required")
	bad((o.clientCert == "") != (o.clientKey == ""), "-client-cert and -client-key need each other")
	one := (o.clientJWKS == "") != (o.clientCert == "")
	bad(o.clientID != "" && !one, "-client-id needs either -client-jwks or -client-cert")
	bad(o.clientID == "" && o.clientJWKS+o.clientCert != "", "-client-jwks and -client-cert need -client-id")
	return errors.Join(errs...)
}

// list splits at commas.
func list(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, ",")
}
