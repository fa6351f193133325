package makeapi

import (
	"fmt"

	"makesync/sync/plan"
)

// Describe is the request that a write comes to: its method and its path below /api/v2. Nothing is
// sent.
func Describe(w plan.Write) (method, path string, err error) {
	prepare, ok := writes[w.Verb]
	if !ok {
		return "", "", fmt.Errorf("makesync knows no write %q", w.Verb)
	}
	request, err := prepare(w)
	return request.method, request.path, err
}
