package makeapi

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"makesync/spec/text"
	"makesync/sync/exit"
	"makesync/sync/state"
)

// classHints say what to check, by class.
var classHints = map[exit.Class]string{
	exit.ClassForbidden: "check that the token's user is a member of the organization with enough rights, " +
		"and that the organization lives in zone %z",
	exit.ClassFreePlan: "the organization's Free plan allows no API tokens: it needs a paid plan; the token is fine",
	exit.ClassLicence:  "the organization's plan does not include this; it needs a higher plan",
	exit.ClassNotFound: "check the id, " +
		"and that the organization lives in zone %z and the token's user is a member of it",
	exit.ClassRateLimit: "other programs may be using the organization's calls per minute; try again later",
	exit.ClassServer:    "the zone has a problem of its own; try again later",
	exit.ClassBroken: "something between here and the zone may be answering in its place; " +
		"check the url of zone %z",
}

// codeHints say what to check, by the code of the error (named in the docs or by Make's own
// client).
var codeHints = map[string]string{
	"IM003": "the organization's storage is full",
	"IM004": "the zone wants this confirmed: something would be lost with it",
	"IM011": "a limit of the organization's plan is reached",
	"IM016": "something else still depends on it",
	"IM027": "the feature is not switched on in the organization, or its plan does not include it",
	"IM101": "the zone knows no such user; whoever it was may have closed the account",
	"IM121": "the zone takes this call from its own network only",
}

// explain adds a hint to an error. Only a 403 that nothing else explains costs a call, once per
// client.
func (c caller) explain(ctx context.Context, k *call, e *state.CallError) {
	if e.Hint == "" {
		e.Hint = c.explainKnown(k, e)
	}
	if e.Hint != "" {
		return
	}
	if e.Status == http.StatusForbidden && e.Class != exit.ClassFreePlan {
		if lacking := c.lackingScope(ctx, k); lacking != "" {
			e.Class = exit.ClassRefused
			e.Hint = "the token lacks the scope " + lacking + "; make one that has it"
			return
		}
	}
	if e.Status == http.StatusForbidden && k.isWrite() && k.path == "/organizations" {
		e.Hint = creationHint
		return
	}
	if e.Class == exit.ClassRefused {
		e.Hint = state.TokenRefusal{Zone: c.zone, From: c.tokenFrom}.Hint()
		return
	}
	if e.Class == exit.ClassNotFound && k.organization == 0 {
		e.Hint = "the zone knows nothing of this kind; check what was asked for, and the url of zone " + c.zone
		return
	}
	e.Hint = strings.ReplaceAll(classHints[e.Class], "%z", c.zone)
}

// creationHint is for the one call that ordinary users may not be allowed to make at all (the
// published scopes and the documentation disagree about it).
const creationHint = "the zone may let only its administrators create organizations, " +
	"or the plan of the token's user allows no more of them: " +
	"create it by hand, then write its id"

// explainKnown explains what can be told from what is known already.
func (c caller) explainKnown(k *call, e *state.CallError) string {
	switch {
	case e.Status >= 300 && e.Status < 400:
		return "check the url of zone " + c.zone
	case codeHints[e.Code] != "":
		return codeHints[e.Code]
	case e.Status == http.StatusForbidden && isEdge(e.Message):
		return edgeHint
	case e.Class == exit.ClassForbidden || e.Class == exit.ClassNotFound:
		if host := c.elsewhere(k.organization); host != "" {
			return fmt.Sprintf("organization %d lives in %s, not in zone %s (%s)",
				k.organization, host, c.zone, c.base.Host)
		}
	case e.Class == exit.ClassUnreachable && e.Err != nil && isProxy(e.Err):
		return proxyHint
	case e.Class == exit.ClassUnreachable && e.Err != nil && isUnknownAuthority(e.Err):
		return "check the url of zone " + c.zone + authorityHint
	case e.Class == exit.ClassUnreachable && lastingAlert(e.Err) != "":
		return alertHint(c.zone)
	case e.Class == exit.ClassUnreachable && e.Err != nil && isTrust(e.Err):
		return "check the url of zone " + c.zone + " and this machine's certificates and clock"
	case e.Class == exit.ClassUnreachable:
		return "check the network, the proxy settings and the url of zone " + c.zone
	}
	return ""
}

// The hints for what stands between here and a zone.
const (
	proxyHint     = "check HTTPS_PROXY, and NO_PROXY, which names the hosts to reach without the proxy"
	authorityHint = "; where a company's own authority signs the certificates of its proxy or of the zone, " +
		"let SSL_CERT_FILE name a file with the certificates of all authorities to trust, " +
		"or add that one to this machine's store"
)

// isUnknownAuthority tells whether the other side's certificate is signed by nobody whom this
// machine knows.
func isUnknownAuthority(err error) bool {
	var authority x509.UnknownAuthorityError
	return errors.As(err, &authority)
}

// edgeHint is for what the content network in front of the API refuses.
const edgeHint = "the zone's edge (Cloudflare) turned the request away before the API saw it: " +
	"it does so by network address or client; ask whoever runs the zone, or try another network"

// isEdge knows the plain-text refusals of the content network in front of the API, "error code:
// 1010".
func isEdge(message string) bool {
	return strings.HasPrefix(strings.ToLower(message), "error code:")
}

// elsewhere is the host that a row of the list gave for an organization, where it is not this one.
func (c caller) elsewhere(organization int64) string {
	host, ok := c.organizationHosts.Load(organization)
	if !ok || host == "" || host == c.base.Host || host == c.base.Hostname() || isLoopback(c.base.Hostname()) {
		return ""
	}
	return text.ShortLine(host.(string), 100)
}

// lackingScope is the scope that a call needs and the token does not have, or "" where that is not
// known.
func (c caller) lackingScope(ctx context.Context, k *call) string {
	if k.scope == "" {
		return ""
	}
	scopes, err := tokenScopes(ctx, c)
	if err != nil || len(scopes) == 0 || hasScope(scopes, k.scope) {
		return ""
	}
	return k.scope
}
