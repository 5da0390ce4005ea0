package shop

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/ory/fosite"
)

// A table is a folder with one file for each row.
type table struct {
	root *os.Root
	name string
}

// path hashes the key: the folder of a table holds no token, and no key is too long or too strange for a file's name.
func (t table) path(key string) string { return t.name + "/" + digest(key) + ".json" }

func digest(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}

// put replaces a row in one step: readers see the old one or the new one.
func (t table) put(key string, row any) error {
	raw, err := json.Marshal(row)
	if err != nil {
		return fmt.Errorf("shop: encode a row of %s: %w", t.name, err)
	}
	draft := t.name + "/" + rand.Text() + ".draft"
	if err := t.root.WriteFile(draft, raw, 0o600); err != nil {
		return err
	}
	return t.root.Rename(draft, t.path(key))
}

// get returns fosite.ErrNotFound where there is no such row.
func (t table) get(key string, row any) error {
	raw, err := t.root.ReadFile(t.path(key))
	if errors.Is(err, fs.ErrNotExist) {
		return fosite.ErrNotFound
	}
	if err != nil {
		return err
	}
	if err := json.Unmarshal(raw, row); err != nil {
		return fmt.Errorf("shop: decode a row of %s: %w", t.name, err)
	}
	return nil
}

// remove is content where there is no such row.
func (t table) remove(key string) error {
	if err := t.root.Remove(t.path(key)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
