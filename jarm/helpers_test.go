package jarm_test

import (
	"context"
	"crypto"
	"encoding/json"
	"errors"
	"sync"
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/internal/jwk"
	"github.com/fosite-fapi/fosite-fapi/internal/leaftest"
	"github.com/fosite-fapi/fosite-fapi/internal/must"
	"github.com/fosite-fapi/fosite-fapi/jarm"
	"github.com/fosite-fapi/fosite-fapi/keys"
)

var (
	serverEC  = leaftest.P256()
	serverRSA = leaftest.RSA(2048)
	serverEd  = leaftest.Ed25519()
	clientEC  = leaftest.P256()
	clientRSA = leaftest.RSA(2048)
	strangers = leaftest.P256()

	// The server's keys, one for each algorithm, RS256 too: ES256 is the first.
	set = sync.OnceValue(func() *keys.Set {
		return must.Get(keys.New(
			keys.Key{Signer: serverEC(), ID: "es"},
			keys.Key{Signer: serverRSA(), ID: "ps"},
			keys.Key{Signer: serverEd(), ID: "ed"},
			keys.Key{Signer: serverRSA(), ID: "rs", Algorithm: jose.RS256},
		))
	})
)

const (
	issuer   = "https://as.example.com"
	clientID = "s6BhdRkqt3"
)

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func now() time.Time { return start }

func encoder() *jarm.Encoder { return &jarm.Encoder{Issuer: issuer, Signer: set(), Now: now} }

func verifier() *jarm.Verifier {
	return &jarm.Verifier{Issuer: issuer, ClientID: clientID, Keys: jarm.StaticKeys(set().Public()), Now: now}
}

// claimsOf reads the payload of a JWS, whoever signed it.
func claimsOf(t *testing.T, signed string) map[string]any {
	t.Helper()
	_, payload, _, ok := jwk.Split(signed)
	require.True(t, ok)
	data, ok := jwk.Decode(payload)
	require.True(t, ok)
	var out map[string]any
	require.NoError(t, json.Unmarshal(data, &out))
	return out
}

// sign signs any payload as the server would.
func sign(alg jose.SignatureAlgorithm, typ, payload string) string {
	return must.Get(set().Sign(context.Background(), alg, typ, []byte(payload)))
}

var errDown = errors.New("down")

type downKeys struct{}

func (downKeys) Keys(context.Context, bool) (*jose.JSONWebKeySet, error) { return nil, errDown }

type downSigner struct{}

func (downSigner) Sign(context.Context, jose.SignatureAlgorithm, string, []byte) (string, error) {
	return "", errDown
}

func publicKeys(use string, of ...crypto.Signer) *jose.JSONWebKeySet {
	out := new(jose.JSONWebKeySet)
	for _, key := range of {
		out.Keys = append(out.Keys, jose.JSONWebKey{Key: key.Public(), KeyID: "k", Use: use})
	}
	return out
}
