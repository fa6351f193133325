package command

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/urfave/cli/v2"

	"makesync/sync/exit"
	"makesync/sync/render"
	"makesync/sync/state"
)

// testEnv is an environment of its own, with or without somebody at a terminal.
func testEnv(stdin string, atTerminal bool) (Env, *bytes.Buffer, *bytes.Buffer) {
	var out, errs bytes.Buffer
	return Env{
		Stdin: strings.NewReader(stdin), Stdout: &out, Stderr: &errs, Now: time.Now, Random: rand.Reader,
		Terminal:  Terminal{Stdin: atTerminal, Stderr: atTerminal},
		LookupEnv: func(string) (string, bool) { return "", false },
		Build:     Build{Version: "1.2.3", Go: "go1.26", Platform: "linux/amd64"},
	}, &out, &errs
}

// A panic prints where, never what: the value may hold a secret.
func TestPanicPrintsNoSecret(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	code := func() (code int) {
		defer func() { code = reportPanic(&out, recover(), false) }()
		panic(fmt.Errorf("canary-secret"))
	}()
	if code != 1 || strings.Contains(out.String(), "canary") {
		t.Errorf("exit %d: %s", code, &out)
	}
	if !strings.Contains(out.String(), "TestPanicPrintsNoSecret") || !strings.Contains(out.String(), "hint: ") {
		t.Errorf("no place, no hint: %s", &out)
	}
}

// Every command has a line, a description or commands below it, and an example; every flag says what its value is.
func TestEveryCommandIsExplained(t *testing.T) {
	t.Parallel()
	env, _, _ := testEnv("", false)
	walk(commands(&runtimeEnv{Env: env}), "", func(path string, c *cli.Command) {
		if c.Usage == "" || len(c.Subcommands) == 0 && c.UsageText == "" {
			t.Errorf("%s has no usage or no example", path)
		}
		if len(c.Subcommands) == 0 && c.Action == nil {
			t.Errorf("%s does nothing", path)
		}
		for _, line := range strings.Split(c.UsageText, "\n") {
			if c.UsageText != "" && !strings.Contains(line, programName) {
				t.Errorf("%s: the example %q does not call the program", path, line)
			}
		}
		for _, f := range c.Flags {
			usage := f.(cli.DocGenerationFlag).GetUsage()
			if takesValue(f) != strings.Contains(usage, "`") || usage == "" {
				t.Errorf("%s --%s: %q names no value, or one that it does not take", path, f.Names()[0], usage)
			}
		}
	})
}

func walk(list []*cli.Command, above string, visit func(string, *cli.Command)) {
	for _, c := range list {
		path := strings.TrimSpace(above + " " + c.Name)
		visit(path, c)
		walk(c.Subcommands, path, visit)
	}
}

// Help fits a terminal of 100 columns and goes to stdout.
func TestHelpFits(t *testing.T) {
	t.Parallel()
	env, _, _ := testEnv("", false)
	walk(commands(&runtimeEnv{Env: env}), "", func(path string, _ *cli.Command) {
		env, out, errs := testEnv("", false)
		if code := Main(t.Context(), slices.Concat([]string{programName, "help"}, strings.Fields(path)), env); code != 0 || errs.Len() > 0 {
			t.Errorf("help %s: exit %d %s", path, code, errs)
		}
		for line := range strings.Lines(out.String()) {
			if len([]rune(strings.TrimRight(line, "\n"))) > 100 {
				t.Errorf("help %s is too wide: %s", path, line)
			}
		}
	})
}

