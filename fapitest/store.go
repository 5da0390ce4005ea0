package fapitest

import (
	"github.com/ory/fosite"
	"github.com/ory/fosite/handler/oauth2"
	"github.com/ory/fosite/handler/openid"
	"github.com/ory/fosite/handler/pkce"
)

// A Store is what fosite demands of a host's storage for the flows of FAPI. [StoreContract] tests one.
type Store interface {
	fosite.ClientManager
	fosite.PARStorage
	oauth2.CoreStorage
	oauth2.TokenRevocationStorage
	openid.OpenIDConnectRequestStorage
	pkce.PKCERequestStorage
}
