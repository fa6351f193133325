package examples_test

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

const ci = "ci"

// workflow is the part of a GitHub workflow that decides what it may do and what it runs.
type workflow struct {
	On          map[string]any
	Permissions map[string]string
	Jobs        map[string]struct {
		Environment string
		Permissions map[string]string
		Steps       []struct {
			Uses, Run string
			With      map[string]any
		}
	}
}

// readYAML decodes a file and gives its text too.
func readYAML(t *testing.T, name string, into any) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(ci, name))
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(data, into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return string(data)
}

// readers read a script without running it.
var readers = [][]string{
	{"dash", "-n"},
	{"bash", "--posix", "-n"},
	{"busybox", "sh", "-n"},
	{"shellcheck", "--shell=sh", "--severity=warning", "-x"},
}

// checkShell has the shells, and shellcheck, where they are installed, read a file; and looks
// whether those exist that it runs.
func checkShell(t *testing.T, file string) {
	t.Helper()
	for _, tool := range readers {
		if _, err := exec.LookPath(tool[0]); err != nil {
			t.Logf("CANNOT CHECK HERE: %s is not installed", tool[0])
			continue
		}
		if out, err := exec.Command(tool[0], append(tool[1:], file)...).CombinedOutput(); err != nil {
			t.Errorf("%s: %v: %s", file, tool, out)
		}
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, script := range regexp.MustCompile(`(?:\bci|\$here)/([a-z-]+\.sh)\b`).FindAllSubmatch(text, -1) {
		if _, err := os.Stat(filepath.Join(ci, string(script[1]))); err != nil {
			t.Errorf("%s runs %s: %v", file, script[0], err)
		}
	}
}

// checkStep checks a script that stands in a pipeline.
func checkStep(t *testing.T, name, text string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), strings.NewReplacer(" ", "-", ":", "", "/", "-").Replace(name))
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	checkShell(t, file)
}

// TestShellOfExamples also has every script stop at its first error, but for those that others
// read.
func TestShellOfExamples(t *testing.T) {
	t.Parallel()
	scripts, err := filepath.Glob(filepath.Join(ci, "*.sh"))
	if err != nil || len(scripts) < 10 {
		t.Fatalf("%v: %v", scripts, err)
	}
	for _, path := range append(scripts, filepath.Join(kubernetes, "run"), filepath.Join(cron, "with-environment")) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		isRead := strings.Contains(string(text), ", read with `.`")
		if !strings.HasPrefix(string(text), "#!/bin/sh\n") || strings.Contains(string(text), "\nset -eu\n") == isRead {
			t.Errorf("%s does not stop at the first error", path)
		}
		checkShell(t, path)
	}
}

// TestWorkflows: what a pull request can run has no secret and a token that only reads; what may
// write never takes a pull request's files; and no expression is pasted into a shell.
func TestWorkflows(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, on string
		writes   []string
		secrets  bool
	}{
		{"makesync-preview.yml", "pull_request", nil, false},
		{"makesync-comment.yml", "workflow_run", []string{"pull-requests"}, false},
		{"makesync-nightly.yml", "schedule", nil, true},
	} {
		var w workflow
		text := readYAML(t, c.name, &w)
		if _, ok := w.On[c.on]; !ok || strings.Contains(text, "pull_request_target") {
			t.Errorf("%s runs on %v", c.name, w.On)
		}
		var writes []string
		for scope, level := range w.Permissions {
			if level != "read" {
				writes = append(writes, scope)
			}
		}
		if !slices.Equal(writes, c.writes) || len(w.Permissions) == 0 {
			t.Errorf("%s may write %v", c.name, writes)
		}
		if strings.Contains(text, "secrets.") != c.secrets {
			t.Errorf("%s: secrets: want %v", c.name, c.secrets)
		}
		for job, j := range w.Jobs {
			if j.Permissions != nil || c.secrets != (j.Environment != "") {
				t.Errorf("%s: %s: permissions %v, environment %q", c.name, job, j.Permissions, j.Environment)
			}
			for i, step := range j.Steps {
				name := fmt.Sprintf("%s: %s: step %d", c.name, job, i+1)
				if strings.HasPrefix(step.Uses, "actions/checkout@") {
					checkGitHubCheckout(t, name, c.on, step.With)
				}
				if step.Run != "" {
					checkStep(t, name, step.Run)
				}
				if strings.Contains(step.Run, "${{") {
					t.Errorf("%s: an expression in a shell: %s", name, step.Run)
				}
			}
		}
	}
}

