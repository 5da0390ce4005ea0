package shop

import (
	"context"
	"encoding/json"
	"net/url"
	"time"

	"github.com/ory/fosite"
)

// A row is a stored request. Its client is loaded anew when it is read.
type row struct {
	ID                string          `json:"id"`
	At                time.Time       `json:"at"`
	Client            string          `json:"client"`
	RequestedScope    []string        `json:"requested_scope"`
	GrantedScope      []string        `json:"granted_scope"`
	RequestedAudience []string        `json:"requested_audience"`
	GrantedAudience   []string        `json:"granted_audience"`
	Form              url.Values      `json:"form"`
	Session           json.RawMessage `json:"session"`
	Spent             bool            `json:"spent"` // a code that was redeemed, a refresh token that was rotated or revoked
	Pushed            *pushed         `json:"pushed,omitempty"`
}

// pushed is what an authorization request has beside that.
type pushed struct {
	ResponseTypes []string                `json:"response_types"`
	RedirectURI   string                  `json:"redirect_uri"`
	State         string                  `json:"state"`
	Mode          fosite.ResponseModeType `json:"mode"`
	DefaultMode   fosite.ResponseModeType `json:"default_mode"`
}

func rowOf(r fosite.Requester) (*row, error) {
	session, err := json.Marshal(r.GetSession())
	if err != nil {
		return nil, err
	}
	return &row{
		ID: r.GetID(), At: r.GetRequestedAt(), Client: r.GetClient().GetID(), Form: r.GetRequestForm(), Session: session,
		RequestedScope: r.GetRequestedScopes(), GrantedScope: r.GetGrantedScopes(),
		RequestedAudience: r.GetRequestedAudience(), GrantedAudience: r.GetGrantedAudience(),
	}, nil
}

// request makes the row a request again, with the session that it is hydrated into.
func (s *Store) request(ctx context.Context, r *row, session fosite.Session) (*fosite.Request, error) {
	client, err := s.GetClient(ctx, r.Client)
	if err != nil {
		return nil, err
	}
	if session == nil {
		session = &Session{}
	}
	if err := json.Unmarshal(r.Session, session); err != nil {
		return nil, err
	}
	if r.Form == nil {
		r.Form = url.Values{}
	}
	return &fosite.Request{
		ID: r.ID, RequestedAt: r.At, Client: client, Form: r.Form, Session: session,
		RequestedScope: r.RequestedScope, GrantedScope: r.GrantedScope,
		RequestedAudience: r.RequestedAudience, GrantedAudience: r.GrantedAudience,
	}, nil
}
