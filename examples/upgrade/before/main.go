package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/ory/fosite"
	"github.com/ory/fosite/compose"
	"github.com/ory/fosite/token/jwt"

	"github.com/fosite-fapi/fosite-fapi/examples/upgrade/shop"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		_, _ = fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	server, err := shop.Open(args, os.Stderr)
	if err != nil {
		return err
	}
	config := &fosite.Config{
		GlobalSecret:      server.Secret,
		IDTokenIssuer:     server.Issuer,
		AccessTokenIssuer: server.Issuer,
		TokenURL:          server.Issuer + "/token",
	}
	strategy := &compose.CommonStrategy{
		CoreStrategy:               compose.NewOAuth2HMACStrategy(config),
		OpenIDConnectTokenStrategy: compose.NewOpenIDConnectStrategy(server.SigningKey, config),
		Signer:                     &jwt.DefaultSigner{GetPrivateKey: server.SigningKey},
	}
	provider := compose.Compose(config, server.Store, strategy,
		compose.OAuth2AuthorizeExplicitFactory,
		compose.OAuth2RefreshTokenGrantFactory,
		compose.OpenIDConnectExplicitFactory,
		compose.OAuth2PKCEFactory,
		compose.OAuth2TokenIntrospectionFactory,
		compose.OAuth2TokenRevocationFactory,
		compose.PushedAuthorizeHandlerFactory,
	)
	return server.Serve(ctx, server.Routes(provider), os.Stdout)
}
