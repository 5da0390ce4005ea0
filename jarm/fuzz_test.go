package jarm_test

import (
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/internal/must"
	"github.com/fosite-fapi/fosite-fapi/jarm"
)

// FuzzRoundTrip sends any parameter through Encoder and Verifier, signed and encrypted.
func FuzzRoundTrip(f *testing.F) {
	for _, seed := range [][2]string{
		{"code", "abc"}, {"state", `"\</script>` + "\u2028\x00"}, {"expires_in", "3600"}, {"expires_in", "03600"}, {"expires_in", "1e3"},
		{"iss", issuer}, {"iss", "other"}, {"aud", "a"}, {"exp", "1"}, {"", "a"}, {"state", ""}, {"Iss", "a"}, {"a\xff", "b"}, {"state", "\xff"},
	} {
		f.Add(seed[0], seed[1], false)
		f.Add(seed[0], seed[1], true)
	}
	f.Fuzz(func(t *testing.T, name, value string, encrypt bool) {
		if len(name)+len(value) > 2000 {
			return
		}
		client, v := jarm.Client{ID: clientID}, verifier()
		if encrypt {
			client.EncryptionAlgorithm, client.Keys = jose.ECDH_ES, jarm.StaticKeys(publicKeys("enc", clientEC()))
			v.DecryptionKeys = []jarm.DecryptionKey{{Private: clientEC(), ID: "k"}}
		}
		response, err := encoder().Encode(t.Context(), client, url.Values{name: {value}})
		if err != nil {
			require.ErrorIs(t, err, jarm.ErrParameter)
			require.Empty(t, response)
			return
		}
		require.True(t, utf8.ValidString(value))
		got, err := v.Verify(t.Context(), response)
		require.NoError(t, err)
		want := url.Values{name: {value}}
		switch {
		case value == "" || name == "iss":
			want = url.Values{}
		case name == "expires_in":
			want.Set(name, strings.TrimLeft(value[:len(value)-1], "0")+value[len(value)-1:])
		}
		require.Equal(t, want, got.Parameters)
	})
}

// FuzzVerify holds Verify to what the server signed.
func FuzzVerify(f *testing.F) {
	known := map[string]bool{}
	input := func(response string) string { return response[:strings.LastIndexByte(response, '.')] }
	for _, alg := range []jose.SignatureAlgorithm{jose.ES256, jose.PS256, jose.EdDSA} {
		response := must.Get(encoder().Encode(f.Context(), jarm.Client{ID: clientID, Algorithm: alg}, url.Values{"code": {"abc"}}))
		known[input(response)] = true
		f.Add(response)
		f.Add(encrypted(response))
		f.Add(response[:strings.LastIndexByte(response, '.')+1])
	}
	for _, v := range vectors() {
		f.Add(v.JWT)
	}
	f.Add("..")
	f.Add("....")
	f.Fuzz(func(t *testing.T, raw string) {
		got, err := verifier().Verify(t.Context(), raw)
		if err != nil {
			require.Nil(t, got)
			return
		}
		require.True(t, known[input(raw)], "nothing else was signed") // a second ECDSA signature of the same can be had
	})
}
