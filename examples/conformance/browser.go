package main

// pages are those of authserver that the suite's browser meets, and the suite's own at the end.
type pages struct{ authorize, login, consent, callback, password string }

func (p *plan) pages(at site, made *material) pages {
	return pages{at.Issuer + "/authorize*", at.Issuer + "/login*", at.Issuer + "/consent*", p.callback(at) + "*", made.password}
}

// logIn fills in the login page, where one is shown.
func (p pages) logIn() task {
	return task{"Log in", p.login, true, [][]any{{"text", "id", "username", "alice"}, {"text", "id", "password", p.password}, {"click", "id", "login"}}}
}

func (p pages) press(button string) task {
	return task{"Decide", p.consent, true, [][]any{{"click", "id", button}}}
}

// arrive is the suite's own page.
func (p pages) arrive() task {
	return task{"Return to the client", p.callback, false, [][]any{{"wait", "id", "submission_complete", 10}}}
}

// approves is the usual visit.
func (p pages) approves() []visit {
	return []visit{{Match: p.authorize, Tasks: []task{p.logIn(), p.press("approve"), p.arrive()}}}
}

func (p pages) denies() []visit {
	return []visit{{Match: p.authorize, Tasks: []task{p.logIn(), p.press("deny"), p.arrive()}}}
}

// fails is a visit that ends on the page with this error. The suite keeps a picture of it.
func (p pages) fails(code string) []visit {
	return []visit{{Match: p.authorize, Tasks: []task{p.shows(code)}}}
}

func (p pages) shows(code string) task {
	return task{"See the error page", p.authorize, false, [][]any{{"wait", "id", "error", 10, code, "update-image-placeholder"}}}
}

// failsAfter is a visit that succeeds, and another one that does not.
func (p pages) failsAfter(code string) []visit {
	first := p.approves()[0]
	first.Limit = 1
	return append([]visit{first}, p.fails(code)...)
}

// approvesSecond leaves the login page alone the first time.
func (p pages) approvesSecond() []visit {
	first := visit{Match: p.authorize, Limit: 1, Tasks: []task{
		{"Look at the login page", p.login, false, [][]any{{"wait", "id", "username", 10, ".*", "update-image-placeholder-optional"}}},
	}}
	return append([]visit{first}, p.approves()...)
}

// overrides are the modules in which the browser does something else than usual: the user denies, or sees a page because
// nothing may be sent to the client.
func (p *plan) overrides(at site, made *material) map[string]overriding {
	pages := p.pages(at, made)
	prefix := map[bool]string{true: "fapi1-advanced-final-", false: "fapi2-security-profile-final-"}[p.profile == advanced]
	all := map[string]overriding{}
	add := func(browser []visit, modules ...string) {
		for _, name := range modules {
			all[prefix+name] = overriding{browser}
		}
	}
	add(pages.denies(), "user-rejects-authentication")
	if p.profile == advanced {
		add(pages.fails("invalid_request"), "ensure-authorization-request-without-request-object-fails")
	} else {
		add(pages.fails("invalid_request"), "ensure-unsigned-authorization-request-without-using-par-fails")
	}
	if p.byValue {
		add(pages.fails("invalid_request_object"), objectModules()...)
		add(pages.fails("invalid_request"),
			"ensure-registered-redirect-uri", "ensure-redirect-uri-in-authorization-request", "ensure-request-object-without-redirect-uri-fails")
		return all
	}
	add(pages.failsAfter("invalid_request_uri"), "par-attempt-reuse-request_uri")
	add(pages.fails("invalid_request_uri"), "par-attempt-to-use-expired-request_uri", "par-attempt-to-use-request_uri-for-different-client")
	add(pages.approvesSecond(), "par-ensure-reused-request-uri-prior-to-auth-completion-succeeds")
	return all
}

// objectModules are those with a request object of which nothing can be believed, the redirect URI included.
func objectModules() []string {
	return []string{
		"ensure-request-object-without-exp-fails", "ensure-request-object-without-nbf-fails", "ensure-expired-request-object-fails",
		"ensure-request-object-with-bad-aud-fails", "ensure-request-object-with-exp-over-60-fails", "ensure-request-object-with-nbf-over-60-fails",
		"ensure-signed-request-object-with-RS256-fails", "ensure-request-object-signature-algorithm-is-not-none",
		"ensure-request-object-with-invalid-signature-fails", "ensure-matching-key-in-authorization-request",
	}
}
