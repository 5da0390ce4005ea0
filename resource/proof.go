package resource

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/fosite-fapi/fosite-fapi/dpop"
)

// dpopType is the token_type of a token that is bound to a key (DPOP-31).
const dpopType = dpop.Scheme

// proofs verifies DPoP proofs for this server's URLs.
type proofs struct {
	verifier *dpop.Verifier
	bases    []string // without a slash at the end
	optional bool     // a proof needs no nonce
}

func newProofs(c Config) *proofs {
	if c.DPoP == nil {
		return nil
	}
	p := &proofs{verifier: c.DPoP, optional: c.NonceOptional}
	for _, base := range c.BaseURLs {
		p.bases = append(p.bases, strings.TrimRight(base, "/"))
	}
	return p
}

// verify checks that the sender has the key that the token is bound to (RFC 9449 7.1), and spends the proof.
func (p *proofs) verify(r *http.Request, c credentials, t *Token) error {
	proof, err := dpop.FromHeader(r.Header)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrProof, err)
	}
	_, err = p.verifier.Verify(r.Context(), proof, dpop.Request{
		Method: r.Method, URLs: p.urls(r), AccessToken: c.token, Thumbprint: t.Confirmation.JKT,
		NonceRequired: p.verifier.Nonces != nil && !p.optional,
	})
	switch {
	case errors.Is(err, dpop.ErrReplayStore), errors.Is(err, dpop.ErrConfig):
		return fmt.Errorf("%w: proof: %w", ErrUnavailable, err)
	case err != nil:
		return fmt.Errorf("%w: %w", ErrProof, err)
	}
	return nil
}

// urls are those by which the client may have called the handler (DPOP-09, DPOP-10).
func (p *proofs) urls(r *http.Request) []string {
	path := r.URL.EscapedPath()
	out := make([]string, len(p.bases))
	for i, base := range p.bases {
		out[i] = base + path
	}
	return out
}

// nonce returns the one to give out with a response; "" for none. One for every response: so a client knows the next
// before the last one ends (DPOP-53).
func (p *proofs) nonce() string {
	if p == nil || p.verifier.Nonces == nil {
		return ""
	}
	return p.verifier.Nonces.Current()
}
