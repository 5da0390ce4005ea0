package shop

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/ory/fosite"
)

// Routes are the server's endpoints, as fosite's documentation writes them.
func (s *Shop) Routes(provider fosite.OAuth2Provider) http.Handler {
	e := &endpoints{Shop: s, provider: provider}
	mux := http.NewServeMux()
	mux.HandleFunc("/par", e.push)
	mux.HandleFunc("/authorize", e.authorize)
	mux.HandleFunc("/token", e.token)
	mux.HandleFunc("/introspect", e.introspect)
	mux.HandleFunc("/revoke", e.revoke)
	mux.HandleFunc("/orders", e.orders)
	mux.HandleFunc("/jwks", e.jwks)
	mux.HandleFunc("/.well-known/openid-configuration", e.discovery)
	return mux
}

type endpoints struct {
	*Shop
	provider fosite.OAuth2Provider
}

func (e *endpoints) push(rw http.ResponseWriter, r *http.Request) {
	ar, err := e.provider.NewPushedAuthorizeRequest(r.Context(), r)
	if err != nil {
		e.provider.WritePushedAuthorizeError(r.Context(), rw, ar, err)
		return
	}
	answer, err := e.provider.NewPushedAuthorizeResponse(r.Context(), ar, NewSession("", time.Now()))
	if err != nil {
		e.provider.WritePushedAuthorizeError(r.Context(), rw, ar, err)
		return
	}
	e.provider.WritePushedAuthorizeResponse(r.Context(), rw, ar, answer)
}

func (e *endpoints) token(rw http.ResponseWriter, r *http.Request) {
	ar, err := e.provider.NewAccessRequest(r.Context(), r, NewSession("", time.Now()))
	if err != nil {
		e.provider.WriteAccessError(r.Context(), rw, ar, err)
		return
	}
	answer, err := e.provider.NewAccessResponse(r.Context(), ar)
	if err != nil {
		e.provider.WriteAccessError(r.Context(), rw, ar, err)
		return
	}
	e.provider.WriteAccessResponse(r.Context(), rw, ar, answer)
}

func (e *endpoints) introspect(rw http.ResponseWriter, r *http.Request) {
	answer, err := e.provider.NewIntrospectionRequest(r.Context(), r, NewSession("", time.Now()))
	if err != nil {
		e.provider.WriteIntrospectionError(r.Context(), rw, err)
		return
	}
	e.provider.WriteIntrospectionResponse(r.Context(), rw, answer)
}

func (e *endpoints) revoke(rw http.ResponseWriter, r *http.Request) {
	e.provider.WriteRevocationResponse(r.Context(), rw, e.provider.NewRevocationRequest(r.Context(), r))
}

// orders is what clients are here for.
func (e *endpoints) orders(rw http.ResponseWriter, r *http.Request) {
	_, token, err := e.provider.IntrospectToken(r.Context(), fosite.AccessTokenFromRequest(r), fosite.AccessToken, NewSession("", time.Now()), "orders")
	if err != nil {
		rw.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
		http.Error(rw, "the access token does not open this", http.StatusUnauthorized)
		return
	}
	Orders(rw, token.GetSession().GetSubject())
}

// Orders answers with those of a customer.
func Orders(rw http.ResponseWriter, customer string) {
	writeJSON(rw, map[string]any{"customer": customer, "orders": []string{"a kettle", "two cups"}})
}

func writeJSON(rw http.ResponseWriter, value any) {
	rw.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(rw).Encode(value) // the client has gone
}