// TestAnswers: what a line means to a question that wants a text, and to one that wants yes or no.
func TestAnswers(t *testing.T) {
	t.Parallel()
	typed := question{answer: "Org 1", details: func() error { return nil }}
	plain := yesOrNo("Go on?")
	const yes, stop, details, other = render.AnswerYes, render.AnswerStop, render.AnswerDetails, render.AnswerOther
	for _, test := range []struct {
		line         string
		typed, plain render.Answer
	}{
		{"Org 1\n", yes, other}, {" Org 1 \r\n", yes, other}, {"org 1\n", other, other},
		{"y\n", other, yes}, {"YES", other, yes}, {"", stop, stop}, {"\n", stop, stop},
		{"n\n", stop, stop}, {" No\n", stop, stop}, {"d\n", details, other}, {"1\n", other, other},
	} {
		if got := typed.meaning(test.line); got != test.typed {
			t.Errorf("%q means %v where a text is wanted, not %v", test.line, test.typed, got)
		}
		if got := plain.meaning(test.line); got != test.plain {
			t.Errorf("%q means %v where yes is wanted, not %v", test.line, test.plain, got)
		}
	}
}

// TestConfirm asks again after typing errors, and gives up after three.
func TestConfirm(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		typed string
		asked int
		yes   bool
	}{
		{"2\n", 1, true}, {"2", 1, true}, {"tow\n2\n", 2, true}, {"3\n1\n2\n", 3, true}, {"3\n1\n0\n2\n", 3, false},
		{"tow\nn\n2\n", 2, false}, {"\n2\n", 1, false}, {"", 1, false}, {"d\n2\n", 2, true}, {"d\nd\nd\nd\n2\n", 5, true},
		{"yes\n\n", 2, false}, {strings.Repeat("2", maxAnswers+1) + "\n2\n", 2, false},
	} {
		env, _, stderr := testEnv(test.typed, true)
		q := question{
			text: "Sure? ", again: func(string) string { return "Sure? " }, answer: "2",
			details: func() error { return nil },
		}
		err := (&runtimeEnv{Env: env}).confirm(t.Context(), q, false)
		if asked := strings.Count(stderr.String(), "Sure?"); asked != test.asked || (err == nil) != test.yes {
			t.Errorf("%.20q: asked %d times (%v), want %d and %v", test.typed, asked, err, test.asked, test.yes)
		}
		if err != nil && exitOfError(t.Context(), err) != exit.Held {
			t.Errorf("%.20q: exit %v", test.typed, exitOfError(t.Context(), err))
		}
	}
}

// Somebody who is asked can be interrupted.
func TestConfirmIsInterrupted(t *testing.T) {
	t.Parallel()
	env, _, _ := testEnv("", true)
	env.Stdin = blocked{}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(exit.ErrInterrupted)
	err := (&runtimeEnv{Env: env}).confirm(ctx, yesOrNo("Go on?"), false)
	if code := exitOfError(ctx, err); code != exit.Interrupted {
		t.Errorf("%v: %v", code, err)
	}
}

// blocked never answers.
type blocked struct{}

func (blocked) Read([]byte) (int, error) { select {} }

func TestExitOfError(t *testing.T) {
	t.Parallel()
	stopped, cancel := context.WithCancelCause(t.Context())
	cancel(exit.ErrTerminated)
	late, stop := context.WithTimeoutCause(t.Context(), 0, exit.ErrOutOfTime)
	defer stop()
	call := func(class exit.Class) error { return fmt.Errorf("plan: %w", &state.CallError{Class: class}) }
	for _, test := range []struct {
		ctx  context.Context
		err  error
		want exit.Code
	}{
		{t.Context(), errors.New("anything"), exit.Internal},
		{t.Context(), usageError{}, exit.Usage},
		{stopped, usageError{}, exit.Usage},
		{t.Context(), failure{exit: exit.Invalid}, exit.Invalid},
		{stopped, failure{exit: exit.Invalid}, exit.Invalid},
		{stopped, failure{exit: exit.Unreachable}, exit.Terminated},
		{stopped, context.Canceled, exit.Terminated},
		{t.Context(), call(exit.ClassRefused), exit.Refused},
		{t.Context(), call(exit.ClassUnreachable), exit.Unreachable},
		{t.Context(), call(exit.ClassInternal), exit.Internal},
		{stopped, call(exit.ClassCancelled), exit.Terminated},
		{late, call(exit.ClassCancelled), exit.PartlyVisible},
		{late, failure{exit: exit.OK}, exit.PartlyVisible},
	} {
		if got := exitOfError(test.ctx, test.err); got != test.want {
			t.Errorf("%v: %v, want %v", test.err, got, test.want)
		}
	}
}

