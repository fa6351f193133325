package makeapi

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strings"

	"makesync/spec"
	"makesync/spec/text"
)

// apiRoot is where every path of the Web API v2 begins.
const apiRoot = "/api/v2"

// parseBase reads a zone's url, scheme://host[:port]; a path is refused unless it is the API's own
// root, which people paste from the API's pages. Plain http goes to loopback only: the token
// travels in clear there.
func parseBase(address string) (*url.URL, error) {
	base, err := url.Parse(address)
	if err != nil {
		// url.Parse quotes the text, which may hold a password.
		return nil, errors.New("the url cannot be read; write it as https://host")
	}
	switch {
	case base.User != nil:
		return nil, errors.New("the url holds a user or a password; write it as https://host")
	case base.Host == "" || base.Hostname() == "":
		return nil, errors.New("the url names no host; write it as https://host")
	case base.RawQuery != "" || base.Fragment != "":
		return nil, errors.New("the url has a query or a fragment; write it as https://host")
	case strings.TrimSuffix(base.Path, "/") != "" && strings.TrimSuffix(base.Path, "/") != apiRoot:
		return nil, fmt.Errorf("the url has the path %q; write it as https://host", text.ShortLine(base.Path, 60))
	case base.Scheme == "https", base.Scheme == "http" && isLoopback(base.Hostname()):
		return &url.URL{Scheme: base.Scheme, Host: base.Host}, nil
	case base.Scheme == "http":
		return nil, fmt.Errorf("plain http is allowed to this machine only, not to %s; use https",
			text.ShortLine(base.Host, 100))
	}
	return nil, fmt.Errorf("the url's scheme is %q; use https", text.ShortLine(base.Scheme, 20))
}

// isLoopback tells whether a host means this machine: localhost, 127.0.0.0/8, ::1.
func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// uuidForm is the form of Make's API tokens; anything else is an OAuth access token (Make's SDK
// decides so).
var uuidForm = regexp.MustCompile(`^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$`)

// authorization is the Authorization header of a token. White space around it (a file's last
// newline) is dropped; anything that a header cannot hold is refused without quoting it.
func authorization(token spec.Value) (string, error) {
	text := strings.TrimSpace(token.Reveal())
	if text == "" {
		return "", errors.New("there is no token; set MAKE_API_KEY or the zone's token")
	}
	for _, r := range text {
		if r <= ' ' || r > '~' || r == '"' || r == '\'' {
			return "", errors.New("the token holds a space, a quotation mark, a control character or a letter that " +
				"no token has; check where it was copied from")
		}
	}
	if uuidForm.MatchString(text) {
		return "Token " + text, nil
	}
	return "Bearer " + text, nil
}
