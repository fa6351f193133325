package help_test

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"

	"makesync/sync/help"
)

func TestManualKeepsTextsText(t *testing.T) {
	t.Parallel()
	page := help.Manual{Name: "makesync-x", Section: 1, Version: "makesync 1.2.3", Summary: "do x", Sections: []help.ManualSection{
		{Heading: "SYNOPSIS", Text: ".so /etc/passwd"},
		{Heading: "OPTIONS", Entries: []help.ManualEntry{{Name: `--say "a"`, Text: `a \n that is no line, and a --flag`}}},
		{Heading: "EXAMPLES", Lines: "'tis\nmakesync plan -f ."},
	}}
	want := `.TH "MAKESYNC\-X" 1 "" "makesync 1.2.3" makesync
.SH NAME
makesync\-x \- do x
.SH "SYNOPSIS"
\&.so /etc/passwd
.SH "OPTIONS"
.TP
.B "\-\-say ""a"""
a \en that is no line, and a \-\-flag
.SH "EXAMPLES"
.nf
\&'tis
makesync plan \-f .
.fi
`
	if got := page.Roff(); got != want {
		t.Errorf("got\n%s", got)
	}
	if page.File() != "makesync-x.1" {
		t.Error(page.File())
	}
}

// groff reads the page of every topic without a warning, and says in it what the topic says.
func TestTopicsAsManualPages(t *testing.T) {
	t.Parallel()
	for _, topic := range help.Topics() {
		page := topic.Manual("makesync 1.2.3").Roff()
		if !strings.Contains(page, ".SH NAME\n") || strings.Count(page, "\n") < 10 {
			t.Errorf("%s: %s", topic.Name, page)
		}
		checkRoff(t, topic.Name, page)
	}
}

func checkRoff(t *testing.T, name, page string) {
	t.Helper()
	groff, err := exec.LookPath("groff")
	if err != nil {
		t.Logf("CANNOT CHECK HERE: groff is not installed")
		return
	}
	check := exec.Command(groff, "-man", "-Tutf8", "-Kutf8", "-ww", "-z")
	check.Stdin = strings.NewReader(page)
	if out, err := check.CombinedOutput(); err != nil || len(bytes.TrimSpace(out)) > 0 {
		t.Errorf("%s: %v %s", name, err, out)
	}
}
