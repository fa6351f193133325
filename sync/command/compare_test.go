package command

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"makesync/sync/exit"
)

// --organization chooses among the organizations of documents too, also when no side is a zone; a
// pattern that fits none of them is a mistake.
func TestCompareChoosesAmongDocuments(t *testing.T) {
	t.Parallel()
	write := func(name, country string) string {
		path := filepath.Join(t.TempDir(), name+".yaml")
		text := "apiVersion: makesync/v1\nzone: eu1\norganizations:\n" +
			"  acme: {name: Acme, country: " + country + "}\n  beta: {name: Beta, country: " + country + "}\n"
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	a, b := write("a", "Germany"), write("b", "France")
	for pattern, want := range map[string]exit.Code{"ACM*": exit.Changes, "nobody": exit.Invalid} {
		env, out, errs := testEnv("", false)
		code := Main(t.Context(), []string{programName, "compare", "--organization", pattern, a, b}, env)
		if code != want.Code || strings.Contains(out.String(), "beta") {
			t.Errorf("%s: exit %d, want %d\n%s%s", pattern, code, want.Code, out, errs)
		}
	}
}
