package metadata

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

// Handler serves the document that source returns for a request's context, as JSON (RFC 8414 3.2). Source is called for every
// request, concurrently, because the issuer may depend on the context; it must not write to a document once returned.
//
// GET and HEAD are answered, other methods with 405. Answers may be cached for five minutes and carry an ETag. An error of source is
// answered with 500 and an empty body, a nil document without an error with 404: there is no such issuer.
func Handler(source func(ctx context.Context) (*Document, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			fail(w, http.StatusMethodNotAllowed)
			return
		}
		doc, err := source(r.Context())
		if err != nil {
			fail(w, http.StatusInternalServerError)
			return
		}
		if doc == nil {
			fail(w, http.StatusNotFound)
			return
		}
		body, err := json.Marshal(doc)
		if err != nil {
			fail(w, http.StatusInternalServerError)
			return
		}
		sum := sha256.Sum256(body)
		tag := `"` + base64.RawURLEncoding.EncodeToString(sum[:16]) + `"`
		h := w.Header()
		h.Set("Cache-Control", "public, max-age=300")
		h.Set("ETag", tag)
		h.Set("X-Content-Type-Options", "nosniff")
		if matches(r.Header.Values("If-None-Match"), tag) {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		h.Set("Content-Type", "application/json")
		h.Set("Content-Length", strconv.Itoa(len(body)))
		w.WriteHeader(http.StatusOK)
		if r.Method == http.MethodGet {
			_, _ = w.Write(body) // whoever asked is gone
		}
	})
}

// fail answers what must not be remembered.
func fail(w http.ResponseWriter, status int) {
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
}

// matches: RFC 9110 13.1.2, weak comparison.
func matches(headers []string, tag string) bool {
	for _, header := range headers {
		for one := range strings.SplitSeq(header, ",") {
			if one = strings.TrimSpace(one); one == "*" || strings.TrimPrefix(one, "W/") == tag {
				return true
			}
		}
	}
	return false
}
