package dpop_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/fosite-fapi/fosite-fapi/dpop"
)

func TestURL(t *testing.T) {
	t.Parallel()
	at := func(urls ...string) func(*call) { return func(c *call) { c.request.URLs = urls } }
	const alias = "https://mtls.as.example.com/oauth/token"

	judged(t, func(*call) {}, []change{
		{"DPOP-07 htu absent", drop("htu"), dpop.ErrURL},
		{"DPOP-07 htu empty", set("htu", ""), dpop.ErrURL},
		{"DPOP-07 htu empty, and so is the endpoint's", also(set("htu", ""), at("")), dpop.ErrURL},
		{"DPOP-07 htu a number", set("htu", 1), dpop.ErrMalformed},
		{"DPOP-07 htu an array", set("htu", []string{tokenURL}), dpop.ErrMalformed},
		{"DPOP-09 the endpoint", func(*call) {}, nil},
		{"DPOP-09 an alias of the endpoint", also(set("htu", alias), at(tokenURL, alias)), nil},
		{"DPOP-09 an alias in another case", also(set("htu", "https://MTLS.as.example.com/oauth/token"), at(tokenURL, alias)), nil},
		{"DPOP-09 an unknown alias", set("htu", alias), dpop.ErrURL},
		{"DPOP-09 no URLs", at(), dpop.ErrURL},
		{"DPOP-09 another path", set("htu", "https://as.example.com/oauth/par"), dpop.ErrURL},
		{"DPOP-09 a path below", set("htu", tokenURL+"/x"), dpop.ErrURL},
		{"DPOP-09 a trailing slash", set("htu", tokenURL+"/"), dpop.ErrURL},
		{"DPOP-09 a path in another case", set("htu", "https://as.example.com/oauth/Token"), dpop.ErrURL},
		{"DPOP-09 another host", set("htu", "https://as.example.org/oauth/token"), dpop.ErrURL},
		{"DPOP-09 another scheme", set("htu", "http://as.example.com/oauth/token"), dpop.ErrURL},
		{"DPOP-09 another port", set("htu", "https://as.example.com:8443/oauth/token"), dpop.ErrURL},
		{"DPOP-09 the issuer alone", set("htu", "https://as.example.com"), dpop.ErrURL},
		{"DPOP-09 the path alone", set("htu", "/oauth/token"), dpop.ErrURL},
		{"DPOP-09 user information", set("htu", "https://as.example.com@as.example.com/oauth/token"), dpop.ErrURL},
		{"CS-85 query", set("htu", tokenURL+"?a=b"), nil},
		{"CS-85 fragment", set("htu", tokenURL+"#a"), nil},
		{"CS-85 query and fragment", set("htu", tokenURL+"?a=https://attacker.example/#b?c"), nil},
		{"CS-85 the endpoint's has a query", at(tokenURL + "?tenant=1"), nil},
		{"CS-85 the path in the query", set("htu", "https://attacker.example/?"+tokenURL), dpop.ErrURL},
		{"CS-85 upper-case host", set("htu", "https://AS.EXAMPLE.COM/oauth/token"), nil},
		{"CS-85 upper-case scheme", set("htu", "HTTPS://as.example.com/oauth/token"), nil},
		{"CS-85 default port", set("htu", "https://as.example.com:443/oauth/token"), nil},
		{"CS-85 default port of the other scheme", set("htu", "https://as.example.com:80/oauth/token"), dpop.ErrURL},
		{"CS-85 the endpoint's has the default port", at("https://as.example.com:443/oauth/token"), nil},
		{"DPOP-10 percent-encoded letter", set("htu", "https://as.example.com/oauth/%74oken"), nil},
		{"DPOP-10 percent-encoded slash", set("htu", "https://as.example.com/oauth%2Ftoken"), dpop.ErrURL},
		{"DPOP-10 the endpoint's with a tilde", also(set("htu", "https://as.example.com/%7Euser"), at("https://as.example.com/~user")), nil},
		{"DPOP-10 dot segments", set("htu", "https://as.example.com/x/../oauth/./token"), nil},
	})
}

