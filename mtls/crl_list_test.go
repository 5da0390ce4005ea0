package mtls_test

import (
	"encoding/asn1"
	"encoding/pem"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/mtls"
)

func TestParseLists(t *testing.T) {
	t.Parallel()
	h := newHierarchy(t)
	der := h.issuing.list(t, listing(h.chain[0].SerialNumber))
	inPEM := bundle(der, h.root.list(t))
	many := make([][]byte, 65)
	for i := range many {
		many[i] = der
	}
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: h.chain[0].Raw})
	for name, test := range map[string]struct {
		document []byte
		lists    int
	}{
		"DER":                              {der, 1},
		"PEM":                              {inPEM, 2},
		"PEM with text":                    {append([]byte("of the issuing authority\n"), inPEM...), 2},
		"RFC 5280 5.1.2.2 RSA by SHA-256":  {rsaList(t), 1},
		"RFC 5280 5.1.2.5 nextUpdate":      {remarshal(t, der, false), 1},
		"RFC 5280 5.2 an extension":        {h.issuing.list(t, extended(asn1.ObjectIdentifier{1, 2, 3}, false, "\x05\x00")), 1},
		"RFC 5280 5.2.6 a freshest list":   {h.issuing.list(t, extended(asn1.ObjectIdentifier{2, 5, 29, 46}, false, "\x30\x00")), 1},
		"RFC 5280 5.2.5 not indirect":      {h.issuing.list(t, only("\x84\x01\x00")), 1},
		"64 lists":                         {bundle(many[:64]...), 64},
		"nothing":                          {nil, 0},
		"something else":                   {[]byte("-----BEGIN"), 0},
		"a certificate":                    {h.chain[0].Raw, 0},
		"a certificate in PEM":             {certificate, 0},
		"a certificate beside":             {append(certificate, inPEM...), 0},
		"DER, cut":                         {der[:len(der)-1], 0},
		"DER, something after":             {append(der[:len(der):len(der)], 0), 0},
		"PEM, the last cut":                {inPEM[:len(inPEM)-30], 0},
		"PEM, the first damaged":           {append([]byte("-----BEGIN X509 CRL-----\n"), inPEM[40:]...), 0},
		"65 lists":                         {bundle(many...), 0},
		"RFC 5280 5.1.2.2 RSA by SHA-1":    {bySHA1(t, rsaList(t)), 0},
		"RFC 5280 5.1.2.5 no nextUpdate":   {remarshal(t, der, true), 0},
		"RFC 5280 5.2 critical":            {h.issuing.list(t, extended(asn1.ObjectIdentifier{1, 2, 3}, true, "\x05\x00")), 0},
		"RFC 5280 5.2 twice":               {h.issuing.list(t, only(""), only("")), 0},
		"RFC 5280 5.2.4 delta":             {h.issuing.list(t, extended(asn1.ObjectIdentifier{2, 5, 29, 27}, true, "\x02\x01\x01")), 0},
		"RFC 5280 5.2.4 delta, uncritical": {h.issuing.list(t, extended(asn1.ObjectIdentifier{2, 5, 29, 27}, false, "\x02\x01\x01")), 0},
		"RFC 5280 5.2.5 some reasons":      {h.issuing.list(t, only("\x83\x02\x01\x40")), 0},
		"RFC 5280 5.2.5 indirect":          {h.issuing.list(t, only("\x84\x01\xff")), 0},
		"RFC 5280 5.2.5 attributes":        {h.issuing.list(t, only("\x85\x01\xff")), 0},
		"RFC 5280 5.2.5 out of order":      {h.issuing.list(t, only("\x82\x01\xff\x81\x01\xff")), 0},
		"RFC 5280 5.2.5 malformed":         {h.issuing.list(t, only("\x81")), 0},
		"RFC 5280 5.2.5 malformed name":    {h.issuing.list(t, only("\xa0\x03\xa0\x01\x86")), 0},
		"RFC 5280 5.3.3 certificateIssuer": {h.issuing.list(t, listing(h.chain[0].SerialNumber), ofAnother), 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lists, err := mtls.ParseLists(test.document)
			assert.Equal(t, test.lists, lists)
			if test.lists == 0 {
				require.ErrorIs(t, err, mtls.ErrList)
			} else {
				require.NoError(t, err)
			}
		})
	}
}
