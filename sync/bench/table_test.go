package main

import (
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// TestTables: the help topic holds the tables as they are printed, and the widest rows that are
// measured for it fit into 100 columns, in which `makesync help speed` keeps them as tables.
func TestTables(t *testing.T) {
	t.Parallel()
	long := []figures{{wall: 9800 * time.Millisecond, cpu: 12 * time.Second, peak: 999 << 20}}
	rows := map[string][]string{
		heading: {row(size{organizations: 1000, variables: 50}, 150*time.Millisecond, scenarios[2],
			[]figures{{wall: time.Second, cpu: time.Second}}, long)},
		shardsHeading: {phasesRow("one for all", 16, []phases{{loading: 10, longest: 10, all: 10, peak: 99}})},
	}
	if row, want := rows[heading][0], "| 1,000 × 50 | 150 ms | plan, all new | 1000 (1000–1000) | 9800 (9800–9800) "+
		"| 9.80 | 1.00, 12.00 | 999 |"; row != want {
		t.Errorf("the row is\n%s, want\n%s", row, want)
	}
	topic, err := os.ReadFile("../help/topics/speed.md")
	if err != nil {
		t.Fatal(err)
	}
	rows[startUpHeading] = nil
	for heading, rows := range rows {
		if !strings.Contains(string(topic), "\n"+heading+"\n") {
			t.Errorf("the topic has no table under %q", heading)
		}
		width := 0
		cells := strings.Split(heading, " | ")
		for i, cell := range cells {
			widest := utf8.RuneCountInString(strings.Trim(cell, "| "))
			for _, row := range rows {
				widest = max(widest, utf8.RuneCountInString(strings.Trim(strings.Split(row, " | ")[i], "| ")))
			}
			width += widest + 2
		}
		if width -= 2; width > 100 {
			t.Errorf("the table under %q is %d columns wide", heading, width)
		}
	}
}
