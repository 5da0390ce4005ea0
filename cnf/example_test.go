package cnf_test

import (
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"os"

	"github.com/fosite-fapi/fosite-fapi/cnf"
)

func Example() {
	text, err := os.ReadFile("testdata/rfc8705-appendix-a.pem")
	if err != nil {
		panic(err)
	}
	block, _ := pem.Decode(text)
	leaf, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		panic(err)
	}

	// The authorization server binds the token.
	claim, err := json.Marshal(cnf.Confirmation{X5TS256: cnf.Thumbprint(leaf)})
	if err != nil {
		panic(err)
	}
	fmt.Println(string(claim))

	// The resource server checks who sends it.
	var c cnf.Confirmation
	if err := json.Unmarshal(claim, &c); err != nil {
		panic(err)
	}
	fmt.Println("with the certificate:", c.Certificate(leaf))
	fmt.Println("without:", c.Certificate(nil))

	// Output:
	// {"x5t#S256":"A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0"}
	// with the certificate: <nil>
	// without: cnf: no client certificate
}