// TestAction: the action's shell has no expression in it and is shell; what a pull request runs takes
// the action from its base; and the repository's own action is that of the examples.
func TestAction(t *testing.T) {
	t.Parallel()
	var action struct {
		Inputs map[string]any
		Runs   struct {
			Using string
			Steps []struct {
				Name, Shell, Run, Uses string
				Env                    map[string]string
			}
		}
	}
	text := readYAML(t, "action.yml", &action)
	own, err := os.ReadFile(filepath.Join("..", ".github", "actions", "makesync", "action.yml"))
	if err != nil || string(own) != text {
		t.Errorf("%v: .github/actions/makesync/action.yml is not examples/ci/action.yml: cp the one to the other", err)
	}
	if action.Runs.Using != "composite" || len(action.Runs.Steps) < 3 {
		t.Fatalf("%+v", action)
	}
	input := regexp.MustCompile(`\binputs\.(\w+)`)
	for _, used := range input.FindAllStringSubmatch(text, -1) {
		if action.Inputs[used[1]] == nil {
			t.Errorf("there is no input %s", used[1])
		}
	}
	for _, step := range action.Runs.Steps {
		checkStep(t, step.Name, step.Run)
		if step.Shell != "sh" || step.Uses != "" || strings.Contains(step.Run, "${{") {
			t.Errorf("%s: %+v", step.Name, step)
		}
	}
	for name, want := range map[string]string{"makesync-preview.yml": "./.base/", "makesync-comment.yml": "./",
		"makesync-nightly.yml": "./"} {
		var w workflow
		readYAML(t, name, &w)
		found := 0
		for _, job := range w.Jobs {
			for _, step := range job.Steps {
				if !strings.HasSuffix(step.Uses, "/makesync") {
					continue
				}
				found++
				if step.Uses != want+".github/actions/makesync" {
					t.Errorf("%s uses %s", name, step.Uses)
				}
				for given := range step.With {
					if action.Inputs[given] == nil {
						t.Errorf("%s gives %s, which the action does not take", name, given)
					}
				}
			}
		}
		if found != 1 {
			t.Errorf("%s uses the action %d times", name, found)
		}
	}
}

