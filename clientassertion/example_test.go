package clientassertion_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"time"

	jose "github.com/go-jose/go-jose/v4"

	"github.com/fosite-fapi/fosite-fapi/clientassertion"
)

// seen stands for a replay store; a real one forgets what has expired.
type seen struct{ sync.Map }

func (s *seen) UseOnce(_ context.Context, namespace, id string, _ time.Time) (bool, error) {
	_, used := s.LoadOrStore([2]string{namespace, id}, true)
	return !used, nil
}

func Example() {
	// The client signs.
	key, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	signer, _ := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: key, KeyID: "2025"}}, nil)
	jws, _ := signer.Sign(fmt.Appendf(nil, `{"iss":"client-4711","sub":"client-4711","aud":"https://as.example.com","jti":"4vBctMSkK4wf","exp":%d}`,
		time.Now().Add(time.Minute).Unix()))
	assertion, _ := jws.CompactSerialize()

	// The server verifies.
	verifier := &clientassertion.Verifier{
		Audience: clientassertion.Audience{Issuer: "https://as.example.com"},
		Replay:   new(seen),
	}
	if err := verifier.Validate(); err != nil {
		panic(err)
	}
	_, subject, err := clientassertion.Peek(assertion)
	fmt.Println("says it is", subject, err)

	client := clientassertion.Client{
		ID:        subject, // having found the client by it
		Algorithm: jose.ES256,
		Keys:      clientassertion.StaticKeys(&jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: "2025"}}}),
	}
	verified, err := verifier.Verify(context.Background(), assertion, client)
	fmt.Println("is", verified.Subject, err)

	_, err = verifier.Verify(context.Background(), assertion, client)
	fmt.Println("again:", errors.Is(err, clientassertion.ErrReplayed))
	// Output:
	// says it is client-4711 <nil>
	// is client-4711 <nil>
	// again: true
}
