package fapi

import (
	"context"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/cnf"
	"github.com/fosite-fapi/fosite-fapi/dpop"
	"github.com/fosite-fapi/fosite-fapi/internal/form"
)

var (
	errNoToken       = errors.New("no access token") // answered without an error code (RFC 6750 3.1)
	errTokenPlace    = errors.New("an access token in the body, or more than one")
	errTokenInURI    = errors.New("an access token in the query")
	errTokenInactive = errors.New("the access token is unknown, expired or revoked")
)

// Authorize checks a resource request whole, for resource servers in the host's own process: one access token, in the
// Authorization header alone (F2-RS-01, F2-RS-02), live, granted the scopes, and bound to the certificate of this
// connection or to the key of a DPoP proof (F2-RS-05). Tokens of legacy clients pass as the host's own lane says.
// [WriteResourceError] answers the error.
func (p *Provider) Authorize(ctx context.Context, r *http.Request, session fosite.Session, scopes ...string) (fosite.AccessRequester, error) {
	t := &trail{interaction: interactionOf(ctx, r.Header)}
	w := p.watchResponse(ctx, "Authorize", t, nil)
	defer w.end()
	scheme, token, err := credential(r)
	if err != nil {
		return nil, p.challenge(p.issuer(w), "", p.refused(w, nil, refuse(AtResource, nil, err)))
	}
	ar, err := guard(func() (fosite.AccessRequester, error) { return p.authorize(w, r, scheme, token, session, scopes) })
	if errors.Is(err, errPanicked) {
		err = p.refused(w, nil, refuse(AtResource, nil, err))
	}
	if err != nil {
		return nil, p.challenge(p.issuer(w), scheme, err)
	}
	return ar, nil
}

func (p *Provider) authorize(ctx context.Context, r *http.Request, scheme, token string, session fosite.Session, scopes []string) (fosite.AccessRequester, error) {
	f, err := p.lookUp(ctx, token, fosite.AccessToken, session)
	if err != nil {
		return nil, p.refused(ctx, nil, refuse(AtResource, nil, err))
	}
	if f == nil {
		use, ar, err := p.introspectLegacy(ctx, token, fosite.AccessToken, session, scopes...)
		if err == nil && (use != fosite.AccessToken || scheme != "Bearer") {
			return nil, fosite.ErrTokenExpired
		}
		return ar, p.ifRefused(ctx, err)
	}
	p.watching(ctx).seen(f)
	if f.use != fosite.AccessToken {
		return nil, p.refused(ctx, f.party, inactive(f.party, "A refresh token is no access token."))
	}
	if err := p.proveSender(ctx, r, scheme, token, f); err != nil {
		return nil, p.refused(ctx, f.party, refuse(AtResource, f.party, err))
	}
	if !p.allows(ctx, f, scopes) {
		return nil, p.refused(ctx, f.party, refuse(AtResource, f.party, errTokenNarrow))
	}
	if err := p.judge(ctx, f.party, Request{
		Stage: AtResource, Method: r.Method, Path: r.URL.Path, Scopes: f.GrantedScope, Subject: f.Session.GetSubject(), Confirmation: f.confirmation,
		AuthorizationDetails: f.details,
	}); err != nil {
		return nil, p.refused(ctx, f.party, refuse(AtResource, f.party, err))
	}
	if err := p.granted(ctx, AtResource, f.party, ""); err != nil {
		return nil, p.refused(ctx, f.party, refuse(AtResource, f.party, err))
	}
	return f.accessRequest, nil
}

// proveSender checks that the request comes from whom the token is bound to. The scheme must be that of the binding:
// a key-bound token sent as Bearer is a downgrade (RFC 9449 7.2).
func (p *Provider) proveSender(ctx context.Context, r *http.Request, scheme, token string, f *found) error {
	if scheme == dpop.Scheme {
		if f.confirmation.JKT == "" {
			return cnf.ErrMismatch
		}
		raw, err := dpop.FromHeader(r.Header)
		if err != nil {
			return err
		}
		v := p.proofs[f.party.profile.Name]
		if v == nil {
			return errBindingMethod
		}
		_, err = v.Verify(ctx, raw, dpop.Request{
			Method: r.Method, URLs: p.resources(ctx, r), AccessToken: token, Thumbprint: f.confirmation.JKT, NonceRequired: p.nonces == NonceRequired,
		})
		return err
	}
	if f.confirmation.JKT != "" {
		return errDowngrade
	}
	chain, err := p.certificates(r)
	if err != nil {
		return fmt.Errorf("%w: %w", errCertificate, err)
	}
	var proved cnf.Confirmation
	if len(chain) > 0 {
		proved.X5TS256 = cnf.Thumbprint(chain[0])
	}
	return proves(proved, f.confirmation)
}

// resources are the URLs by which clients may know the resource of a request: configured, never what its Host header
// says.
func (p *Provider) resources(ctx context.Context, r *http.Request) []string {
	bases := p.resourceURLs
	if len(bases) == 0 {
		bases = []string{origin(p.issuer(ctx))}
		if p.urls.MTLSBaseURL != "" {
			bases = append(bases, origin(p.urls.MTLSBaseURL))
		}
	}
	urls := make([]string, len(bases))
	for i, base := range bases {
		urls[i] = strings.TrimSuffix(base, "/") + r.URL.EscapedPath()
	}
	return urls
}

// origin is a URL without its path, which the path of a request has again.
func origin(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return raw
	}
	return u.Scheme + "://" + u.Host
}

// maxToken bounds an access token; the largest honest one is a JWT of a few KiB.
const maxToken = 16 << 10

// tokenInBody looks into a form, which stays parsed for the handler behind.
func tokenInBody(r *http.Request) bool {
	if t, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); t != form.MediaType {
		return false
	}
	_ = r.ParseForm() // what could be read of a malformed one counts too
	return r.PostForm.Has("access_token")
}

// credential takes scheme and token from the one place where they may stand.
func credential(r *http.Request) (scheme, token string, err error) {
	headers := r.Header.Values("Authorization")
	inURI := strings.Contains(r.URL.RawQuery, "access_token=")
	switch {
	case inURI && len(headers) == 0:
		return "", "", errTokenInURI
	case len(headers) > 1 || inURI || tokenInBody(r):
		return "", "", errTokenPlace
	}
	if len(headers) == 0 {
		return "", "", errNoToken
	}
	scheme, token, _ = strings.Cut(headers[0], " ")
	token = strings.TrimSpace(token)
	for _, known := range []string{"Bearer", dpop.Scheme} {
		if strings.EqualFold(scheme, known) && token != "" && len(token) <= maxToken {
			return known, token, nil
		}
	}
	return "", "", errNoToken
}
