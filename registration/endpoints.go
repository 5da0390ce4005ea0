package registration

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Endpoints are the client registration endpoint (RFC 7591 3) and the client configuration endpoint of each client (RFC 7592
// 2), as the protocol has them: who may register, what a document is, what is stored, who may change it. What a client may
// be, a hook decides.
//
// No client gets a secret: those that would need one to authenticate are refused. Registration access tokens live as long as
// their client and are not rotated.
//
// Use it by pointer. It is safe for concurrent use; its fields must not change once it is used.
type Endpoints struct {
	// Store keeps the clients. Required.
	Store Store
	// URL is that of the registration endpoint; a client's configuration endpoint lies below it, at its client_id.
	// Required.
	URL func(ctx context.Context) string
	// Judge says by its error why what is to be stored is refused; it may complete or replace what stands in it (RFC 7591
	// 2). It is asked about metadata that contradicts the RFCs too, which [Request.Problems] tells then and which is
	// refused in any case. Required.
	Judge func(ctx context.Context, r *Request) error

	// InitialAccess says who may register by a token; nil: nobody.
	InitialAccess InitialAccess
	// Statements says which software may be registered by a software statement; nil: none.
	Statements *Statements
	// InsecureOpen lets everybody register, with neither. Each client is a stranger's then, and there may be as many as
	// the store takes: it is for development, or behind a gate of the host's own.
	InsecureOpen bool

	// May says by its error what a client may not do with its registration, by the HTTP method: [ErrForbidden]. Nil: it
	// may read, replace and delete it.
	May func(ctx context.Context, r *Record, method string) error
	// MaxBytes bounds the documents; zero: [MaxBytes], which is also the most.
	MaxBytes int64
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// A Request is a registration, or the update of one, before it is stored.
type Request struct {
	// Metadata is what the client says of itself, with the claims of the software statement laid over it.
	Metadata *Metadata
	// Problems are those of [Metadata.Validate] as the document came; nil where there are none.
	Problems error
	// Policy goes into the [Record]: it is the host's to set. That of an update is the client's.
	Policy string

	Statement *Statement // verified; nil without one
	Admission *Admission // by an initial access token; nil without one, and for updates
	Record    *Record    // the client as it is now, not to be changed; nil for a new one
}

// Validate names what the endpoints can't do without.
func (e *Endpoints) Validate() error {
	var errs []error
	if e.Store == nil || e.URL == nil || e.Judge == nil {
		errs = append(errs, errors.New("registration: Store, URL and Judge are required"))
	}
	if e.InitialAccess == nil && e.Statements == nil && !e.InsecureOpen {
		errs = append(errs, errors.New("registration: nobody may register: there are neither InitialAccess nor Statements"))
	}
	if e.InsecureOpen && (e.InitialAccess != nil || e.Statements != nil) {
		errs = append(errs, errors.New("registration: InsecureOpen makes InitialAccess and Statements pointless"))
	}
	if e.MaxBytes < 0 || e.MaxBytes > MaxBytes {
		errs = append(errs, fmt.Errorf("registration: MaxBytes is %d, not between 0 and %d", e.MaxBytes, MaxBytes))
	}
	if e.Statements != nil {
		errs = append(errs, e.Statements.Validate())
	}
	return errors.Join(errs...)
}

// Register answers a request to the registration endpoint. The error is one of the package's, or the Judge's.
//
// What can be used once is used when all else holds, and then the client is created in one step.
func (e *Endpoints) Register(ctx context.Context, r *http.Request) (*Response, error) {
	if r.Method != http.MethodPost {
		return nil, ErrMethod
	}
	admission, err := e.admit(ctx, r)
	if err != nil {
		return nil, err
	}
	request, err := e.read(ctx, r, &Request{Admission: admission})
	if err != nil {
		return nil, err
	}
	if err := e.judge(ctx, request); err != nil {
		return nil, err
	}
	if admission != nil && admission.Spend != nil {
		if err := admission.Spend(ctx); err != nil {
			return nil, known(err, ErrInitialToken)
		}
	}
	token, hash := NewToken()
	record := &Record{
		Client: Client{ID: rand.Text(), Metadata: *request.Metadata}, // nobody can guess one, and none comes twice
		Policy: request.Policy, TokenHash: hash, IssuedAt: e.now().UTC().Truncate(time.Second), Version: 1,
	}
	if err := e.Store.CreateRegistration(ctx, record); err != nil {
		return nil, known(err)
	}
	return e.response(ctx, record, token), nil
}

// admit judges the initial access token. Nil without an error means that there is none, and that the request may have
// something else to show.
func (e *Endpoints) admit(ctx context.Context, r *http.Request) (*Admission, error) {
	token, err := Bearer(r)
	switch {
	case errors.Is(err, ErrNoToken) && e.Statements == nil && !e.InsecureOpen:
		return nil, ErrNoToken // nothing is read for strangers
	case errors.Is(err, ErrNoToken):
		return nil, nil //nolint:nilnil // see above
	case err != nil:
		return nil, err
	case e.InitialAccess == nil:
		return nil, ErrInitialToken
	}
	admission, err := e.InitialAccess.Admit(ctx, token)
	if err != nil {
		return nil, known(err, ErrInitialToken)
	}
	if admission == nil {
		return nil, ErrInitialToken
	}
	return admission, nil
}

// read completes the request by what stands in its body.
func (e *Endpoints) read(ctx context.Context, r *http.Request, request *Request) (*Request, error) {
	d, err := readDocument(r, e.maxBytes())
	if err != nil {
		return nil, err
	}
	if request.Record != nil {
		if err := d.forUpdate(request.Record); err != nil {
			return nil, err
		}
	}
	if request.Statement, err = e.statement(ctx, d, request.Record); err != nil {
		return nil, err
	}
	if request.Record == nil && request.Admission == nil && request.Statement == nil && !e.InsecureOpen {
		if e.InitialAccess != nil {
			return nil, ErrNoToken
		}
		return nil, ErrStatementMissing
	}
	if request.Metadata, err = d.metadata(request.Statement); err != nil {
		return nil, err
	}
	request.Problems = request.Metadata.Validate()
	return request, nil
}

// statement verifies the software statement of a document; nil where there is none.
func (e *Endpoints) statement(ctx context.Context, d *document, record *Record) (*Statement, error) {
	raw, err := d.text("software_statement")
	registered := ""
	if record != nil {
		registered = record.SoftwareStatement
	}
	switch {
	case err != nil:
		return nil, err
	case raw == "" && registered == "":
		return nil, nil //nolint:nilnil // see above
	case e.Statements == nil:
		return nil, ErrStatementIssuer
	case raw == "":
		return nil, ErrStatementMissing // the client would say itself what the statement said of it
	case registered != "":
		return e.Statements.again(ctx, raw, registered)
	}
	return e.Statements.Verify(ctx, raw)
}

// judge decides whether a request's metadata may be stored.
func (e *Endpoints) judge(ctx context.Context, request *Request) error {
	if err := e.Judge(ctx, request); err != nil {
		return err
	}
	if request.Problems != nil {
		return request.Problems
	}
	if err := request.Metadata.Validate(); err != nil {
		return err
	}
	if strings.HasPrefix(request.Metadata.AuthMethod(), "client_secret_") {
		return &FieldError{
			Field: "token_endpoint_auth_method", Code: CodeMetadata,
			Reason: "no client gets a secret here; register keys or a certificate, and how they are used",
		}
	}
	return nil
}

// known is an error that a hook or the store may return, or that they failed.
func known(err error, permitted ...error) error {
	for _, one := range permitted {
		if errors.Is(err, one) {
			return err
		}
	}
	return fmt.Errorf("%w: %w", ErrUnavailable, err)
}

func (e *Endpoints) maxBytes() int64 {
	if e.MaxBytes == 0 {
		return MaxBytes
	}
	return e.MaxBytes
}

func (e *Endpoints) now() time.Time {
	if e.Now == nil {
		return time.Now()
	}
	return e.Now()
}
