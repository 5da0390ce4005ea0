package fapi

import (
	"io"
	"mime"
	"net/http"

	"github.com/fosite-fapi/fosite-fapi/internal/form"
)

// parseOnce parses the form exactly as fosite is about to do. Of a malformed urlencoded form fosite takes the parts
// that are well formed; a malformed multipart form is an error for it, and net/http reports that once only: so that
// fosite can meet it too, the body is replaced by one that fails in the same way. A middleware that parsed the form
// before has left the parts of a multipart body unread.
func parseOnce(r *http.Request) error {
	if isMultipart(r) {
		if r.MultipartForm != nil {
			return nil
		}
		r.Body = http.MaxBytesReader(nil, r.Body, maxMultipart)
		err := r.ParseMultipartForm(1 << 20)
		if err != nil {
			r.Body = failingBody{err}
		}
		return err
	}
	if r.Form != nil {
		return nil
	}
	return r.ParseForm()
}

func isMultipart(r *http.Request) bool {
	contentType := r.Header.Get("Content-Type")
	if contentType == "" || contentType == form.MediaType {
		return false
	}
	t, _, err := mime.ParseMediaType(contentType)
	return err == nil && t == "multipart/form-data"
}

// maxMultipart is the bound that net/http has for other forms.
const maxMultipart = 10 << 20

// countedBody knows how much was read of it.
type countedBody struct {
	io.ReadCloser
	n int64
}

func (b *countedBody) Read(into []byte) (int, error) {
	n, err := b.ReadCloser.Read(into)
	b.n += int64(n)
	return n, err
}

type failingBody struct{ err error }

func (b failingBody) Read([]byte) (int, error) { return 0, b.err }
func (b failingBody) Close() error             { return nil }

var _ io.ReadCloser = failingBody{}