// TestActionDoesItsJob runs the steps of the action as GitHub does, with a curl that gives the
// binary: it installs what has the right hash, plans, and refuses anything else.
func TestActionDoesItsJob(t *testing.T) {
	t.Parallel()
	var action struct {
		Runs struct {
			Steps []struct{ Name, Run string }
		}
	}
	readYAML(t, "action.yml", &action)
	dir := t.TempDir()
	bin := filepath.Join(dir, "bin")
	for _, d := range []string{bin, filepath.Join(dir, "repo", ".github", "actions", "makesync"), filepath.Join(dir, "temp")} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.CopyFS(filepath.Join(dir, "repo", "ci"), os.DirFS(ci)); err != nil {
		t.Fatal(err)
	}
	// A makesync that only notes its arguments: what it does is others' tests.
	const fake = "#!/bin/sh\necho \"$@ by $MAKESYNC_GUARDS\" >>\"$NOTES\"\n" +
		"while [ $# -gt 0 ]; do if [ \"$1\" = --out-json ]; then echo '{}' >\"$2\"; fi; shift; done\n"
	curl := "#!/bin/sh\nwhile [ $# -gt 1 ]; do if [ \"$1\" = --output ]; then printf '%s' \"$FAKE\" >\"$2\"; fi; shift; done\n"
	if err := os.WriteFile(filepath.Join(bin, "curl"), []byte(curl), 0o755); err != nil {
		t.Fatal(err)
	}
	notes := filepath.Join(dir, "notes")
	run := func(step int, variables ...string) (string, error) {
		command := exec.Command("sh", "-e", "-c", action.Runs.Steps[step].Run)
		command.Dir = filepath.Join(dir, "repo")
		command.Env = append([]string{"PATH=" + filepath.Join(dir, "temp", "makesync") + ":" + bin + ":" + os.Getenv("PATH"),
			"GITHUB_ACTION_PATH=" + filepath.Join(dir, "repo", ".github", "actions", "makesync"), "FAKE=" + fake, "NOTES=" + notes,
			"RUNNER_TEMP=" + filepath.Join(dir, "temp"), "GITHUB_PATH=" + filepath.Join(dir, "path"),
			"GITHUB_STEP_SUMMARY=" + filepath.Join(dir, "summary"), "MAKESYNC_URL=https://downloads.example/makesync"}, variables...)
		out, err := command.CombinedOutput()
		return string(out), err
	}
	if out, err := run(0, "WHAT=plan", "MAKESYNC_SHA256="+strings.Repeat("0", 64)); err == nil || !strings.Contains(out, "SHA-256") {
		t.Errorf("another hash: %v: %s", err, out)
	}
	if out, err := run(0, "WHAT=apply", "MAKESYNC_SHA256="); err == nil || !strings.Contains(out, "do is install") {
		t.Errorf("another job: %v: %s", err, out)
	}
	sum := fmt.Sprintf("%x", sha256.Sum256([]byte(fake)))
	if out, err := run(0, "WHAT=plan", "MAKESYNC_SHA256="+sum); err != nil {
		t.Fatalf("install: %v: %s", err, out)
	}
	hostile := "$(touch " + filepath.Join(dir, "owned") + ")"
	if out, err := run(1, "DOCUMENTS=documents", "BASE="+hostile, "SNAPSHOTS=.snapshots", "OUT=.out", "FORMAT=github"); err != nil {
		t.Errorf("plan: %v: %s", err, out)
	}
	for _, name := range []string{"repo/ci", "temp/makesync"} { // the guards go along with the script that reads them
		if _, err := os.Stat(filepath.Join(dir, name, ".guards.yaml")); err != nil {
			t.Error(err)
		}
	}
	noted, err := os.ReadFile(notes)
	if err != nil || !strings.Contains(string(noted), "validate -f documents --skip-references --format github by "+
		filepath.Join(dir, "temp", "makesync", ".guards.yaml")+"\n") ||
		!strings.Contains(string(noted), "plan -f documents --base "+hostile) {
		t.Errorf("%v: it ran\n%s", err, noted)
	}
	if _, err := os.Stat(filepath.Join(dir, "owned")); err == nil {
		t.Error("an input was run")
	}

	// The action of makesync's own repository: its guards are an example, and hold nowhere.
	other := filepath.Join(dir, "other")
	if err := os.MkdirAll(filepath.Join(other, ".github", "actions", "makesync"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(other, "examples", "ci"), os.DirFS(ci)); err != nil {
		t.Fatal(err)
	}
	remote := "GITHUB_ACTION_PATH=" + filepath.Join(other, ".github", "actions", "makesync")
	if out, err := run(0, "WHAT=plan", "MAKESYNC_SHA256="+sum, remote); err != nil {
		t.Fatalf("install: %v: %s", err, out)
	}
	given := []string{remote, "DOCUMENTS=documents", "BASE=base", "SNAPSHOTS=.snapshots", "OUT=.out", "FORMAT=github"}
	if out, err := run(1, given...); err == nil || !strings.Contains(out, "give it guards") {
		t.Errorf("no guards: %v: %s", err, out)
	}
	for _, name := range []string{"GUARDS", "MAKESYNC_GUARDS"} {
		if out, err := run(1, append(given, name+"=.base/ci/"+name)...); err != nil {
			t.Errorf("%s: %v: %s", name, err, out)
		}
		noted, _ := os.ReadFile(notes)
		if !strings.Contains(string(noted), " by .base/ci/"+name+"\n") {
			t.Errorf("%s: it ran\n%s", name, noted)
		}
	}
}

func checkGitHubCheckout(t *testing.T, name, on string, with map[string]any) {
	t.Helper()
	if with["persist-credentials"] != false {
		t.Errorf("%s keeps its token in the checkout", name)
	}
	if with["lfs"] != nil || with["submodules"] != nil {
		t.Errorf("%s takes what a preview does not see: %v", name, with)
	}
	if on == "workflow_run" && (with["ref"] != nil || with["repository"] != nil) {
		t.Errorf("%s checks out %v", name, with)
	}
}

// TestGitLabPipeline: jobs with tokens run on the schedule of the default branch only.
func TestGitLabPipeline(t *testing.T) {
	t.Parallel()
	var pipeline map[string]yaml.Node
	readYAML(t, "gitlab-ci.yml", &pipeline)
	for _, name := range []string{"preview", "comment", "nightly"} {
		node, ok := pipeline[name]
		if !ok {
			t.Fatalf("there is no job %s", name)
		}
		var job struct {
			Script      []string
			AfterScript []string `yaml:"after_script"`
			Rules       []struct{ If string }
		}
		if err := node.Decode(&job); err != nil {
			t.Fatal(err)
		}
		checkStep(t, name, strings.Join(slices.Concat(job.Script, job.AfterScript), "\n")+"\n")
		want := `$CI_PIPELINE_SOURCE == "schedule"`
		if name == "preview" {
			want = `$CI_PIPELINE_SOURCE == "merge_request_event"`
		}
		for _, rule := range job.Rules {
			onDefault := strings.HasSuffix(rule.If, "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH")
			if !strings.HasPrefix(rule.If, want) || name != "preview" && !onDefault {
				t.Errorf("%s runs if %s", name, rule.If)
			}
		}
		if len(job.Rules) == 0 || len(job.Script) == 0 {
			t.Errorf("%s: %+v", name, job)
		}
	}
}

// TestPinned: what others could change under a tag is named by its hash, or marked as what the
// reader has to fill in. A hash that cannot be known before the reader builds or pulls stands as
// DIGEST, and the line says so.
func TestPinned(t *testing.T) {
	t.Parallel()
	action := regexp.MustCompile(`^[a-z]+/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$`)
	ourAction := regexp.MustCompile(`^\./(\.base/)?\.github/actions/makesync( # .+)?$`) // of the same repository
	image := regexp.MustCompile(`^[a-z0-9./:-]+@sha256:([0-9a-f]{64}( AS [a-z]+)?( +#.*)?|DIGEST +# replace: .+)$`)
	place := regexp.MustCompile(`(?m)^[ -]*(uses|image|FROM|MAKESYNC_SHA256|MAKESYNC_URL):? +(.*)$`)
	seen := 0
	for _, name := range exampleFiles(t) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range place.FindAllStringSubmatch(string(text), -1) {
			seen++
			switch what, value := found[1], found[2]; {
			case what == "uses" && ourAction.MatchString(value):
			case what == "uses" && action.MatchString(value):
			case (what == "image" || what == "FROM") && (image.MatchString(value) || value == "scratch"):
			case strings.HasPrefix(what, "MAKESYNC") && strings.Contains(value, " # replace: "):
			case strings.HasPrefix(what, "MAKESYNC") && strings.HasPrefix(value, "${{ inputs."): // the workflow says it
			default:
				t.Errorf("%s: %s", name, found[0])
			}
		}
	}
	if seen < 20 {
		t.Errorf("only %d places were found", seen)
	}
}