func TestNormalize(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		// RFC 3986 6.2.3.
		"http://example.com":      "http://example.com/",
		"http://example.com/":     "http://example.com/",
		"http://example.com:/":    "http://example.com/",
		"http://example.com:443/": "http://example.com:443/",
		"https://example.com:80":  "https://example.com:80/",
		"http://example.com:80/":  "http://example.com/",
		// RFC 3986 6.2.2.
		"http://a/b/c/%7Bfoo%7D":               "http://a/b/c/%7Bfoo%7D",
		"hTTp://a/./b/../b/%63/%7bfoo%7d":      "http://a/b/c/%7Bfoo%7D",
		"https://Example.COM:443/%7euser/%c3":  "https://example.com/~user/%C3",
		"https://example.com?query":            "https://example.com/",
		"https://example.com#fragment":         "https://example.com/",
		"https://example.com:8443/a":           "https://example.com:8443/a",
		"https://[2001:DB8::1]/a":              "https://[2001:db8::1]/a",
		"https://[2001:db8::1]:443/a":          "https://[2001:db8::1]/a",
		"https://[::ffff:192.0.2.1]:8443":      "https://[::ffff:192.0.2.1]:8443/",
		"https://192.0.2.1/":                   "https://192.0.2.1/",
		"https://a/b//c":                       "https://a/b//c",
		"https://a//":                          "https://a//",
		"https://a/!$&'()*+,;=:@-._~":          "https://a/!$&'()*+,;=:@-._~",
		"https://a/%21":                        "https://a/%21",
		"https://a/%25%32%46":                  "https://a/%252F",
		"https://a/..":                         "https://a/",
		"https://a/../../b":                    "https://a/b",
		"https://a/b/.":                        "https://a/b/",
		"https://a/b/..":                       "https://a/",
		"https://a/b/c/..":                     "https://a/b/",
		"https://a/b/%2E%2e/c":                 "https://a/c",
		"https://a/b//../c":                    "https://a/b/c",
		"https://a/.b/..c/d.":                  "https://a/.b/..c/d.",
		"https://a/b/c/./../../g":              "https://a/g",     // RFC 3986 5.2.4
		"https://a/mid/content=5/../6":         "https://a/mid/6", // RFC 3986 5.2.4
		"https://a_b.example.com/":             "https://a_b.example.com/",
		"https://example.com./":                "https://example.com./",
		"https://example.com:0443/":            "https://example.com:0443/",
		"":                                     "",
		"https:":                               "",
		"https://":                             "",
		"https:///path":                        "",
		"https://:443/":                        "",
		"//example.com/":                       "",
		"example.com/":                         "",
		"urn:https://example.com/":             "",
		"ftp://example.com/":                   "",
		" https://example.com/":                "",
		"https ://example.com/":                "",
		"https://example.com/ ":                "",
		"https://exa mple.com/":                "",
		"https://user@example.com/":            "",
		"https://user:pass@example.com/":       "",
		"https://example.com:https/":           "",
		"https://example.com:443:443/":         "",
		"https://example.com:-443/":            "",
		"https://ex%61mple.com/":               "",
		"https://example.com\\@other.example/": "",
		"https://exämple.com/":                 "",
		"https://example.com/ä":                "",
		"https://example.com/\x00":             "",
		"https://example.com/%":                "",
		"https://example.com/%2":               "",
		"https://example.com/%zz":              "",
		"https://example.com/%2\xff":           "",
		"https://example.com/[":                "",
		"https://[]/":                          "",
		"https://[::1/":                        "",
		"https://[::1]x/":                      "",
		"https://[::1]:x/":                     "",
		"https://[fe80::1%25eth0]/":            "",
		"https://[v1.x]/":                      "",
		"https://::1/":                         "",
	} {
		got, ok := dpop.Normalize(url)
		assert.Equal(t, want, got, url)
		assert.Equal(t, want != "", ok, url)
	}
}
