package fapitest_test

import (
	"context"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"testing"

	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

func Example() {
	pki, err := fapitest.NewPKI()
	if err != nil {
		fmt.Println(err)
		return
	}
	cert, err := pki.ClientCertificate(pkix.Name{CommonName: "tpp"}, fapitest.WithDNS("tpp.example.com"))
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = cert.Leaf.Verify(x509.VerifyOptions{
		Roots:     pki.Pool(),
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	})
	fmt.Println(cert.Leaf.Subject, cert.Leaf.DNSNames, err)
	// Output: CN=tpp [tpp.example.com] <nil>
}

func ExampleJSONStore() {
	down := errors.New("the database is down")
	store := fapitest.NewJSONStore(&fosite.DefaultClient{ID: "tpp"})
	store.Fail = func(op string) error {
		if op == "InvalidateAuthorizeCodeSession" {
			return down
		}
		return nil
	}
	client, err := store.GetClient(context.Background(), "tpp")
	fmt.Println(client.GetID(), err)
	fmt.Println(store.InvalidateAuthorizeCodeSession(context.Background(), "code"))
	// Output:
	// tpp <nil>
	// the database is down
}

// A host runs the contract from a test of its own.
func ExampleStoreContract() {
	_ = func(t *testing.T) { // func TestStore(t *testing.T) {
		fapitest.StoreContract(t, func() fapitest.Store {
			return fapitest.NewJSONStore(&fosite.DefaultClient{ID: fapitest.ContractClientID})
		})
	}
	// Output:
}
