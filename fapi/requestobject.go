package fapi

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/ory/fosite"

	"github.com/fosite-fapi/fosite-fapi/par"
	"github.com/fosite-fapi/fosite-fapi/requestobject"
)

// A route is how an authorization request came.
type route string

const (
	asParameters route = ""       // pushed
	asObject     route = "object" // pushed, in a request object
	byFrontend   route = "front"  // in a request object that came through the user's browser
)

func (o route) pushed() bool { return o != byFrontend }

// routeKey is the form parameter of a stored authorization request that carries its route: what must be judged again
// when the request is loaded depends on it. What a client sends under this name is dropped.
const routeKey = "urn:fosite-fapi:route"

func routeOf(form url.Values) route {
	name, _, _ := strings.Cut(form.Get(routeKey), " ")
	return route(name)
}

func (o route) put(form url.Values) {
	if o == asParameters {
		delete(form, routeKey)
		return
	}
	form[routeKey] = []string{string(o)}
}

// mustSign says whether the client's authorization requests must be request objects (RFC 9101 10.5).
func (c *party) mustSign() bool {
	return c.profile.demands.signedRequest || c.meta.RequireSignedRequestObject
}

// maySign says whether the client has asked for request objects, by its profile or its registration.
func (c *party) maySign() bool {
	return c.mustSign() || c.meta.RequestObjectSigningAlg != "" || c.meta.RequestObjectEncryptionAlg != ""
}

// fromObject returns the parameters that count of a pushed request: those in its request object, if it has one, alone (RFC
// 9126 3, RFC 9101 6.3).
func (p *Provider) fromObject(ctx context.Context, c *party, values url.Values) (url.Values, *requestobject.Object, error) {
	signed := values.Has("request")
	var wrong error
	switch {
	case signed && !c.maySign():
		wrong = errRequestObject
	case !signed && c.mustSign():
		wrong = errRequestObjectMissing
	}
	if err := c.stop(wrong); err != nil {
		return nil, nil, err
	}
	if !signed {
		asParameters.put(values)
		return values, nil, nil
	}
	object, err := p.verifyObject(ctx, c, values.Get("request"))
	if err != nil {
		return nil, nil, err
	}
	claims := object.Form()
	asObject.put(claims)
	return claims, object, nil
}

// verifyObject verifies a request object of the client.
func (p *Provider) verifyObject(ctx context.Context, c *party, raw string) (*requestobject.Object, error) {
	v := p.objects[c.profile.Name]
	v.Issuer = p.issuer(ctx)
	client := requestobject.Client{
		ID: c.client.GetID(), Algorithm: jose.SignatureAlgorithm(c.meta.RequestObjectSigningAlg),
		EncryptionAlgorithm: jose.KeyAlgorithm(c.meta.RequestObjectEncryptionAlg),
		ContentEncryption:   jose.ContentEncryption(c.meta.RequestObjectEncryptionEnc), Keys: p.keys(c),
	}
	if p.rehearses {
		object, wrong := v.Review(ctx, raw, client)
		if err := c.note(wrong); object == nil {
			return nil, err
		}
		return object, nil
	}
	return v.Verify(ctx, raw, client)
}

// byFront reads an authorization request that was not pushed: a request object by value, or by reference to where the
// client publishes it (RFC 9101 5). Once it is kept it goes the way of a pushed request: the user's decision spends it,
// and sending it again takes no more room.
func (p *Provider) byFront(ctx context.Context, c *party, values url.Values) (*arrival, error) {
	object := values.Get("request")
	if uri := values.Get("request_uri"); uri != "" {
		fetched, err := p.fetchObject(ctx, c, uri)
		if err != nil {
			return nil, err
		}
		object = fetched
	}
	if object == "" {
		return nil, errRequestObjectMissing
	}
	digest := p.digest(ctx, c, object)
	uri := par.Reference(digest)
	kept, err := p.pushed[c.profile.Name].Load(ctx, uri, c.client.GetID())
	if err == nil {
		return &arrival{request: kept, uri: uri}, nil
	}
	if errors.Is(err, par.ErrSpent) {
		return nil, errObjectSpent // the client knows nothing of the reference
	}
	if !errors.Is(err, par.ErrUnknown) && !errors.Is(err, par.ErrExpired) { // the object itself may live longer
		return nil, err
	}
	verified, err := p.verifyObject(ctx, c, object)
	if err != nil {
		return nil, err
	}
	claims := verified.Form()
	p.mark(ctx, c, claims, verified)
	ar := &fosite.AuthorizeRequest{Request: fosite.Request{Client: c.client, Form: claims, RequestedAt: p.now().UTC()}}
	ar.GetID() // makes it
	if err := p.bindCode(c, ar, nil); err != nil {
		return nil, err
	}
	return &arrival{request: ar, uri: uri, digest: &digest, object: verified}, nil
}

