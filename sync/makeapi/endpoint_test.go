package makeapi

import (
	"strings"
	"testing"

	"makesync/spec"
)

func TestPlainHTTPGoesToLoopbackOnly(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"https://eu1.make.com":        "https://eu1.make.com",
		"https://eu1.make.com/":       "https://eu1.make.com",
		"https://eu1.make.com/api/v2": "https://eu1.make.com",
		"https://h:8443":              "https://h:8443",
		"http://localhost:80":         "http://localhost:80",
		"http://127.3.2.1:80":         "http://127.3.2.1:80",
		"http://[::1]:80":             "http://[::1]:80",
		"http://eu1.make.com":         "",
		"http://localhost.evil.test":  "",
		"http://128.0.0.1":            "",
		"http://0.0.0.0":              "",
		"ftp://eu1.make.com":          "",
		"https://u:pw@eu1.make.com":   "",
		"https://eu1.make.com?a=b":    "",
		"https://eu1.make.com#x":      "",
		"https://eu1.make.com/other":  "",
		"eu1.make.com":                "",
		"https://":                    "",
		"https://:443":                "",
		"":                            "",
		"https://\x7f":                "",
	} {
		base, err := parseBase(url)
		switch {
		case want == "" && err == nil:
			t.Errorf("%q was accepted as %s", url, base)
		case want == "" && strings.Contains(err.Error(), "pw"):
			t.Errorf("%q: the error shows the password: %v", url, err)
		case want != "" && (err != nil || base.String() != want):
			t.Errorf("%q: %v, %v; want %s", url, base, err, want)
		}
	}
}

func TestAuthorization(t *testing.T) {
	t.Parallel()
	for token, want := range map[string]string{
		testToken:                              "Token " + testToken,
		strings.ToUpper(testToken):             "Token " + strings.ToUpper(testToken),
		"00000000-0000-0000-0000-00000000000A": "Token 00000000-0000-0000-0000-00000000000A",
		testToken + "\n":                       "Token " + testToken,
		"eyJhbGciOi.x_y":                       "Bearer eyJhbGciOi.x_y",
		testToken + "0":                        "Bearer " + testToken + "0",
		"":                                     "",
		" \n":                                  "",
		"s3cr3t\nX: y":                         "",
		"s3cr3tä":                              "",
		`"s3cr3t"`:                             "",
		`'s3cr3t'`:                             "",
	} {
		got, err := authorization(spec.Sensitive(token))
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v; want %q", token, got, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "s3cr3t") {
			t.Errorf("the error shows the token: %v", err)
		}
	}
}
