package fapitest

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"time"

	"github.com/ory/fosite"
)

// A record is a request as it is stored.
type record struct {
	ID                string           `json:"id"`
	RequestedAt       time.Time        `json:"requested_at"`
	ClientID          string           `json:"client_id"`
	RequestedScope    []string         `json:"requested_scope"`
	GrantedScope      []string         `json:"granted_scope"`
	RequestedAudience []string         `json:"requested_audience"`
	GrantedAudience   []string         `json:"granted_audience"`
	Form              url.Values       `json:"form"`
	Session           json.RawMessage  `json:"session"`
	Authorize         *authorizeRecord `json:"authorize,omitempty"`
}

// An authorizeRecord is what an authorization request has beyond every request.
type authorizeRecord struct {
	ResponseTypes        []string                `json:"response_types"`
	HandledResponseTypes []string                `json:"handled_response_types"`
	RedirectURI          string                  `json:"redirect_uri"`
	State                string                  `json:"state"`
	ResponseMode         fosite.ResponseModeType `json:"response_mode"`
	DefaultResponseMode  fosite.ResponseModeType `json:"default_response_mode"`
}

func encode(r fosite.Requester) ([]byte, error) {
	rec, err := newRecord(r)
	if err != nil {
		return nil, err
	}
	return marshal(rec)
}

func encodeAuthorize(r fosite.AuthorizeRequester) ([]byte, error) {
	rec, err := newRecord(r)
	if err != nil {
		return nil, err
	}
	rec.Authorize = &authorizeRecord{
		ResponseTypes:       r.GetResponseTypes(),
		State:               r.GetState(),
		ResponseMode:        r.GetResponseMode(),
		DefaultResponseMode: r.GetDefaultResponseMode(),
	}
	// The interface tells only whether all of them are handled.
	if concrete, ok := r.(*fosite.AuthorizeRequest); ok {
		rec.Authorize.HandledResponseTypes = concrete.HandledResponseTypes
	} else if r.DidHandleAllResponseTypes() {
		rec.Authorize.HandledResponseTypes = r.GetResponseTypes()
	}
	if u := r.GetRedirectURI(); u != nil {
		rec.Authorize.RedirectURI = u.String()
	}
	return marshal(rec)
}

func newRecord(r fosite.Requester) (*record, error) {
	client := r.GetClient()
	if client == nil {
		return nil, errors.New("fapitest: a request without a client cannot be stored")
	}
	session, err := json.Marshal(r.GetSession())
	if err != nil {
		return nil, fmt.Errorf("fapitest: encode the session: %w", err)
	}
	return &record{
		ID:                r.GetID(),
		RequestedAt:       r.GetRequestedAt(),
		ClientID:          client.GetID(),
		RequestedScope:    r.GetRequestedScopes(),
		GrantedScope:      r.GetGrantedScopes(),
		RequestedAudience: r.GetRequestedAudience(),
		GrantedAudience:   r.GetGrantedAudience(),
		Form:              r.GetRequestForm(),
		Session:           session,
	}, nil
}

func marshal(rec *record) ([]byte, error) {
	raw, err := json.Marshal(rec)
	if err != nil {
		return nil, fmt.Errorf("fapitest: encode the request: %w", err)
	}
	return raw, nil
}

// decode hydrates the request, and its session into the one given.
func (s *JSONStore) decode(raw []byte, session fosite.Session) (*fosite.Request, error) {
	_, request, err := s.hydrate(raw, session)
	return request, err
}

func (s *JSONStore) decodeAuthorize(raw []byte) (*fosite.AuthorizeRequest, error) {
	rec, request, err := s.hydrate(raw, nil)
	if err != nil {
		return nil, err
	}
	out := &fosite.AuthorizeRequest{
		Request:              *request,
		ResponseTypes:        rec.Authorize.ResponseTypes,
		HandledResponseTypes: rec.Authorize.HandledResponseTypes,
		State:                rec.Authorize.State,
		ResponseMode:         rec.Authorize.ResponseMode,
		DefaultResponseMode:  rec.Authorize.DefaultResponseMode,
	}
	if rec.Authorize.RedirectURI != "" {
		if out.RedirectURI, err = url.Parse(rec.Authorize.RedirectURI); err != nil {
			return nil, fmt.Errorf("fapitest: decode the redirect URI: %w", err)
		}
	}
	return out, nil
}

func (s *JSONStore) hydrate(raw []byte, session fosite.Session) (*record, *fosite.Request, error) {
	rec := &record{}
	if err := json.Unmarshal(raw, rec); err != nil {
		return nil, nil, fmt.Errorf("fapitest: decode the request: %w", err)
	}
	client, err := s.clientOf(rec)
	if err != nil {
		return nil, nil, err
	}
	if session, err = s.hydrateSession(rec.Session, session); err != nil {
		return nil, nil, err
	}
	if rec.Form == nil {
		rec.Form = url.Values{} // fosite writes into it
	}
	return rec, &fosite.Request{
		ID:                rec.ID,
		RequestedAt:       rec.RequestedAt,
		Client:            client,
		RequestedScope:    rec.RequestedScope,
		GrantedScope:      rec.GrantedScope,
		RequestedAudience: rec.RequestedAudience,
		GrantedAudience:   rec.GrantedAudience,
		Form:              rec.Form,
		Session:           session,
	}, nil
}

// clientOf loads the client. Grants that skip client authentication store requests of the empty client.
func (s *JSONStore) clientOf(rec *record) (fosite.Client, error) {
	if rec.ClientID == "" {
		return &fosite.DefaultClient{}, nil
	}
	return s.client(rec.ClientID)
}

func (s *JSONStore) hydrateSession(raw json.RawMessage, session fosite.Session) (fosite.Session, error) {
	missing := session == nil
	if v := reflect.ValueOf(session); !missing && v.Kind() == reflect.Pointer && v.IsNil() {
		missing = true
	}
	if missing {
		if string(raw) == "null" {
			return nil, nil // none was stored
		}
		session = s.newSession()
	}
	if err := json.Unmarshal(raw, session); err != nil {
		return nil, fmt.Errorf("fapitest: decode the session into %T: %w", session, err)
	}
	return session, nil
}
