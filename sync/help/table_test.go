package help

import (
	"regexp"
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

// The measurements are read by comparing them: they stand in columns in 100, and one that is pasted anew has to.
func TestTablesOfSpeedFitInAHundredColumns(t *testing.T) {
	t.Parallel()
	topic, found := Find("speed")
	if !found {
		t.Fatal("there is no topic")
	}
	shown, rows := regexp.MustCompile(`  +`).ReplaceAllString(topic.Text(100), " | "), 0
	for line := range strings.Lines(topic.Markdown) {
		if row, is := strings.CutPrefix(strings.TrimSpace(line), "| "); is {
			if rows++; !strings.Contains(shown, "\n"+strings.TrimSuffix(row, " |")+"\n") {
				t.Errorf("not in columns: %s", row)
			}
		}
	}
	if rows < 20 {
		t.Errorf("%d rows", rows)
	}
}
