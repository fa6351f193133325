package commandline_test

import (
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"makesync/sync/commandline"
)

// What goes on from an unfinished run, wherever it is pasted.
func ExampleCommand_Line() {
	c := commandline.Command{Verb: "apply", Files: []string{"/home/jane/it's.yaml"}, Zone: "eu1",
		ZoneURLs: map[string]string{"lab": "https://make.acme.example"}, Allow: []string{"delete:variable<=3@acme"}}
	fmt.Println(c.Line("--resume", "R1"))
	// Output:
	// makesync apply -f '/home/jane/it'\''s.yaml' --zone-url lab=https://make.acme.example --zone eu1 --allow 'delete:variable<=3@acme' --resume R1
}

// A shell gives the program every word as it is, whatever somebody has written into a journal.
func TestShellsGiveTheWordsBack(t *testing.T) {
	t.Parallel()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("no bash")
	}
	value := rapid.OneOf(rapid.StringN(0, 12, 40), rapid.SampledFrom([]string{
		"$(touch x)", "`id`", "a; id", "--yes", "-f", "'\\''", "\n", "$'\\n'", "a\x1b[2J", "!!", "~", "*", "\u202e", "a b",
	})).Filter(func(s string) bool { return !strings.Contains(s, "\x00") })
	list := rapid.SliceOfN(value, 0, 2)
	rapid.Check(t, func(t *rapid.T) {
		c := commandline.Command{Verb: "apply", Files: list.Draw(t, "files"), Guards: list.Draw(t, "guards"),
			ZoneURLs: map[string]string{value.Draw(t, "zone"): value.Draw(t, "url")}, Sandboxes: list.Draw(t, "sandboxes"),
			Allow: list.Draw(t, "allow"), Target: list.Draw(t, "target"), Journal: value.Draw(t, "journal"), Plan: value.Draw(t, "plan")}
		out, err := exec.Command(bash, "-c", `makesync() { printf '%s\0' makesync "$@"; }; `+c.Line("--resume", value.Draw(t, "run"))).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s\n%s", err, out, c.Line())
		}
		got := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
		if i := slices.Index(got, "--resume"); i < 0 || !slices.Equal(slices.Delete(slices.Clone(got), i, i+2), c.Words()) && !strings.Contains(strings.Join(c.Words(), ""), "\uFFFD") {
			t.Fatalf("%q\ncame out as %q\n%s", c.Words(), got, c.Line())
		}
	})
}

func TestAbsoluteKeepsStdin(t *testing.T) {
	t.Parallel()
	c := commandline.Command{Verb: "apply", Files: []string{"-", "a.yaml"}}.Absolute()
	if c.Files[0] != "-" || !strings.HasSuffix(c.Files[1], "/a.yaml") || !c.IsReadable() {
		t.Errorf("%+v", c)
	}
	for _, wild := range []commandline.Command{{Verb: "apply", Files: []string{"a.yaml"}}, {Verb: "undo"},
		{Verb: "apply", Allow: []string{strings.Repeat("x", 5000)}}, {Verb: "apply", Undoes: "--yes"}, {Verb: "apply", Claim: "-f"}} {
		if wild.IsReadable() {
			t.Errorf("%.60q is taken from a journal", wild.Line())
		}
	}
}

// TestGoingOn: what a run has left is done by the command that knows what that is.
func TestGoingOn(t *testing.T) {
	t.Parallel()
	base := commandline.Command{Verb: "apply", Files: []string{"a.yaml"}, Allow: []string{"delete:member@acme"}}
	with := func(edit func(*commandline.Command)) commandline.Command { c := base; edit(&c); return c }
	for want, c := range map[string]commandline.Command{
		"makesync apply -f a.yaml --allow delete:member@acme --resume R1":            with(func(c *commandline.Command) { c.Plan, c.Target = "p.json", []string{"acme"} }),
		"makesync apply -f a.yaml --zone eu1 --allow delete:member@acme --resume R1": with(func(c *commandline.Command) { c.Zone, c.Resume = "eu1", "R0" }),
		"makesync undo -f a.yaml --allow delete:member@acme -o back.json R0":         with(func(c *commandline.Command) { c.Plan, c.Undoes = "back.json", "R0" }),
		"makesync billing claim-offer -f a.yaml acme":                                with(func(c *commandline.Command) { c.Claim = "acme" }),
	} {
		if got := c.GoingOn("R1").Line(); got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
		if documents := strings.Contains(want, "--resume"); documents != c.Resumable() {
			t.Errorf("%s: resumable %t", want, c.Resumable())
		}
	}
}