// exampleFiles are the files of the folders whose parts people copy into pipelines and clusters.
func exampleFiles(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, dir := range []string{ci, cron, kubernetes} {
		files, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			names = append(names, filepath.Join(dir, file.Name()))
		}
	}
	return names
}

// TestNobodyElseReadsJournals: what leaves a job for others is encrypted, or is the snapshot and
// the plan of a preview.
func TestNobodyElseReadsJournals(t *testing.T) {
	t.Parallel()
	var nightly, preview workflow
	readYAML(t, "makesync-nightly.yml", &nightly)
	readYAML(t, "makesync-preview.yml", &preview)
	var paths []string
	for _, w := range []workflow{nightly, preview} {
		for _, job := range w.Jobs {
			for _, step := range job.Steps {
				if strings.HasPrefix(step.Uses, "actions/upload-artifact@") {
					paths = append(paths, fmt.Sprint(step.With["path"]))
				}
			}
		}
	}
	if want := []string{".kept/state.tar.gpg", ".out/snapshot", ".out/plan.json"}; !slices.Equal(paths, want) {
		t.Errorf("GitHub: artifacts of %v, want %v", paths, want)
	}
	var pipeline struct {
		Nightly struct{ Artifacts struct{ Paths []string } }
	}
	text := readYAML(t, "gitlab-ci.yml", &pipeline)
	if want := []string{"kept/state.tar.gpg", ".out/snapshot"}; !slices.Equal(pipeline.Nightly.Artifacts.Paths, want) {
		t.Errorf("GitLab: artifacts of %v, want %v", pipeline.Nightly.Artifacts.Paths, want)
	}
	if regexp.MustCompile(`(?m)^ *cache:`).MatchString(text) {
		t.Error("GitLab: a cache may be lost at any time, and with it the journals")
	}
}

// TestGuardsOfPipelines: the guards are those beside a script of the base or of the default branch, no
// pipeline names others, and each says what documents may read.
func TestGuardsOfPipelines(t *testing.T) {
	t.Parallel()
	const references = "env:ACME_*,file:documents/**"
	for _, name := range []string{"makesync-preview.yml", "makesync-nightly.yml", "gitlab-ci.yml"} {
		var pipeline struct {
			Env, Variables map[string]string
		}
		text := readYAML(t, name, &pipeline)
		if got := pipeline.Env["MAKESYNC_REFERENCES"] + pipeline.Variables["MAKESYNC_REFERENCES"]; got != references {
			t.Errorf("%s: documents may read %q", name, got)
		}
		if strings.Contains(text, "MAKESYNC_GUARDS") {
			t.Errorf("%s names guards, which could be those of a pull request", name)
		}
	}
	text := readYAML(t, "gitlab-ci.yml", &map[string]any{})
	if !strings.Contains(text, `sh "$trusted/ci/preview.sh" `) || strings.Contains(text, " ci/preview.sh ") {
		t.Error("the preview of a merge request takes script and guards from the merge request")
	}
}
