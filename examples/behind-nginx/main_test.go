package main

import (
	"bytes"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var directive = regexp.MustCompile(`(?m)^\s*([a-z_]+)\s+(.*);`)

func TestConf(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.NoError(t, run([]string{"-dir", "/srv/as", "-listen", "192.0.2.1:443", "-mtls-listen", "[2001:db8::1]:443", "-backend", "192.0.2.2:9443", "-header", "x-cert"}, &out, io.Discard))
	text := out.String()
	all := map[string][]string{}
	for _, m := range directive.FindAllStringSubmatch(text, -1) {
		all[m[1]] = append(all[m[1]], m[2])
	}
	for name, want := range map[string][]string{
		"listen":                        {"192.0.2.1:443 ssl", "[2001:db8::1]:443 ssl"},
		"server":                        {"192.0.2.2:9443"},
		"ssl_certificate":               {"/srv/as/server.pem"},
		"ssl_certificate_key":           {"/srv/as/server-key.pem"},
		"ssl_protocols":                 {"TLSv1.2 TLSv1.3"},
		"ssl_session_cache":             {"off"},
		"ssl_session_tickets":           {"off"},
		"ssl_early_data":                nil,
		"ssl_verify_client":             {"optional_no_ca"},
		"proxy_pass":                    {"https://backend", "https://backend"},
		"proxy_ssl_verify":              {"on"},
		"proxy_ssl_trusted_certificate": {"/srv/as/ca.pem"},
		"underscores_in_headers":        nil,
	} {
		assert.Equal(t, want, all[name], name)
	}
	for _, suite := range strings.Split(all["ssl_ciphers"][0], ":") {
		assert.Regexp(t, "^ECDHE-(RSA|ECDSA)-AES(128|256)-GCM-", suite)
	}
	// Each block that passes requests on replaces the header.
	blocks := strings.Split(text, "location / {")[1:]
	require.Len(t, blocks, 2)
	assert.Contains(t, blocks[0], `proxy_set_header x-cert "";`)
	assert.Contains(t, blocks[1], "proxy_set_header x-cert $ssl_client_escaped_cert;")
	assert.Less(t, strings.Index(text, "[2001:db8::1]"), strings.Index(text, "ssl_verify_client"), "the second address asks")
}

func TestArguments(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{
		"unknown flag":                     {"-x"},
		"argument":                         {"now"},
		"another directive":                {"-listen", "127.0.0.1:1; user root"},
		"another block":                    {"-dir", "/srv/{as}"},
		"a variable":                       {"-backend", "$host:1"},
		"a header that nginx doesn't send": {"-header", "ssl_client_cert"},
		"no header":                        {"-header", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			require.Error(t, run(args, &out, io.Discard))
			assert.Empty(t, out.String())
		})
	}
}
