package e2e

import (
	"fmt"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/width"
)

// Terminals of many widths: no line is wider than its terminal, but for what is pasted or opened, a
// line of progress is gone before anything else is printed, and a terminal that can do nothing is
// sent no sequences.

// widthCommands are run one after the other in one folder; each is expected to end as it says.
var widthCommands = []struct {
	code int
	line string
}{
	{0, "validate -f zone.yaml -f clients.yaml"},
	{3, "validate -f zone.yaml -f wrong.yaml"},
	{0, "plan -f zone.yaml -f clients.yaml"},
	{0, "plan -f zone.yaml -f clients.yaml --group off"},
	{0, "plan -f zone.yaml -f clients.yaml --verbose -o plan.json"},
	{0, "show plan.json"},
	{0, "status -f zone.yaml --zone lab"},
	{0, "status -f zone.yaml --zone lab --person ops@acme.example"},
	{0, "apply -f zone.yaml -f clients.yaml --yes"},
	{0, "runs list"},
	{0, "runs show RUN"},
	{0, "doctor -f zone.yaml"},
	{0, "invitation list -f zone.yaml --zone lab"},
	{0, "explain -f zone.yaml -f clients.yaml KEY/variable/A_VARIABLE_WITH_QUITE_A_LONG_NAME_OF_ITS_OWN"},
	{0, "explain maxDeletes"},
	{0, "explain not-read"},
	{0, "undo RUN -f zone.yaml -f clients.yaml"},
	{0, "export -f zone.yaml --zone lab --profiles -o exported"},
	{0, "snapshot -f zone.yaml --zone lab -o live.json"},
	{0, "show live.json"},
	{0, "compare -f zone.yaml live.json lab"},
	{0, "help"},
	{0, "help apply"},
	{0, "help guards"},
	{0, "help runs"},
	{64, ""},
	{64, "plan --no-such-flag"},
	{64, "frobnicate"},
	{3, "runs show no-such-run-of-this-machine"},
	{3, "plan -f no/such/folder/of/documents/anywhere/on/this/machine/clients.yaml"},
	{3, "sandbox init -o lab.json"},
	{7, "plan -f zone.yaml -f clients.yaml --zone-url lab=http://127.0.0.1:9"},
}

func TestNothingIsWiderThanItsTerminal(t *testing.T) {
	t.Parallel()
	for _, columns := range []uint16{40, 60, 80, 100, 160, 200} {
		t.Run(fmt.Sprint(columns), func(t *testing.T) {
			t.Parallel()
			walkAtTerminal(t, columns, "xterm-256color")
		})
	}
	t.Run("dumb", func(t *testing.T) {
		t.Parallel()
		walkAtTerminal(t, 60, "dumb")
	})
}

const widthProfile = `    featureControls: {Make AI Tools: false}
    variables:
      REGION: eu
      A_VARIABLE_WITH_QUITE_A_LONG_NAME_OF_ITS_OWN: https://hooks.acme.example/a/path/that/does/not/end/0123456789
      UNICODE: 日本語のとても長い値はどこで折り返されるべきでしょうか 👍🏽👨‍👩‍👧🇨🇿
    members: {newlead@acme.example: Admin, ops@acme.example: {state: absent, connections: keep}}`

