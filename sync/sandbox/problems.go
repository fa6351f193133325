package sandbox

import (
	"fmt"
	"net/http"
	"strings"
)

// problem is an error as Make writes it: {detail?, message, code, suberrors?}.
// A few errors are plain text; those have text instead.
type problem struct {
	status    int
	code      string
	message   string
	detail    string
	suberrors []string
	// metadata is what a confirmation would hit; a reply that has it repeats its status.
	metadata []object
	text     string
}

func (p *problem) Error() string { return fmt.Sprintf("%d %s: %s", p.status, p.code, p.message) }

func (p *problem) body() []byte {
	if p.text != "" {
		return []byte(p.text)
	}
	o := object{{"message", p.message}, {"code", p.code}}
	if p.detail != "" {
		o = append(object{{"detail", p.detail}}, o...)
	}
	if p.metadata != nil {
		o = append(object{{"status", p.status}}, append(o, field{"metadata", p.metadata})...)
	}
	if len(p.suberrors) > 0 {
		subs := make([]object, len(p.suberrors))
		for i, s := range p.suberrors {
			subs[i] = object{{"message", s}}
		}
		o = append(o, field{"suberrors", subs})
	}
	return encode(nil, o)
}

// tokenForbidden is the detail by which Make refuses API calls on organizations
// of the Free plan (measured by third parties on a live Free organization).
const tokenForbidden = "Forbidden to use token authorization for this organization."

// The errors of the API. The pairs SC400 with 400, IM015 with 401, SC402 with 402, SC403 and IM002
// with 403, and IM004 with 406 are published; the other pairs of code and status are inferred.

func unauthorizedAnswer(c *call) error {
	return &problem{
		status:  http.StatusUnauthorized,
		code:    c.w.switchValue("bad-token"),
		message: "User is not logged in.",
	}
}

// forbiddenAnswer is a 403 that gives no reason; the API's two documents write it differently.
func forbiddenAnswer(c *call) error {
	if c.is("denied", "message") {
		return &problem{status: http.StatusForbidden, code: "SC403", message: "Access denied."}
	}
	return forbiddenBecause("Access denied.")
}

func forbiddenBecause(detail string) error {
	return &problem{status: http.StatusForbidden, code: "SC403", message: "Permission denied", detail: detail}
}

func lacking(permission string) error {
	return &problem{
		status:  http.StatusForbidden,
		code:    "IM002",
		message: "Insufficient rights",
		detail:  "Missing permission: " + permission + ".",
	}
}

func lackingScope(anyOf []string) error {
	return forbiddenBecause("Insufficient scope: " + strings.Join(anyOf, " or ") + " is required.")
}

func notFound(what string) error {
	return &problem{status: http.StatusNotFound, code: "SC404", message: what + " not found"}
}

func unconfirmed(detail string) error {
	return &problem{status: http.StatusNotAcceptable, code: "IM004", message: "Confirmation required.", detail: detail}
}

func duplicate(detail string) error {
	return &problem{status: http.StatusBadRequest, code: "IM005", message: "Invalid input", detail: detail}
}

// invalid is a failed validation, each reason a suberror.
func invalid(reasons ...string) error {
	return &problem{status: http.StatusBadRequest, code: "SC400", message: "Bad Request", suberrors: reasons}
}
