// Quickstart runs an authorization server on fosite with a FAPI profile, a resource server, two clients and a user's browser, all on
// loopback TLS, and prints every message that they exchange:
//
//  1. a whole flow,
//  2. attacks on it, each refused, with the requirement that stopped it,
//  3. a client from before FAPI, served by the same provider as it always was.
//
// It needs no flags, no files and no network:
//
//	go run ./examples/quickstart
//
// tells the FAPI 2.0 Security Profile; the others are
//
//	go run ./examples/quickstart -profile fapi2-message-signing
//	go run ./examples/quickstart -profile fapi1-advanced
//
// It ends with status 0 when every answer was the expected one, else with 1 and what differed.
//
// To copy from here: server.go is a usual fosite server with one call swapped, login.go the login and consent pages that a host has already,
// accountsapi.go a resource server. The other files play the clients, the attackers and the narrator.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

func main() {
	os.Exit(program(context.Background(), os.Args[1:], os.Stdout))
}

// program is main, returning the exit status: 2 for arguments that it does not know.
func program(ctx context.Context, args []string, out io.Writer) int {
	flags := flag.NewFlagSet("quickstart", flag.ContinueOnError)
	flags.SetOutput(out)
	name := flags.String("profile", plans()[0].profile.Name, "`name` of the profile: fapi2-security, fapi2-message-signing or fapi1-advanced")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	p, err := planOf(*name)
	if err != nil || flags.NArg() > 0 {
		_, _ = fmt.Fprintln(out, errors.Join(err, unexpected(flags.Args())))
		return 2
	}
	if err := run(ctx, p, out); err != nil {
		_, _ = fmt.Fprintf(out, "\nDIFFERENT FROM WHAT WAS EXPECTED\n%s\n", err)
		return 1
	}
	return 0
}

func unexpected(args []string) error {
	if len(args) == 0 {
		return nil
	}
	return fmt.Errorf("unexpected arguments %q", args)
}

// run tells the story, top down.
func run(ctx context.Context, p *plan, out io.Writer) error {
	w, err := newWorld(ctx, p, out)
	if err != nil {
		return err
	}
	defer w.close()

	w.introduce()

	w.story.part("Part 1: a " + p.title + " flow")
	if err := w.flow(ctx); err != nil {
		return err
	}

	w.story.part("Part 2: attacks")
	if err := w.defend(ctx, p.attacks(p)); err != nil {
		return err
	}

	w.story.part("Part 3: a client from before FAPI, in the same server")
	if err := w.legacyFlow(ctx); err != nil {
		return err
	}
	if err := w.defend(ctx, p.legacyAttacks()); err != nil {
		return err
	}

	w.story.line("")
	w.story.line("Every answer was the expected one.")
	return nil
}
