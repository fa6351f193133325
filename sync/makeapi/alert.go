package makeapi

import (
	"errors"
	"net"
	"slices"
	"strings"
)

// lastingAlerts are the TLS alerts by which the other side says that it speaks with no client like
// this one. Others, such as an internal error or a broken record, may not come again.
var lastingAlerts = []string{
	"access denied", "bad certificate", "certificate required", "encrypted client hello required",
	"handshake failure", "insufficient security level", "no application protocol",
	"protocol version not supported", "unknown certificate", "unknown certificate authority",
	"unrecognized name", "unsupported certificate", "unsupported extension",
}

// lastingAlert is the alert by which the other side refuses the TLS connection for good, or "".
// crypto/tls has no type for it: its words tell which.
func lastingAlert(err error) string {
	var operation *net.OpError
	for errors.As(err, &operation) {
		err = operation.Err
		if operation.Op == "remote error" && err != nil {
			alert := strings.TrimPrefix(err.Error(), "tls: ")
			if slices.Contains(lastingAlerts, alert) {
				return alert
			}
		}
	}
	return ""
}

// alertHint is for a zone, or what stands before it, that refuses every client like this one.
func alertHint(zone string) string {
	return "it may want a client certificate, which makesync does not have, know only TLS before 1.2, " +
		"or serve no such host; check the url of zone " + zone + ", or ask whoever runs what answers there"
}