// Only apply, billing claim-offer, which is an apply, and invitation accept may write: the word readWrite stands in
// their files alone, and in the file that defines it. TestEveryCommandShowsNoSecret sees which do.
func TestWhoMayWrite(t *testing.T) {
	t.Parallel()
	allowed := []string{"invitation.go", "invitation_accept.go", "apply_run.go", "apply_saved.go", "zones.go"}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		made := bytes.Contains(text, []byte("makeapi.New(")) || bytes.Contains(text, []byte("access("))
		if made && name != "zones.go" && !strings.HasSuffix(name, "_test.go") {
			t.Errorf("%s opens a zone by another way than all others", name)
		}
		if bytes.Contains(text, []byte("readWrite")) && !strings.HasSuffix(name, "_test.go") && !slices.Contains(allowed, name) {
			t.Errorf("%s opens a zone to write", name)
		}
	}
}

func TestBuildOf(t *testing.T) {
	t.Parallel()
	info := &debug.BuildInfo{GoVersion: "go1.26", Settings: []debug.BuildSetting{
		{Key: "vcs.revision", Value: "0123456789abcdef"}, {Key: "vcs.modified", Value: "true"}, {Key: "GOOS", Value: "linux"}, {Key: "GOARCH", Value: "arm64"},
	}}
	info.Main.Version = "v1.4.0"
	if got, want := BuildOf(info).String(), "1.4.0 (0123456789ab, modified) go1.26 linux/arm64"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got := BuildOf(nil).Version; got != "devel" {
		t.Errorf("without build info: %s", got)
	}
}

// TestExamplesInProcess plans and applies examples in this process, where the race detector sees what runs side by side.
func TestExamplesInProcess(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"quickstart", "agency"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			home := t.TempDir()
			example := filepath.Join(home, name)
			if err := os.CopyFS(example, os.DirFS(filepath.Join("..", "..", "examples", name))); err != nil {
				t.Fatal(err)
			}
			if err := os.RemoveAll(filepath.Join(example, ".makesync")); err != nil {
				t.Fatal(err)
			}
			for _, step := range []struct {
				args []string
				code int
			}{
				{[]string{"plan", "-f", example, "--exit-code", "--concurrency", "16"}, 2},
				{[]string{"apply", "-f", example, "--yes", "--concurrency", "16"}, 0},
				{[]string{"plan", "-f", example, "--exit-code", "--concurrency", "1"}, 0},
			} {
				env, out, errs := testEnv("", false)
				env.LookupEnv = func(name string) (string, bool) {
					if name == "HOME" {
						return home, true
					}
					return "", false
				}
				if code := Main(t.Context(), append([]string{programName}, step.args...), env); code != step.code {
					t.Fatalf("%v: exit %d, want %d\n%s%s", step.args, code, step.code, out, errs)
				}
			}
		})
	}
}

// A terminal that cannot go back in a line gets no line that overwrites itself, and no colours.
func TestDumbTerminal(t *testing.T) {
	t.Parallel()
	for _, term := range []string{"dumb", "", "xterm"} {
		env, out, errs := testEnv("", true)
		env.Terminal.Stdout, env.Terminal.Width = true, 80
		env.LookupEnv = func(name string) (string, bool) {
			value := map[string]string{"TERM": term, "HOME": t.TempDir()}[name]
			return value, value != ""
		}
		dir := t.TempDir()
		text := "apiVersion: makesync/v1\nzone: try\nzones: {try: {sandbox: {}}}\norganizations: {acme: {id: 11, timezone: UTC}}\n"
		if err := os.WriteFile(filepath.Join(dir, "makesync.yaml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		code := Main(t.Context(), []string{programName, "plan", "-f", dir}, env)
		escapes := strings.Contains(errs.String()+out.String(), "\x1b")
		if wanted := term == "xterm" || term == "" && runtime.GOOS == "windows"; escapes != wanted {
			t.Errorf("TERM=%q: exit %d, %q\n%q", term, code, out, errs)
		}
	}
}
