package shop

import (
	"errors"

	"github.com/ory/fosite"
)

// A Client is an application that may ask for a customer's orders. It is stored as JSON.
type Client struct {
	fosite.DefaultOpenIDConnectClient

	DisplayName string `json:"display_name"`
	Bank        bool   `json:"bank,omitempty"` // it reads on a bank's behalf, by contract
}

// Validate names what the shop can't do without.
func (c *Client) Validate() error {
	switch {
	case c.DefaultClient == nil || c.ID == "":
		return errors.New("shop: a client needs an id")
	case len(c.RedirectURIs) == 0:
		return errors.New("shop: client " + c.ID + " needs redirect_uris")
	}
	return nil
}
