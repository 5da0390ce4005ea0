package upgrade_test

import (
	"crypto/x509"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fosite-fapi/fosite-fapi/examples/internal/launch"
	"github.com/fosite-fapi/fosite-fapi/fapitest"
)

// A stranger is somebody who started a program without any data, and does what it says.
type stranger struct {
	testing.TB
	said string
}

// read is what the program said in the place of a group of the pattern.
func (s *stranger) read(pattern string) string {
	s.Helper()
	found := regexp.MustCompile(pattern).FindStringSubmatch(s.said)
	require.Len(s, found, 2, "%s in\n%s", pattern, s.said)
	return found[1]
}

func (s *stranger) send(method, address string, form url.Values, header http.Header) *fapitest.Answer {
	s.Helper()
	req, err := http.NewRequestWithContext(s.Context(), method, address, strings.NewReader(form.Encode()))
	require.NoError(s, err)
	if header != nil {
		req.Header = header
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	raw, err := os.ReadFile(s.read(`--cacert (\S+)`))
	require.NoError(s, err)
	pool := x509.NewCertPool()
	require.True(s, pool.AppendCertsFromPEM(raw))
	client := fapitest.HTTPS(pool, nil)
	s.Cleanup(client.CloseIdleConnections)
	answer, err := fapitest.Do(client, req)
	require.NoError(s, err)
	return answer
}

// orders goes the way of the client cups, up to the orders.
func (s *stranger) orders() {
	s.Helper()
	page := s.send(http.MethodGet, s.read(`(https://\S+client_id=cups\S+)`), nil, nil)
	require.Equal(s, http.StatusOK, page.Status, string(page.Body))
	form := filled(page, s.read(`the password (\w+)`), "allow")
	to := s.read(`(https://\S+)/authorize`)
	back := s.send(http.MethodPost, to+"/authorize", form, nil)
	require.Equal(s, http.StatusSeeOther, back.Status, string(back.Body))
	basic := &http.Request{Header: http.Header{}}
	basic.SetBasicAuth("cups", s.read(`-u cups:(\w+)`))
	tokens := s.send(http.MethodPost, s.read(`code=CODE (\S+)`), url.Values{
		"grant_type": {s.read(`-d grant_type=(\S+)`)}, "redirect_uri": {s.read(`-d redirect_uri=(\S+)`)}, "code": {back.Location().Query().Get("code")},
	}, basic.Header)
	require.Equal(s, http.StatusOK, tokens.Status, string(tokens.Body))
	s.opens(tokens.Text("access_token"))
}

func (s *stranger) opens(token string) {
	s.Helper()
	got := s.send(http.MethodGet, s.read(`ACCESS_TOKEN" (\S+)`), nil, http.Header{"Authorization": {"Bearer " + token}})
	require.Equal(s, http.StatusOK, got.Status, string(got.Body))
	assert.Equal(s, "alice", got.Text("customer"))
}

// Each program runs by itself, and what it says to do next can be done. Both find the same sample.
func TestSample(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "shop-data")
	bank := map[string]int{"before": http.StatusOK, "after": http.StatusBadRequest}
	var said []string
	for _, name := range []string{"before", "after"} {
		t.Run(name, func(t *testing.T) {
			s := &stranger{TB: t}
			at, ready := launch.Addresses(t, 1)[0], launch.Listening(1)
			launch.Start(t, func(line string) bool {
				s.said += line + "\n"
				return ready(line)
			}, launch.Build(t, "upgrade/"+name), "-data", dir, "-listen", at, "-issuer", "https://"+at)
			s.orders()
			answer := s.send(http.MethodGet, s.read(`(https://\S+client_id=bank\S+)`), nil, nil)
			assert.Equal(t, bank[name], answer.Status, string(answer.Body))
			if name == "after" {
				assert.Contains(t, string(answer.Body), "Push the authorization request first")
			}
			said = append(said, s.read(`the password (\w+)`))
		})
	}
	require.Len(t, said, 2)
	assert.Equal(t, said[0], said[1], "the second start makes no other sample")

	var key struct{ Keys []map[string]any }
	raw, err := os.ReadFile(filepath.Join(dir, "bank-jwks.json"))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(raw, &key))
	require.Len(t, key.Keys, 1)
	assert.Contains(t, key.Keys[0], "d", "it is the bank's to sign with")
	ignored, err := os.ReadFile(filepath.Join(dir, ".gitignore"))
	require.NoError(t, err)
	assert.Equal(t, "*\n", string(ignored))
}
