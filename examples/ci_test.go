package examples_test

import (
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

// checkShell has the shell, and shellcheck where it is installed, read a script without running it.
func checkShell(t *testing.T, name, text string) {
	t.Helper()
	for _, tool := range [][]string{{"sh", "-n"}, {"shellcheck", "--shell=sh", "-"}} {
		if _, err := exec.LookPath(tool[0]); err != nil {
			t.Logf("%s is not installed", tool[0])
			continue
		}
		c := exec.Command(tool[0], tool[1:]...)
		c.Stdin = strings.NewReader(text)
		if out, err := c.CombinedOutput(); err != nil {
			t.Errorf("%s: %v: %s\n%s", name, tool, out, text)
		}
	}
	for _, script := range regexp.MustCompile(`\bci/([a-z-]+\.sh)\b`).FindAllStringSubmatch(text, -1) {
		if _, err := os.Stat(filepath.Join(ci, script[1])); err != nil {
			t.Errorf("%s runs %s: %v", name, script[0], err)
		}
	}
}

func TestShellOfExamples(t *testing.T) {
	t.Parallel()
	scripts, err := filepath.Glob(filepath.Join(ci, "*.sh"))
	if err != nil || len(scripts) < 6 {
		t.Fatalf("%v: %v", scripts, err)
	}
	for _, path := range append(scripts, filepath.Join(kubernetes, "run")) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(text), "#!/bin/sh\n") || !strings.Contains(string(text), "\nset -eu\n") {
			t.Errorf("%s does not stop at the first error", path)
		}
		checkShell(t, path, string(text))
	}
}

// TestWorkflows: what a pull request can run has no secret and a token that only reads; what may write
// never takes a pull request's files; and no expression is pasted into a shell.
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
					checkCheckout(t, name, c.on, step.With)
				}
				if step.Run != "" {
					checkShell(t, name, step.Run)
				}
				if strings.Contains(step.Run, "${{") {
					t.Errorf("%s: an expression in a shell: %s", name, step.Run)
				}
			}
		}
	}
}

func checkCheckout(t *testing.T, name, on string, with map[string]any) {
	t.Helper()
	if with["persist-credentials"] != false {
		t.Errorf("%s keeps its token in the checkout", name)
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
			Script []string
			Rules  []struct{ If string }
		}
		if err := node.Decode(&job); err != nil {
			t.Fatal(err)
		}
		checkShell(t, name, strings.Join(job.Script, "\n")+"\n")
		want := `$CI_PIPELINE_SOURCE == "schedule"`
		if name == "preview" {
			want = `$CI_PIPELINE_SOURCE == "merge_request_event"`
		}
		for _, rule := range job.Rules {
			if !strings.HasPrefix(rule.If, want) || name != "preview" && !strings.HasSuffix(rule.If, "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH") {
				t.Errorf("%s runs if %s", name, rule.If)
			}
		}
		if len(job.Rules) == 0 || len(job.Script) == 0 {
			t.Errorf("%s: %+v", name, job)
		}
	}
}
