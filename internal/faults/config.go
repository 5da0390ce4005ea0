package faults

import (
	"errors"
	"fmt"
)

// A Config lists what is wrong with a configuration: all of it, so that its maker need not find out one by one.
type Config struct {
	sentinel error
	all      []error
}

// In returns an empty list, of which every entry will be the sentinel of its package.
func In(sentinel error) *Config { return &Config{sentinel: sentinel} }

// Wrong adds an entry.
func (c *Config) Wrong(format string, args ...any) {
	c.all = append(c.all, fmt.Errorf("%w: "+format, append([]any{c.sentinel}, args...)...))
}

// Also adds the error of a part that validates itself; nil adds nothing.
func (c *Config) Also(err error) { c.all = append(c.all, err) }

// Err joins the entries. It is nil if there are none.
func (c *Config) Err() error { return errors.Join(c.all...) }
