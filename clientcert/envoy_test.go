package clientcert_test

import (
	"strings"
	"testing"

	"github.com/fosite-fapi/fosite-fapi/clientcert"
)

const xfcc = "X-Forwarded-Client-Cert"

func TestEnvoy(t *testing.T) {
	c := chain(t)
	leaf, whole := escapeEnvoy(toPEM(c[0])), escapeEnvoy(chainPEM(t))
	cert, chained := `Cert="`+leaf+`"`, `Chain="`+whole+`"`
	const hash = "Hash=468ed33be74eee6556d90c0149c1309e9ba61d6425303443c0748a02dd8de688"
	runHeader(t, clientcert.Header{Kind: clientcert.Envoy}, []headerCase{
		{"Cert", []string{xfcc, cert}, c[:1], nil},
		{"Cert, not quoted", []string{xfcc, "Cert=" + leaf}, c[:1], nil},
		{"Chain", []string{xfcc, chained}, c, nil},
		{"Cert and Chain", []string{xfcc, cert + ";" + chained}, c, nil},
		{"Chain and Cert", []string{xfcc, chained + ";" + cert}, c, nil},
		{"as Envoy writes it", []string{xfcc, "By=spiffe://a/b;" + hash + ";" + cert + ";" + chained + `;Subject="CN=BC";URI=;DNS=a.example;DNS=b.example`}, c, nil},
		{"separators within quotes", []string{xfcc, `Subject="CN=a,O=\"b;Cert=\\\",c\"";` + cert}, c[:1], nil},
		{"spaces around", []string{xfcc, " By=a; " + cert + " "}, c[:1], nil},
		{"keys in another case", []string{xfcc, "c" + cert[1:]}, c[:1], nil},
		{"no header", nil, nil, nil},
		{"an empty header", []string{xfcc, ""}, nil, nil},

		{"the header twice", []string{xfcc, cert, xfcc, cert}, nil, clientcert.ErrHeaderDuplicate},
		{"two elements", []string{xfcc, cert + "," + cert}, nil, clientcert.ErrHeaderAmbiguous},
		{"what a client wrote, before", []string{xfcc, chained + "," + cert}, nil, clientcert.ErrHeaderAmbiguous},
		{"what a client wrote, without a certificate of its own", []string{xfcc, hash + "," + cert}, nil, clientcert.ErrHeaderAmbiguous},
		{"Cert twice", []string{xfcc, cert + ";" + cert}, nil, clientcert.ErrHeaderAmbiguous},
		{"Cert twice, in another case", []string{xfcc, cert + ";c" + cert[1:]}, nil, clientcert.ErrHeaderAmbiguous},
		{"Chain twice", []string{xfcc, chained + ";" + chained}, nil, clientcert.ErrHeaderAmbiguous},
		{"Cert that is not the first of Chain", []string{xfcc, `Cert="` + escapeEnvoy(toPEM(c[1])) + `";` + chained}, nil, clientcert.ErrHeaderAmbiguous},
		{"Cert of two", []string{xfcc, `Cert="` + leaf + leaf + `"`}, nil, clientcert.ErrHeaderAmbiguous},
		{"neither Cert nor Chain", []string{xfcc, "By=spiffe://a/b;" + hash}, nil, clientcert.ErrHeaderMalformed},
		{"an empty Cert", []string{xfcc, `Cert=""`}, nil, clientcert.ErrHeaderMalformed},
		{"an empty Chain beside Cert", []string{xfcc, cert + `;Chain=""`}, nil, clientcert.ErrHeaderMalformed},
		{"no pair", []string{xfcc, "Cert"}, nil, clientcert.ErrHeaderMalformed},
		{"no key", []string{xfcc, "=" + cert}, nil, clientcert.ErrHeaderMalformed},
		{"a key of two words", []string{xfcc, "Client " + cert}, nil, clientcert.ErrHeaderMalformed},
		{"a semicolon at the end", []string{xfcc, cert + ";"}, nil, clientcert.ErrHeaderMalformed},
		{"a comma at the end", []string{xfcc, cert + ","}, nil, clientcert.ErrHeaderMalformed},
		{"a comma at the beginning", []string{xfcc, "," + cert}, nil, clientcert.ErrHeaderMalformed},
		{"a quote left open", []string{xfcc, strings.TrimSuffix(cert, `"`)}, nil, clientcert.ErrHeaderMalformed},
		{"a quote left open by an escape", []string{xfcc, strings.TrimSuffix(cert, `"`) + `\"`}, nil, clientcert.ErrHeaderMalformed},
		{"text after a quote", []string{xfcc, cert + "a"}, nil, clientcert.ErrHeaderMalformed},
		{"a quote within a value", []string{xfcc, `By=a"b";` + cert}, nil, clientcert.ErrHeaderMalformed},
		{"an escape in Cert", []string{xfcc, strings.Replace(cert, "%20", `\%20`, 1)}, nil, clientcert.ErrHeaderMalformed},
		{"large", []string{xfcc, strings.Repeat("a", 64<<10) + cert}, nil, clientcert.ErrHeaderTooLarge},
	})
}

// The edge resets the header (SANITIZE_SET), the sidecar adds an element for the edge
// (APPEND_FORWARD).
func TestEnvoyHops(t *testing.T) {
	c := chain(t)
	client, edge := `Cert="`+escapeEnvoy(toPEM(c[0]))+`"`, `By=a;Cert="`+escapeEnvoy(toPEM(c[1]))+`"`
	runHeader(t, clientcert.Header{Kind: clientcert.Envoy, Hops: 2}, []headerCase{
		{"the client's, then the edge's", []string{xfcc, client + "," + edge}, c[:1], nil},
		{"with a space", []string{xfcc, client + ", " + edge}, c[:1], nil},
		{"a client without certificate", []string{xfcc, edge}, nil, nil},
		{"one more", []string{xfcc, edge + "," + client + "," + edge}, nil, clientcert.ErrHeaderAmbiguous},
		{"another header", []string{xfcc, client, xfcc, edge}, nil, clientcert.ErrHeaderDuplicate},
		{"an unreadable element after the client's", []string{xfcc, client + ",a"}, nil, clientcert.ErrHeaderMalformed},
	})
}
