package shop

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"github.com/go-jose/go-jose/v4"
)

// A Shop is a server's data, and where it listens.
type Shop struct {
	Issuer    string
	Store     *Store
	Secret    []byte            // of codes and tokens
	Key       *rsa.PrivateKey   // of ID tokens
	Customers map[string]string // by name: the bcrypt hash of the password

	listen, cert, key string
	next              []string // what to do with the sample
}

// Open reads the arguments of a program, and the folder that they name. In it are clients.json and customers.json, and
// what the server keeps; it makes a secret and a key where there are none. Where there is no folder, it makes one with a
// sample.
func Open(args []string, usage io.Writer) (*Shop, error) {
	s := &Shop{}
	flags := flag.NewFlagSet("shop", flag.ContinueOnError)
	flags.SetOutput(usage)
	flags.StringVar(&s.Issuer, "issuer", "https://localhost:8443", "the URL at which clients find this server")
	flags.StringVar(&s.listen, "listen", "127.0.0.1:8443", "the address to listen on")
	flags.StringVar(&s.cert, "cert", "", "the certificate of the server, in PEM; server.pem in the folder when none is named")
	flags.StringVar(&s.key, "key", "", "its key, in PEM; server-key.pem in the folder when none is named")
	data := flags.String("data", "shop-data", "the folder of the server's data; made with a sample where it is missing")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	at, err := url.Parse(s.Issuer)
	if err != nil {
		return nil, err
	}
	if err := makeSample(*data, at.Hostname()); err != nil {
		return nil, err
	}
	if s.cert == "" {
		s.cert = filepath.Join(*data, "server.pem")
	}
	if s.key == "" {
		s.key = filepath.Join(*data, "server-key.pem")
	}
	if s.next, err = s.steps(*data); err != nil {
		return nil, err
	}
	return s, s.load(*data)
}

func (s *Shop) load(dir string) (err error) {
	if s.Store, err = OpenStore(filepath.Join(dir, "store")); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	clients, err := root.ReadFile("clients.json")
	if err != nil {
		return err
	}
	if err := s.Store.PutClients(clients); err != nil {
		return err
	}
	customers, err := root.ReadFile("customers.json")
	if err != nil {
		return err
	}
	if err := json.Unmarshal(customers, &s.Customers); err != nil {
		return fmt.Errorf("shop: the customers: %w", err)
	}
	if s.Secret, err = readOrMake(root, "secret", func() ([]byte, error) { return []byte(rand.Text() + rand.Text()), nil }); err != nil {
		return err
	}
	raw, err := readOrMake(root, "signing-key.pem", newKey)
	if err != nil {
		return err
	}
	s.Key, err = parseKey(raw)
	return err
}

func readOrMake(root *os.Root, name string, fresh func() ([]byte, error)) ([]byte, error) {
	raw, err := root.ReadFile(name)
	if !errors.Is(err, fs.ErrNotExist) {
		return raw, err
	}
	if raw, err = fresh(); err != nil {
		return nil, err
	}
	return raw, root.WriteFile(name, raw, 0o600)
}

func newKey() ([]byte, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw}), nil
}

func parseKey(raw []byte) (*rsa.PrivateKey, error) {
	block, _ := pem.Decode(raw)
	if block == nil {
		return nil, errors.New("shop: the signing key is no PEM")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	key, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		return nil, errors.New("shop: the signing key is no RSA key")
	}
	return key, nil
}

// SigningKey is for fosite's strategies.
func (s *Shop) SigningKey(context.Context) (any, error) { return s.Key, nil }

// publicKey is what clients verify ID tokens with; its ID is the thumbprint of RFC 7638.
func (s *Shop) publicKey() (jose.JSONWebKey, error) {
	key := jose.JSONWebKey{Key: s.Key.Public(), Use: "sig"}
	sum, err := key.Thumbprint(crypto.SHA256)
	key.KeyID = base64.RawURLEncoding.EncodeToString(sum)
	return key, err
}
