package resource

import (
	"encoding/json"
	"log/slog"
	"net/http"

	"github.com/fosite-fapi/fosite-fapi/dpop"
)

// refuse answers a request that does not pass. ID and cause go to the log; the client gets what it can act upon.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, refusal *Refusal) {
	level := slog.LevelInfo
	if refusal.Status >= http.StatusInternalServerError && r.Context().Err() == nil { // else the client didn't wait
		level = slog.LevelError
	}
	s.logger.LogAttrs(r.Context(), level, "refused",
		slog.String("stage", stage), slog.String("client", refusal.ClientID), slog.String("id", refusal.ID),
		slog.String("code", refusal.Code), slog.String("reason", refusal.cause.Error()),
		slog.String("jti", refusal.TokenID), slog.String("route", r.Pattern), slog.String("interaction", refusal.Interaction))
	if s.observe != nil {
		s.observe(r, refusal)
	}

	h := w.Header()
	if refusal.Status >= http.StatusInternalServerError {
		h.Set("Retry-After", "5")
	} else {
		h["Www-Authenticate"] = s.challenges.of(refusal)
	}
	if nonce := s.proofs.nonce(); nonce != "" {
		h.Set(dpop.NonceHeader, nonce)
	}
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "application/json")
	h.Set("X-Content-Type-Options", "nosniff")
	body, err := json.Marshal(struct {
		Error       string `json:"error,omitempty"`
		Description string `json:"error_description,omitempty"`
		URI         string `json:"error_uri,omitempty"`
		Scope       string `json:"scope,omitempty"`
	}{refusal.Code, refusal.Description, refusal.uri, refusal.scope})
	if err != nil {
		body = []byte("{}")
	}
	w.WriteHeader(refusal.Status)
	_, _ = w.Write(body) // whoever asked is gone
}

// stage is the name of what happens here in the log of a host that has others.
const stage = "resource"

// accepted logs a request that passes (F1B-RS-10).
func (s *Server) accepted(r *http.Request, t *Token, interaction string) {
	if !s.logger.Enabled(r.Context(), slog.LevelInfo) {
		return
	}
	s.logger.LogAttrs(r.Context(), slog.LevelInfo, "accepted",
		slog.String("stage", stage), slog.String("client", t.ClientID), slog.String("jti", t.ID),
		slog.String("route", r.Pattern), slog.String("interaction", interaction))
}
