package document

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A file that has to be read twice, in another way, counts once: what is told to be too large is too large.
func TestAFileCountsOnce(t *testing.T) {
	t.Parallel()
	var many strings.Builder
	const large = 20_000
	many.WriteString("apiVersion: makesync/v1\norganizations:\n")
	for i := range large {
		fmt.Fprintf(&many, "  o%d: {name: Organization %d, country: CZ}\n", i, i)
	}
	const few = "apiVersion: makesync/v1\norganizations:\n  acme:\n    id: 11\n    variables:\n      A: 1\n  beta:\n    id: 12\n" +
		"    variables:\n      B: 1\n"
	for name, c := range map[string]struct {
		text   string
		wanted func(string) bool
		want   int64
	}{
		"in chunks":            {many.String(), nil, large},
		"a key behind them":    {many.String() + "sensitive: []\n", nil, large},
		"cut short":            {many.String() + "  beta: [\n", nil, 0},
		"a part":               {few, func(key string) bool { return key == "acme" }, 2},
		"a part with mistakes": {few + "    countri: CZ\n", func(key string) bool { return key == "acme" }, 2},
	} {
		path, room := filepath.Join(t.TempDir(), "docs.yaml"), &budget{}
		if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		loadFile(path, LoadOptions{Wanted: c.wanted}, 2, room)
		if got := room.organizations.Load(); got != c.want {
			t.Errorf("%s: %d organizations counted, want %d", name, got, c.want)
		}
	}
}