// digest tells what a client sends to this issuer. Neither has a NUL, so that no two triples make the same digest.
func (p *Provider) digest(ctx context.Context, c *party, sent string) [sha256.Size]byte {
	return sha256.Sum256([]byte(p.issuer(ctx) + "\x00" + c.client.GetID() + "\x00" + sent))
}

// objectMemory is for how long the decision about a request object is remembered: longer than FAPI lets an object live.
const objectMemory = 2 * time.Hour

// mark writes beside the route what a request object is told by, however it is encrypted and signed: ECDSA has two
// signatures for one, and to encrypt anew takes public keys alone.
func (p *Provider) mark(ctx context.Context, c *party, form url.Values, object *requestobject.Object) {
	signed := object.Digest()
	id := p.digest(ctx, c, string(signed[:]))
	form[routeKey] = []string{string(byFrontend) + " " + base64.RawURLEncoding.EncodeToString(id[:])}
}

// undecided refuses a request object that came through the browser and was decided, under another reference too.
func (p *Provider) undecided(ctx context.Context, form url.Values) error {
	_, id, front := strings.Cut(form.Get(routeKey), " ")
	if !front {
		return nil
	}
	decided, err := p.once.Used(ctx, objectNamespace, id)
	if err != nil {
		return storeError("looking for the decision about a request object", err)
	}
	if decided {
		return errObjectSpent
	}
	return nil
}

// decide remembers that such a request object is decided now.
func (p *Provider) decide(ctx context.Context, form url.Values) error {
	_, id, front := strings.Cut(form.Get(routeKey), " ")
	if !front {
		return nil
	}
	first, err := p.once.UseOnce(ctx, objectNamespace, id, p.now().Add(objectMemory))
	if err != nil {
		return storeError("deciding about a request object", err)
	}
	if !first {
		return errObjectSpent
	}
	return nil
}

const objectNamespace = "object"

// An arrival is an authorization request at the authorization endpoint.
type arrival struct {
	request *fosite.AuthorizeRequest
	uri     string // request_uri
	// Of one that is to be kept when it is found good; nil for one that is stored.
	digest *[32]byte
	object *requestobject.Object
}

// keep stores a request that was not pushed.
func (p *Provider) keep(ctx context.Context, c *party, a *arrival) error {
	if a.digest == nil {
		return nil
	}
	return p.pushed[c.profile.Name].Keep(ctx, a.request, *a.digest)
}

// fetchObject gets a request object from where the client registered that it publishes it.
func (p *Provider) fetchObject(ctx context.Context, c *party, uri string) (string, error) {
	if len(c.meta.RequestURIs) == 0 {
		return "", errRequestURINotAllowed
	}
	object, err := p.objectFetcher.Fetch(ctx, uri, c.meta.RequestURIs)
	if err != nil && !errors.Is(err, requestobject.ErrRequestURI) {
		return "", fmt.Errorf("%w: %w", requestobject.ErrFetch, err) // the context ended before the client's server answered
	}
	return object, err
}

// isPushed says whether a request_uri is one that a pushed request got.
func isPushed(uri string) bool { return strings.HasPrefix(uri, par.Prefix) }

// mustPush says whether the client's authorization requests must be pushed (F2-AZ-03, PAR-29).
func (c *party) mustPush() bool {
	return c.profile.demands.pushed || c.meta.RequirePushedAuthorizationRequests
}

// objectVerifier judges the request objects of a profile's clients: by the lifetimes of FAPI where the profile demands
// objects, by RFC 9101 alone where the client chose them.
func (p *Provider) objectVerifier(profile *Profile) requestobject.Verifier {
	v := requestobject.Verifier{}
	if !profile.demands.signedRequest {
		v = *requestobject.Plain("")
	}
	v.Algorithms, v.Decryption, v.Now = profile.SigningAlgorithms, decrypter{p}, p.now
	return v
}
