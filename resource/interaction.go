package resource

import (
	"net/http"

	"github.com/fosite-fapi/fosite-fapi/internal/uuid"
)

// InteractionHeader is the header by which a client, a resource server and whoever looks into their logs find the same
// request (FAPI 1.0 Part 1 6.2.1-11). Names of headers are case-insensitive.
const InteractionHeader = "X-Fapi-Interaction-Id"

// interactionID is the client's if it is a UUID, else a new one: what comes back and goes into logs is nothing else.
func interactionID(header http.Header) string {
	if values := header[InteractionHeader]; len(values) == 1 && uuid.Valid(values[0]) {
		return values[0]
	}
	return uuid.New()
}
