package fapi

import (
	"context"
	"maps"
	"net/url"
	"slices"

	"github.com/ory/fosite"
)

// Record is what the store keeps of a code or a token.
type Record = record

// Text returns the record as it is stored.
func (r *record) Text() (string, error) {
	form := url.Values{}
	err := r.put(form)
	return form.Get(recordKey), err
}

// ReadRecord reads it back.
func ReadRecord(text string, use fosite.TokenType) (*Record, error) {
	return recordOf(&fosite.Request{Form: url.Values{recordKey: {text}}}, use)
}

// HalfHash is the value of at_hash, c_hash and s_hash.
var HalfHash = halfHash

// Named gives the ID by which a profile refuses what each sentinel stands for.
func Named(p Profile) map[error]string {
	ids := make(map[error]string, len(verdicts))
	for _, v := range slices.Concat(verdicts, registrationVerdicts) {
		ids[v.sentinel] = v.id
	}
	maps.Copy(ids, p.ids)
	return ids
}

// IDToken makes an ID token of the authorization endpoint.
func (p *Provider) IDToken(ctx context.Context, client fosite.Client, session fosite.Session, code, state string) (string, error) {
	c, err := p.partyOf(ctx, client)
	if err != nil {
		return "", err
	}
	return p.makeIDToken(ctx, &idToken{party: c, session: session, form: url.Values{"nonce": {"n-0S6_WzA2Mj"}}, code: code, state: state}, p.now())
}
