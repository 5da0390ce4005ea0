package shop

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/go-jose/go-jose/v4"
	"golang.org/x/crypto/bcrypt"
)

// A sample is what to try a server with that has no data of its own yet. It stays beside the data, so that each start
// can say how.
type sample struct {
	Password string `json:"password"` // of the customer alice
	Secret   string `json:"secret"`   // of the client cups
}

// sampleFile is the sample's; without it the data are somebody's own.
const sampleFile = "sample.json"

// makeSample makes the folder with a customer, two clients and a certificate, where there is no folder. It is there as a
// whole, or not at all.
func makeSample(dir, issuerHost string) error {
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	draft, err := os.MkdirTemp(filepath.Dir(filepath.Clean(dir)), filepath.Base(dir)+"-*")
	if err != nil {
		return err
	}
	if err := writeSample(draft, issuerHost); err != nil {
		return errors.Join(err, os.RemoveAll(draft))
	}
	return os.Rename(draft, dir)
}

func writeSample(dir, issuerHost string) error {
	made := sample{rand.Text(), rand.Text()}
	password, err := bcrypt.GenerateFromPassword([]byte(made.Password), bcrypt.DefaultCost)
	if err != nil {
		return err
	}
	secret, err := bcrypt.GenerateFromPassword([]byte(made.Secret), bcrypt.DefaultCost)
	if err != nil {
		return err
	}
	bank, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	bankKey := jose.JSONWebKey{Key: bank, KeyID: "bank-key", Algorithm: "ES256", Use: "sig"}
	cert, key, err := selfSigned(issuerHost)
	if err != nil {
		return err
	}
	files := map[string][]byte{".gitignore": []byte("*\n"), "server.pem": cert, "server-key.pem": key}
	for name, value := range map[string]any{
		sampleFile:       made,
		"customers.json": map[string]string{"alice": string(password)},
		"clients.json":   sampleClients(secret, bankKey.Public()),
		"bank-jwks.json": jose.JSONWebKeySet{Keys: []jose.JSONWebKey{bankKey}},
	} {
		if files[name], err = json.MarshalIndent(value, "", "  "); err != nil {
			return err
		}
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func sampleClients(secret []byte, bank jose.JSONWebKey) []map[string]any {
	client := func(id, name, method string) map[string]any {
		return map[string]any{
			"id": id, "display_name": name, "token_endpoint_auth_method": method,
			"redirect_uris": []string{callback(id)}, "scopes": []string{"openid", "offline", "orders"},
			"grant_types": []string{"authorization_code", "refresh_token"}, "response_types": []string{"code"},
		}
	}
	first, second := client("cups", "Cups & Co", "client_secret_basic"), client("bank", "A bank", "private_key_jwt")
	first["client_secret"] = secret
	second["bank"], second["token_endpoint_auth_signing_alg"], second["jwks"] = true, "ES256", jose.JSONWebKeySet{Keys: []jose.JSONWebKey{bank}}
	return []map[string]any{first, second}
}

func callback(client string) string { return "https://" + client + ".example.com/callback" }

// selfSigned is a certificate for a server on this machine, with its key, both in PEM.
func selfSigned(host string) (cert, key []byte, err error) {
	signer, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	template := &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes([]byte(rand.Text())[:16]), Subject: pkix.Name{CommonName: "The shop"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(0, 6, 0),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, BasicConstraintsValid: true,
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
	if ip := net.ParseIP(host); ip != nil {
		template.IPAddresses = append(template.IPAddresses, ip)
	} else {
		template.DNSNames = append(template.DNSNames, host)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, signer.Public(), crypto.Signer(signer))
	if err != nil {
		return nil, nil, err
	}
	private, err := x509.MarshalPKCS8PrivateKey(signer)
	if err != nil {
		return nil, nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), nil
}
