package sandbox

import (
	"fmt"
	"net/http"
)

// problem is an error as Make writes it: {detail?, message, code, suberrors?}.
// A few errors are plain text; those have text instead.
type problem struct {
	status    int
	code      string
	message   string
	detail    string
	suberrors []string
	text      string
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

// The errors of the API. SC403 with 403 and IM004 with 406 are published, as are
// the two statuses of TFA; the other pairs of code and status are inferred.

func unauthorized() error {
	return &problem{status: http.StatusUnauthorized, code: "IM015", message: "Unauthorized"}
}

func forbidden() error {
	return &problem{status: http.StatusForbidden, code: "SC403", message: "Permission denied", detail: "Access denied."}
}

func forbiddenBecause(detail string) error {
	return &problem{status: http.StatusForbidden, code: "SC403", message: "Permission denied", detail: detail}
}

func lacking(permission string) error {
	return &problem{status: http.StatusForbidden, code: "IM002", message: "Insufficient rights", detail: "Missing permission: " + permission + "."}
}

func notFound(what string) error {
	return &problem{status: http.StatusNotFound, code: "SC404", message: what + " not found"}
}

func unconfirmed(detail string) error {
	return &problem{status: http.StatusNotAcceptable, code: "IM004", message: "Confirmation required", detail: detail}
}

func duplicate(detail string) error {
	return &problem{status: http.StatusBadRequest, code: "IM005", message: "Invalid input", detail: detail}
}

// invalid is a failed validation, each reason a suberror.
func invalid(reasons ...string) error {
	return &problem{status: http.StatusBadRequest, code: "SC400", message: "Validation failed", suberrors: reasons}
}
