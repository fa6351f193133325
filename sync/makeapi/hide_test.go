package makeapi

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// TestOtherCallsRepeatNoSecret: a zone that repeats in one error what another call has written, or a token
// of another zone, shows none of it; words that a secret begins with stay.
func TestOtherCallsRepeatNoSecret(t *testing.T) {
	t.Parallel()
	const dsn, seal = "postgres://reports:p@ss/w+rd@db.acme.example", "seal-key-of-the-run-1"
	for _, form := range append(append(escapes(dsn), escapes(seal)...), dsn[5:30], strings.ToUpper(seal)) {
		c := client(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprintf(w, `{"message":%q,"code":"SC400"}`, "postgres refuses "+form+" end")
		}, func(o *Options) { o.Secrets = []string{seal} })
		c.Hide([]string{dsn, "short", dsn})
		_, err := c.Me(t.Context())
		if err == nil || !strings.Contains(err.Error(), "postgres refuses (sensitive) end") {
			t.Errorf("%q: %v", form, err)
		}
	}
}
