package makeapi

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"syscall"

	"makesync/spec/text"
)

// errProxyAddress does not quote the address, in which there may be a password.
var errProxyAddress = errors.New("the proxy's address cannot be read; write it as http://host:port")

// environmentProxy is http.ProxyFromEnvironment, whose errors quote the whole address.
func environmentProxy(request *http.Request) (*url.URL, error) {
	proxy, err := http.ProxyFromEnvironment(request)
	// What is no url is tried with a scheme before it: a host called http, the rest behind it.
	if err != nil || proxy != nil && strings.HasPrefix(proxy.Path, "//") {
		return nil, errProxyAddress
	}
	return proxy, nil
}

// proxyRefusal is a proxy's answer that it does not connect to the zone.
type proxyRefusal struct{ status int }

// Error names the status.
func (e proxyRefusal) Error() string {
	return strconv.Itoa(e.status) + " " + http.StatusText(e.status)
}

// isLastingProxy tells whether asking again cannot help: the proxy wants a password, or forbids the
// host, or its address is none.
func isLastingProxy(err error) bool {
	var refusal proxyRefusal
	return errors.Is(err, errProxyAddress) || errors.As(err, &refusal) && refusal.status >= 400 && refusal.status < 500
}

// refusedByProxy makes an error of a proxy's answer to CONNECT, of which net/http keeps the words
// of the status only.
func refusedByProxy(_ context.Context, _ *url.URL, _ *http.Request, response *http.Response) error {
	if response.StatusCode != http.StatusOK {
		return proxyRefusal{response.StatusCode}
	}
	return nil
}

// isProxy tells whether what failed is the way to the proxy, or the proxy itself: nothing has
// reached the zone.
func isProxy(err error) bool {
	var refusal proxyRefusal
	return errors.As(err, &refusal) || errors.Is(err, errProxyAddress) || proxyOperation(err) != nil
}

// proxyOperation is the error of net/http that speaks of a proxy, or nil.
func proxyOperation(err error) *net.OpError {
	var operation *net.OpError
	if errors.As(err, &operation) && (operation.Op == "proxyconnect" || operation.Op == "socks connect") {
		return operation
	}
	return nil
}

// proxyWords says what went wrong with the proxy; quoted are the words of the error itself.
func (c *connection) proxyWords(err error, quoted string) string {
	proxy := "the proxy " + c.proxyHost()
	var refusal proxyRefusal
	var lookup *net.DNSError
	var wait net.Error
	switch {
	case errors.Is(err, errProxyAddress):
		return errProxyAddress.Error()
	case errors.As(err, &refusal):
		return proxy + " does not connect to " + c.base.Host + ": " + refusal.Error()
	case errors.As(err, &lookup) && lookup.IsNotFound:
		return fmt.Sprintf("no host is called %s, the proxy's", text.ShortLine(lookup.Name, 100))
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nothing listens at " + proxy
	case errors.As(err, &wait) && wait.Timeout():
		return proxy + " does not answer"
	case isTrust(err):
		return "no trusted connection to " + proxy + ": " + quoted
	}
	return proxy + " fails: " + quoted
}

// proxyHost is the host and port of the proxy through which the zone is asked, or "".
func (c *connection) proxyHost() string {
	transport := c.transport
	if wrapped, ok := transport.(readOnly); ok {
		transport = wrapped.next
	}
	network, ok := transport.(*renewed)
	if !ok || network.like.Proxy == nil {
		return ""
	}
	proxy, err := network.like.Proxy(&http.Request{URL: &c.base})
	if err != nil || proxy == nil {
		return ""
	}
	return text.ShortLine(proxy.Host, 100)
}

// through names the proxy in between, if there is one.
func (c *connection) through() string {
	if host := c.proxyHost(); host != "" {
		return " through the proxy " + host
	}
	return ""
}
