package main

import (
	"os"
	"strconv"
	"testing"
	"encoding/base64"
	"net/url"
)

func TestExplore(t *testing.T) {
	n, _ := strconv.Atoi(os.Getenv("EXPLORE"))
	w := newWorld(t)
	none := func(claims string) string {
		return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + "."
	}
	for _, c := range []string{`{"exp":1}`, `{"iat":99999999999}`, `{"nbf":99999999999}`, `{"exp":"x"}`, `{"max_age":5,"client_id":[1]}`, `[]`, `x`} {
		for _, path := range []string{"/authorize?", "/par?"} {
			var a = w.get(w.outside, w.main+path+legacyRequest("request", none(c)).Encode(), nil)
			if path == "/par?" {
				a = w.legacyPost("legacy", "/par", legacyRequest("request", none(c)))
			}
			t.Log(path, c, a.Status, a.Header.Get("Location"), string(a.Body))
		}
	}
	_ = url.Values{}
	if n > 0 {
		w.attack(4, n, dice(n))
	}
}
