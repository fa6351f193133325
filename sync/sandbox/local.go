package sandbox

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// Local refuses what reaches h by a name that is not of this machine: a Host that is neither a
// loopback name nor the address that is listened on (DNS rebinding makes a browser send such a
// one), an Origin of such a host, and whatever a browser says comes from another site. It is for
// zones that are served over HTTP; listen is HOST:PORT.
func Local(h http.Handler, listen string) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if why := foreign(r, listen); why != "" {
			http.Error(rw, "this simulated zone answers programs of this machine only: "+why, http.StatusForbidden)
			return
		}
		h.ServeHTTP(rw, r)
	})
}

// foreign says why a request is none of this machine's, "" for one that is.
func foreign(r *http.Request, listen string) string {
	if !isLocal(r.Host, listen) {
		return "the Host header names another one"
	}
	for _, origin := range r.Header.Values("Origin") {
		if u, err := url.Parse(origin); err != nil || u.Host == "" || !isLocal(u.Host, listen) {
			return "the Origin header names another one"
		}
	}
	if r.Header.Get("Sec-Fetch-Site") == "cross-site" {
		return "a page of another site asks"
	}
	return ""
}

// isLocal says whether HOST or HOST:PORT is a loopback name or the address listened on.
func isLocal(hostport, listen string) bool {
	return isLoopback(hostport) || listen != "" && strings.EqualFold(hostport, listen)
}

// controlOnly is stricter than Local: the client must be of this machine too, and no page at
// all, so that neither the network nor a browser reaches the control path.
func controlOnly(h http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if !isLoopback(r.RemoteAddr) || foreign(r, "") != "" || r.Header.Get("Origin") != "" {
			http.Error(rw, "the control path answers loopback clients only", http.StatusForbidden)
			return
		}
		h.ServeHTTP(rw, r)
	})
}

// isLoopback says whether HOST or HOST:PORT is localhost or a loopback address.
func isLoopback(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = strings.Trim(hostport, "[]")
	}
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}
