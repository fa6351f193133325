package help

import (
	"strings"
	"testing"
)

// A table stands in columns when its last one keeps room enough, and in sentences otherwise.
func TestTablesStandInColumnsWhereTheyFit(t *testing.T) {
	t.Parallel()
	topic := newTopic("codes", strings.Join([]string{
		"# Codes", "", "| code | name | meaning |", "|---|---|---|",
		"| 0 | ok | done, or nothing to do, and this line is too long for one line |",
		"| `64` | usage | |",
	}, "\n"))
	for width, want := range map[int][]string{
		60: {
			"Codes", "",
			"code  name   meaning",
			"0     ok     done, or nothing to do, and this line is too",
			"             long for one line",
			"64    usage",
		},
		40: {
			"Codes", "",
			"code: name; meaning",
			"0: ok; done, or nothing to do, and this",
			"    line is too long for one line",
			"64: usage",
		},
	} {
		if got := topic.Text(width); got != strings.Join(want, "\n")+"\n" {
			t.Errorf("at %d columns:\n%s", width, got)
		}
	}
}