func walkAtTerminal(t *testing.T, columns uint16, term string) {
	f := newFleet(t, 12, "--variables", "4", "--members", "3")
	f.env = append(f.env, "TERM="+term, "MAKESYNC_PAGER=", "NO_COLOR=")
	f.documents("clients.yaml", widthProfile, all)
	f.write("wrong.yaml", "apiVersion: makesync/v1\nzone: lab\norganizations:\n  acme: {name: Acme, member: {}, variables: {A: {type: "+
		"nothing-that-there-is}}}\n  "+strings.Repeat("long-", 16)+"key: {nmae: X}\n")
	run := ""
	for _, c := range widthCommands {
		line := strings.ReplaceAll(c.line, "RUN", run)
		if strings.Contains(line, "KEY/") {
			line = strings.ReplaceAll(line, "KEY/", f.firstKey()+"/")
		}
		cmd := exec.Command("makesync", strings.Fields(line)...)
		cmd.Dir, cmd.Env = f.dir, f.env
		screen := startAtTerminal(t, cmd, columns)
		code, shown := screen.end(cmd)
		if code != c.code {
			t.Errorf("makesync %s: exit %d, want %d\n%s", line, code, c.code, shown)
		}
		checkScreen(t, "makesync "+line, shown, int(columns), term == "dumb")
		if at := runName.FindString(shown); at != "" {
			run = at
		}
	}
}

func (f *fleet) firstKey() string {
	out, _ := f.run(0, "plan", "-f", "zone.yaml", "-f", "clients.yaml", "--format", "json")
	return regexp.MustCompile(`client-[0-9]+`).FindString(out)
}

var runName = regexp.MustCompile(`\b[0-9]{8}T[0-9]{6}Z-[0-9a-f]+\b`)

var (
	sequences = regexp.MustCompile("\x1b\\[[0-9;]*m|\x1b\\]8;[^\x1b\x07]*(?:\x1b\\\\|\x07)")
	erased    = regexp.MustCompile("[^\n]*\r\x1b\\[K")
	// unbroken is a line that ends in something to paste or to open.
	unbroken = regexp.MustCompile("(?:^| )[(\"'`]*(?:makesync [a-z][^`]*`?|--allow .*|~?/[^ ]*|\\.\\.?/[^ ]*|https?://[^ ]*)$|" +
		"^ *[^ ]+$|^ *[^ ]+: \\{state: absent\\}$")
)

func checkScreen(t *testing.T, command, shown string, columns int, dumb bool) {
	t.Helper()
	if dumb && strings.Contains(shown, "\x1b") {
		t.Errorf("%s sends sequences to a terminal that has none: %q", command, shown)
	}
	final := sequences.ReplaceAllString(erased.ReplaceAllString(strings.ReplaceAll(shown, "\r\n", "\n"), ""), "")
	if strings.ContainsAny(final, "\x1b\r") {
		t.Errorf("%s: a sequence that is not expected: %q", command, final)
	}
	if !dumb && strings.Contains(final, "reading   [") || strings.Contains(final, "applying  [") {
		t.Errorf("%s leaves a line of progress:\n%s", command, final)
	}
	for _, line := range strings.Split(final, "\n") {
		if n := displayWidth(line); n > columns && !unbroken.MatchString(line) {
			t.Errorf("%s: %d columns of %d: %s", command, n, columns, line)
		}
	}
}

// displayWidth is how many columns a terminal needs, by the tables of Unicode.
func displayWidth(s string) (n int) {
	for _, r := range s {
		switch kind := width.LookupRune(r).Kind(); {
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		case kind == width.EastAsianWide || kind == width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}

// TestProgressIsClearedBeforeOutput: on a slow zone the line of progress stands for a while, and
// then nothing of it is left, neither before the plan nor behind the last line.
func TestProgressIsClearedBeforeOutput(t *testing.T) {
	t.Parallel()
	zone := newZoneUnderTest(t)
	cmd := zone.makesync("plan")
	screen := startAtTerminal(t, cmd, 80)
	_, shown := screen.end(cmd)
	if !strings.Contains(shown, "reading ") {
		t.Errorf("no progress was shown: %q", shown)
	}
	checkScreen(t, "makesync plan", shown, 80, false)
	if !lastLine.MatchString(sequences.ReplaceAllString(shown, "")) {
		t.Errorf("something stands behind the last line: %q", shown)
	}
}

var lastLine = regexp.MustCompile(`exit\s+[0-9]+\s+\([a-z-]+\)\r\n$`)
