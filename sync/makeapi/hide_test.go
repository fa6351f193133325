package makeapi

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"pgregory.net/rapid"
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

// TestHiddenSecretsLeaveWords: a secret that is a word, or shares words with a message, eats none of them.
func TestHiddenSecretsLeaveWords(t *testing.T) {
	t.Parallel()
	secrets := []string{
		"production", "Organization", "short1", "a b c d e f", "&#111;&#114;&#103;", "organization-not-1",
		"x-organization-y-limit-z-permission", "",
	}
	const said = "Organization production: permission denied, limit reached; no org a b c d e f"
	h := newHiddenSecrets(secrets).and(secrets)
	if got := scrubForms(said, h.in(said)); got != said {
		t.Error(got)
	}
	const password = "hunter2-x" // shorter than a piece and no word
	if got := scrubForms("bad: "+password, newHiddenSecrets([]string{password}).in(password)); got != "bad: "+masked {
		t.Error(got)
	}
}

// TestHiddenSecretsLookedUp: what is looked up first leaves out no form of which a text holds a piece.
func TestHiddenSecretsLookedUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		secrets := rapid.SliceOfN(rapid.StringMatching(`[a-z0-9/+=% é"]{1,60}`), 1, 20).Draw(t, "secrets")
		all := newHiddenSecrets(secrets)
		written := rapid.SampledFrom(escapes(rapid.SampledFrom(secrets).Draw(t, "one"))).Draw(t, "written")
		from := rapid.IntRange(0, len(written)).Draw(t, "from")
		message := "refused: " + written[from:rapid.IntRange(from, len(written)).Draw(t, "to")] + " end"
		if got, want := scrubForms(message, all.in(message)), scrubForms(message, all.forms()); got != want {
			t.Errorf("%q: %q, with all forms %q", message, got, want)
		}
	})
}

// TestHiddenSecretsAreFew: of ten thousand secrets those are searched for that a message may hold.
func TestHiddenSecretsAreFew(t *testing.T) {
	t.Parallel()
	secrets := make([]string, mostHidden)
	for i := range secrets {
		secrets[i] = fmt.Sprintf("%x", sha256.Sum256([]byte{byte(i), byte(i >> 8)}))
	}
	h := hiddenSecrets{}.and(secrets)
	message := "no such organization: " + secrets[77][3:40]
	if got := h.in(message); len(got) == 0 || len(got) > 20 {
		t.Errorf("%d of %d forms", len(got), len(h.forms()))
	}
	if got := scrubForms(message, h.in(message)); got != "no such organization: "+masked {
		t.Error(got)
	}
}
