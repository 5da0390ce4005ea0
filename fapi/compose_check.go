package fapi

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"github.com/ory/fosite"
	"github.com/ory/fosite/handler/oauth2"
)

// checkStorage names every method that the profiled lane needs and the store lacks.
func (p *Provider) checkStorage(store any, found *problems) {
	if v := reflect.ValueOf(store); !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil() {
		found.add("", "the store is nil")
		return
	}
	for _, need := range []struct {
		id    string
		iface reflect.Type
	}{
		{"", reflect.TypeFor[fosite.Storage]()},
		{"OA-08", reflect.TypeFor[oauth2.CoreStorage]()},
		{"F2-AZ-09", reflect.TypeFor[oauth2.TokenRevocationStorage]()},
		{"F2-AZ-02", reflect.TypeFor[fosite.PARStorage]()},
	} {
		if t := reflect.TypeOf(store); !t.Implements(need.iface) {
			var missing []string
			for i := range need.iface.NumMethod() {
				want := need.iface.Method(i)
				if got := reflect.ValueOf(store).MethodByName(want.Name); !got.IsValid() || got.Type() != want.Type {
					missing = append(missing, want.Name) // also where it has the name but not the signature
				}
			}
			found.add(need.id, "the store %s is no %s: it lacks %s", t, need.iface, strings.Join(missing, ", "))
		}
	}
	p.store, _ = store.(fosite.Storage)
	p.vault = newVault(store)
}

func (p *Provider) checkProfiles(s *settings, found *problems) {
	switch {
	case s.profileMode == "" && s.reportOnly != nil && (p.legacy == nil && !s.hasFactories):
		found.add("", "WithReportOnly alone leaves every client to the factories; add WithFactories")
	case s.profileMode == "" && s.reportOnly != nil:
		p.selector = func(context.Context, fosite.Client) (string, error) { return Legacy, nil }
	case s.profileMode == "":
		found.add("", "no profile is given; use WithProfiles or WithProfile")
	case s.profileMode == "WithProfiles" && len(s.profiles) == 1 && p.legacy == nil && !s.hasFactories:
		found.add("", "a selector without factories: clients for which it says %q would be served by nothing; add WithFactories, or use WithProfile", Legacy)
	case s.profileMode == "WithProfile" && s.hasFactories:
		found.add("", "WithProfile leaves no client to the factories; use WithProfiles")
	}
	if s.profileMode == "WithProfile" {
		p.legacy = nil
	}
	p.addProfiles(s.profiles, found)
}

// addProfiles takes copies of profiles, and names what is wrong with them.
func (p *Provider) addProfiles(profiles []Profile, found *problems) {
	for _, profile := range profiles {
		c := profile.clone()
		*found = append(*found, c.problems()...)
		if p.profiles[c.Name] != nil {
			found.add("", "two profiles are named %q", c.Name)
		}
		for _, id := range c.without {
			if !slices.ContainsFunc(profile.rules, func(r Rule) bool { return r.ID == id }) {
				found.add(id, "profile %q: the requirement can not be removed", c.Name)
			}
			p.weakened = append(p.weakened, c.Name+" without "+id)
		}
		p.profiles[c.Name] = c
	}
}

func (p *Provider) checkIssuer(ctx context.Context, found *problems) {
	issuer := p.issuer(ctx)
	if issuer == "" {
		found.add("ISS-03", "no issuer; set IDTokenIssuer in the config or use WithIssuer")
		return
	}
	if err := validIssuer(issuer); err != nil {
		found.add("ISS-02", "issuer %q: %s", issuer, err)
		return
	}
	doc, err := p.Metadata(ctx)
	if err == nil {
		err = doc.Validate()
	}
	if err != nil && len(p.profiles) > 0 {
		found.add("F2-AS-01", "the server metadata would be invalid: %s", err)
	}
}

func validIssuer(issuer string) error {
	u, err := url.Parse(issuer)
	switch {
	case err != nil:
		return errors.New("not a URL")
	case u.Scheme != "https":
		return errors.New("must be https")
	case u.Host == "" || u.RawQuery != "" || u.ForceQuery || strings.Contains(issuer, "#") || u.User != nil:
		return errors.New("must have a host and neither query nor fragment")
	}
	return nil
}

// checkStrategy tries the strategy once, because it would fail only at the first request: on a secret that is too
// short, for example.
func (p *Provider) checkStrategy(ctx context.Context, s *settings, found *problems) {
	core, ok := s.strategy.(oauth2.CoreStrategy)
	if !ok {
		found.add("F2-CR-06", "the strategy %T is no oauth2.CoreStrategy", s.strategy)
		return
	}
	p.strategy = core
	err := func() (err error) {
		defer func() {
			if cause := recover(); cause != nil {
				err = fmt.Errorf("%v", cause)
			}
		}()
		_, _, err = core.GenerateAuthorizeCode(ctx, fosite.NewRequest())
		return err
	}()
	if err != nil {
		found.add("F2-CR-06", "the strategy can not make codes: %s", err)
	}
	if p.format == "" {
		p.format = Opaque
		if makesJWT(s.strategy) {
			p.format = JWT
		}
	}
}

// checkSecret sees that the default single use has the secret that its entries are named by.
func checkSecret(ctx context.Context, once SingleUse, found *problems) {
	s, ok := once.(assertionStore)
	if !ok {
		return
	}
	if secret, err := s.config.GetGlobalSecret(ctx); err != nil || len(secret) < 32 {
		found.add("F2-CR-06", "single use in the host's store needs a global secret of at least 32 bytes; set one, or use WithSingleUse")
	}
}
