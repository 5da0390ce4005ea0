package shop

import (
	"encoding/json"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// steps say what can be done with the sample's data; there are none for somebody's own.
func (s *Shop) steps(dir string) ([]string, error) {
	raw, err := os.ReadFile(filepath.Join(dir, sampleFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var made sample
	if err == nil {
		err = json.Unmarshal(raw, &made)
	}
	if err != nil {
		return nil, err
	}
	curl := "  curl --cacert " + s.cert
	return []string{
		"The data in " + dir + " are a sample: the customer alice with the password " + made.Password + ", and two clients.",
		"",
		"1. Be the client cups. Open this in a browser, log in and allow; the code is in the address at which the browser ends:",
		"  " + s.link("cups"),
		"2. Fetch the tokens, and the orders:",
		curl + " -u cups:" + made.Secret + " -d grant_type=authorization_code -d redirect_uri=" + callback("cups") + " -d code=CODE " + s.Issuer + "/token",
		curl + ` -H "Authorization: Bearer ACCESS_TOKEN" ` + s.Issuer + "/orders",
		"3. Be the client bank, as cups is one. Command before shows the login page; command after wants the request pushed:",
		"  " + s.link("bank"),
		"4. Stop the server, and start the other one on the same data. Nothing changes for cups, and its tokens go on working:",
		"  go run ./examples/upgrade/before",
		"  go run ./examples/upgrade/after",
		"",
		"The bank's private key is in " + filepath.Join(dir, "bank-jwks.json") + ", for a FAPI 2.0 client with private_key_jwt and DPoP.",
		"",
	}, nil
}

// link is the authorization request of a client as clients of OAuth 2.0 send it.
func (s *Shop) link(client string) string {
	return s.Issuer + "/authorize?" + url.Values{
		"client_id": {client}, "response_type": {"code"}, "scope": {"openid offline orders"}, "redirect_uri": {callback(client)},
		"state": {strings.Repeat("s", 8)}, "nonce": {strings.Repeat("n", 8)},
	}.Encode()
}
