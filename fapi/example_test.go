package fapi_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"

	"github.com/ory/fosite"
	"github.com/ory/fosite/compose"
	"github.com/ory/fosite/storage"

	"github.com/fosite-fapi/fosite-fapi/fapi"
	"github.com/fosite-fapi/fosite-fapi/keys"
)

// A server whose clients are all served by FAPI 2.0.
func ExampleCompose() {
	signing, err := keys.Generate("ES256")
	if err != nil {
		fmt.Println(err)
		return
	}
	set, err := keys.New(signing)
	if err != nil {
		fmt.Println(err)
		return
	}
	config := &fosite.Config{GlobalSecret: []byte("a secret of thirty-two bytes or so"), IDTokenIssuer: "https://as.example.com"}
	provider, err := fapi.Compose(config, storage.NewMemoryStore(), compose.NewOAuth2HMACStrategy(config),
		fapi.WithProfile(fapi.FAPI2Security()),
		fapi.WithKeys(set),
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	doc, err := provider.Metadata(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(doc.PushedAuthorizationRequestEndpoint, doc.RequirePushedAuthorizationRequests)
	// Output: https://as.example.com/par true
}

// Everything that is misconfigured is reported at once, with the requirement that it would break.
func ExampleCompose_problems() {
	config := &fosite.Config{GlobalSecret: []byte("short"), IDTokenIssuer: "http://as.example.com"}
	profile := fapi.FAPI2Security()
	profile.AuthorizationCodeLifetime *= 2
	_, err := fapi.Compose(config, storage.NewMemoryStore(), compose.NewOAuth2HMACStrategy(config), fapi.WithProfile(profile))
	fmt.Println(err)
	// Output:
	// fapi: F2-AS-11: profile "fapi2-security": AuthorizationCodeLifetime is 2m0s, want more than 0 and at most 1m0s
	// fapi: ISS-02: issuer "http://as.example.com": must be https
	// fapi: F2-CR-06: the strategy can not make codes: secret for signing HMAC-SHA512/256 is expected to be 32 byte long, got 5 byte
	// fapi: F2-CR-02: no signing keys: use WithKeys, or a strategy with a key fit for PS256, ES256 or EdDSA: the strategy *oauth2.HMACSHAStrategy holds no jwt.DefaultSigner
}

// A rule of one's own, judged after everything that the profile demands.
func ExampleProfile_With() {
	profile := fapi.FAPI2Security().With(fapi.Rule{
		Requirement: fapi.Requirement{ID: "ACME-7", Clause: "Acme Open Banking 7", Text: "Payments need a purpose.", Stage: fapi.AtPushedRequest},
		Check: func(_ context.Context, r *fapi.Request) error {
			if r.Parameters.Get("purpose") == "" {
				return fosite.ErrInvalidRequest.WithHint("Send purpose.")
			}
			return nil
		},
	})
	all := profile.Requirements()
	fmt.Println(all[len(all)-1].ID, all[len(all)-1].Text)
	// Output: ACME-7 Payments need a purpose.
}

// One record for each decision, among other auditors.
func ExampleAuditLog() {
	log := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
	all := fapi.Auditors{fapi.AuditLog(log), fapi.AuditFunc(func(context.Context, fapi.Event) error { return nil })}
	_ = all.Audit(context.Background(), fapi.Event{Stage: fapi.AtToken, Client: "client-a", Profile: "fapi2-security", Subject: "alice", Granted: true})
	// Output: level=INFO msg=granted stage=token client=client-a profile=fapi2-security subject=alice
}

// A refusal says which requirement it stands for.
func ExampleAuditFunc() {
	refusals := fapi.AuditFunc(func(_ context.Context, e fapi.Event) error {
		if !e.Granted {
			fmt.Println(e.Client, "was refused by", e.ID)
		}
		return nil
	})
	_ = refusals.Audit(context.Background(), fapi.Event{Client: "client-a", ID: "F2-AZ-05", Code: "invalid_request"})
	// Output: client-a was refused by F2-AZ-05
}
