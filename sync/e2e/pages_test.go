package e2e

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"makesync/spec"
	"makesync/spec/document"
)

// pages are the README and the topics of the help, which are Markdown pages too.
func pages(t *testing.T) []string {
	t.Helper()
	topics, err := filepath.Glob(filepath.Join(top, "sync", "help", "topics", "*.md"))
	if err != nil || len(topics) == 0 {
		t.Fatalf("%d topics, %v", len(topics), err)
	}
	return append([]string{filepath.Join(top, "README.md")}, topics...)
}

// TestPages runs the commands of every block marked `console` of a page, one after the other in a copy of
// the examples, and compares what they print; -update writes it there. Other blocks are shown, not run,
// but the first two of the README, which people paste first, are checked by name.
func TestPages(t *testing.T) {
	t.Parallel()
	for _, page := range pages(t) {
		t.Run(filepath.Base(page), func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(page)
			if err != nil {
				t.Fatal(err)
			}
			want := runBlocks(t, string(data))
			if filepath.Base(page) == "rules.md" {
				want = withRules(want)
			}
			if *update {
				if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(want, string(data)); diff != "" {
				t.Errorf("the page is not what its commands print (-printed +page); -update writes it:\n%s", diff)
			}
		})
	}
}

// TestReadmeIsOnePage: whoever wants more goes to a topic.
func TestReadmeIsOnePage(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(filepath.Join(top, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	const longest = 200
	if n := bytes.Count(data, []byte("\n")); n > longest {
		t.Errorf("the README has %d lines, at most %d", n, longest)
	}
	for _, page := range pages(t)[1:] {
		if link := "(sync/help/topics/" + filepath.Base(page) + ")"; !bytes.Contains(data, []byte(link)) {
			t.Errorf("the README does not link to %s", link)
		}
	}
}

var consoleBlock = regexp.MustCompile("(?ms)^```console\n(.*?)^```\n")

// runBlocks gives the text with the output of every console block as it is now.
func runBlocks(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "examples"), os.DirFS(filepath.Join(top, "examples"))); err != nil {
		t.Fatal(err)
	}
	states, err := filepath.Glob(filepath.Join(dir, "examples", "*", ".makesync"))
	if err != nil {
		t.Fatal(err)
	}
	for _, state := range states {
		if err := os.RemoveAll(state); err != nil {
			t.Fatal(err)
		}
	}
	exports := "" // what a page exports holds for the rest of it
	return consoleBlock.ReplaceAllStringFunc(text, func(block string) string {
		out := "```console\n"
		for line := range strings.Lines(block) {
			if command, is := strings.CutPrefix(line, "$ "); is {
				if strings.HasPrefix(command, "export ") {
					exports += strings.TrimSpace(command) + "; "
				}
				out += line + shown(t, dir, exports+strings.TrimSpace(command))
			}
		}
		return out + "```\n"
	})
}

// shown is what a command prints, with what differs from run to run made equal.
func shown(t *testing.T, dir, command string) string {
	t.Helper()
	c := exec.Command("sh", "-c", command)
	c.Dir = dir
	c.Env = append(os.Environ(), "XDG_STATE_HOME="+filepath.Join(dir, ".state"), "NO_COLOR=1")
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	if err := c.Run(); err != nil && c.ProcessState.ExitCode() > 9 {
		t.Fatalf("%s: %v\n%s", command, err, &out)
	}
	text := regexp.MustCompile(`[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}`).ReplaceAllString(out.String(), "20261122T031500Z-7f3a91c2")
	text = regexp.MustCompile(`[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2} UTC`).ReplaceAllString(text, "2026-11-23 03:15 UTC")
	return text
}

// withRules writes the table of the rules between its two marks.
func withRules(text string) string {
	table := "| rule | |\n|---|---|\n"
	for _, rule := range document.Rules() {
		severity := ""
		if rule.Severity == spec.Warning {
			severity = "warning: "
		}
		table += "| `" + rule.ID + "` | " + severity + strings.ReplaceAll(rule.Sentence, "|", "\\|") + " |\n"
	}
	const begin, end = "<!-- rules -->\n", "<!-- /rules -->"
	before, rest, _ := strings.Cut(text, begin)
	_, after, _ := strings.Cut(rest, end)
	return before + begin + "\n" + table + "\n" + end + after
}

// TestReadmeBeginsWithTwoCommands keeps the first two commands what a fresh machine can run.
func TestReadmeBeginsWithTwoCommands(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(filepath.Join(top, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?ms)^```sh\n(.*?)^```\n").FindAllStringSubmatch(string(data), 2)
	want := []string{
		"go run . plan -f examples/quickstart && go run . apply -f examples/quickstart --yes\n",
		"go test ./...\n",
	}
	for i, command := range want {
		if len(blocks) <= i || blocks[i][1] != command {
			t.Errorf("command %d of the README is not %q", i+1, command)
		}
	}
}

// TestReadmeDocument validates the document that the README shows.
func TestReadmeDocument(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(filepath.Join(top, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	document := regexp.MustCompile("(?ms)^```yaml\n(.*?apiVersion.*?)^```\n").FindSubmatch(data)
	if document == nil {
		t.Fatal("the README shows no document")
	}
	path := filepath.Join(t.TempDir(), "readme.yaml")
	if err := os.WriteFile(path, document[1], 0o600); err != nil {
		t.Fatal(err)
	}
	c := exec.Command("makesync", "validate", "-f", path)
	c.Env = append(os.Environ(), "ACME_PASSWORD=secret")
	if out, err := c.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestSecurityPageNamesTests: each promise of the page is held by a test that exists.
func TestSecurityPageNamesTests(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join(top, "SECURITY.md"))
	if err != nil {
		t.Fatal(err)
	}
	var tests strings.Builder
	err = filepath.WalkDir(top, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		data, err := os.ReadFile(path)
		tests.Write(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, script := range regexp.MustCompile("`TestScript/([a-z_]+)`").FindAllStringSubmatch(string(page), -1) {
		if _, err := os.Stat(filepath.Join("testdata", "script", script[1]+".txtar")); err != nil {
			t.Error(err)
		}
	}
	for _, area := range []string{"output", "links", "references", "tokens", "redirects", "replies of a zone", "seals", "forged plans",
		"files", "export", "e-mail guards", "journals", "modes", "notifications", "server", "policies", "approvals"} {
		if !regexp.MustCompile("(?m)^\\| ([a-z-, ]+, )?" + area + "(, [a-z]+)? \\|").Match(page) {
			t.Errorf("the page does not say what was tried on %s", area)
		}
	}
	_, tables, _ := strings.Cut(string(page), "\n## What is promised\n")
	tables, _, _ = strings.Cut(tables, "\n## What is not promised\n")
	held := regexp.MustCompile("\\| (`Test[A-Za-z_/]+`(, )?)+ \\|$")
	for _, row := range regexp.MustCompile(`(?m)^\| .*`).FindAllString(tables, -1) {
		if !held.MatchString(row) && !strings.HasSuffix(row, "| test |") {
			t.Errorf("no test holds %.80s", row)
		}
	}
	named := regexp.MustCompile("`(Test[A-Za-z]+)`").FindAllStringSubmatch(string(page), -1)
	if len(named) == 0 {
		t.Fatal("the page names no test")
	}
	for _, match := range named {
		if !strings.Contains(tests.String(), "func "+match[1]+"(t ") {
			t.Errorf("there is no test %s", match[1])
		}
	}
}
