// Quickstart runs an authorization server on fosite with FAPI 2.0, a resource server, two clients and a user's browser, all on
// loopback TLS, and prints every message that they exchange:
//
//  1. a whole FAPI 2.0 Security Profile flow,
//  2. attacks on it, each refused, with the requirement that stopped it,
//  3. a client from before FAPI, served by the same provider as it always was.
//
// It needs no flags, no files and no network:
//
//	go run ./examples/quickstart
//
// It ends with status 0 when every answer was the expected one, else with 1 and what differed.
//
// To copy from here: server.go is a usual fosite server with one call swapped, login.go the login and consent pages that a host has already,
// accountsapi.go a resource server. The other files play the clients, the attackers and the narrator.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
)

func main() {
	os.Exit(program(context.Background(), os.Stdout))
}

// program is main, returning the exit status.
func program(ctx context.Context, out io.Writer) int {
	if err := run(ctx, out); err != nil {
		_, _ = fmt.Fprintf(out, "\nDIFFERENT FROM WHAT WAS EXPECTED\n%s\n", err)
		return 1
	}
	return 0
}

// run tells the story, top down.
func run(ctx context.Context, out io.Writer) error {
	w, err := newWorld(ctx, out)
	if err != nil {
		return err
	}
	defer w.close()

	w.introduce()

	w.story.part("Part 1: a FAPI 2.0 flow")
	if err := w.flow(ctx); err != nil {
		return err
	}

	w.story.part("Part 2: attacks")
	if err := w.defend(ctx, attacks()); err != nil {
		return err
	}

	w.story.part("Part 3: a client from before FAPI, in the same server")
	if err := w.legacyFlow(ctx); err != nil {
		return err
	}
	if err := w.defend(ctx, legacyAttacks()); err != nil {
		return err
	}

	w.story.line("")
	w.story.line("Every answer was the expected one.")
	return nil
}
