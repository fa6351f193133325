package command

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"makesync/sync/approval"
	"makesync/sync/exit"
)

// lateReader answers after a while.
type lateReader struct {
	wait func()
	text *strings.Reader
}

func (r lateReader) Read(p []byte) (int, error) {
	r.wait()
	return r.text.Read(p)
}

// TestAnsweredLate: what the clock decides is decided again when the answer has let wait for itself.
func TestAnsweredLate(t *testing.T) {
	t.Parallel()
	const document = "apiVersion: makesync/v1\nzone: lab\nzones: {lab: {sandbox: {}}}\n" +
		"organizations: {acme: {name: Acme Automation, variables: {RETRIES: 7}}}\n"
	const friday = "policies:\n  - {id: friday, on: step, require: now.getDayOfWeek() != 5, severity: SEVERITY, message: It is Friday.}\n"
	thursday := time.Date(2026, 11, 26, 23, 30, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		severity string
		wait     time.Duration
		saved    bool
		code     exit.Code
		says     string
	}{
		"at once":          {"hold", time.Second, false, exit.OK, "1 succeeded"},
		"on the same day":  {"hold", 20 * time.Minute, false, exit.OK, "1 succeeded"},
		"held":             {"hold", time.Hour, false, exit.Held, "It is Friday."},
		"forbidden":        {"error", time.Hour, false, exit.Invalid, "It is Friday."},
		"a saved plan":     {"hold", time.Hour, true, exit.Held, "It is Friday."},
		"an expired plan":  {"warning", 25 * time.Hour, true, exit.Stale, "the plan expired"},
		"told and applied": {"warning", time.Hour, false, exit.OK, "1 succeeded"},
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, "lab.yaml")
		text := document + strings.Replace(friday, "SEVERITY", test.severity, 1)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		now := thursday
		run := func(args ...string) (int, string) {
			env, out, errs := testEnv("", true)
			env.Now = func() time.Time { return now }
			env.Stdin = lateReader{func() { now = thursday.Add(test.wait) }, strings.NewReader("y\n")}
			env.LookupEnv = func(name string) (string, bool) {
				return map[string]string{"XDG_STATE_HOME": dir}[name], name == "XDG_STATE_HOME"
			}
			code := Main(t.Context(), append([]string{programName}, args...), env)
			return code, out.String() + errs.String()
		}
		args := []string{"apply", "-f", path}
		if test.saved {
			planned := filepath.Join(dir, "plan.json")
			if code, out := run("plan", "-f", path, "-o", planned); code != 0 {
				t.Fatal(out)
			}
			args = append(args, planned)
		}
		if code, out := run(args...); code != test.code.Code || !strings.Contains(out, test.says) {
			t.Errorf("%s: exit %d\n%s", name, code, out)
		}
	}
}

// TestApprovalsWhenTheAnswerComes: approvals count when the question is answered, and not when it was asked, however
// soon that is.
func TestApprovalsWhenTheAnswerComes(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		wait time.Duration
		then func(approvers, folder string) error
		code exit.Code
	}{
		"in time":           {3 * time.Second, nil, exit.OK},
		"over":              {7 * time.Second, nil, exit.Held},
		"nobody any more":   {time.Second, func(approvers, _ string) error { return os.WriteFile(approvers, nil, 0o600) }, exit.Held},
		"taken away":        {time.Second, func(_, folder string) error { return os.RemoveAll(folder) }, exit.Held},
		"approvers removed": {time.Second, func(approvers, _ string) error { return os.Remove(approvers) }, exit.Invalid},
	} {
		dir := t.TempDir()
		write := func(name, text string) string {
			path := filepath.Join(dir, name)
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			return path
		}
		documents, planned := write("docs/lab.yaml", approvedDocument), filepath.Join(dir, "plan.json")
		jane := approvalKey(t, 1)
		approvers := write("allowed", "jane@acme.example "+string(ssh.MarshalAuthorizedKey(jane.PublicKey())))
		now := start
		run := func(args ...string) (int, string) {
			env, out, errs := testEnv("", true)
			env.Now = func() time.Time { return now }
			env.Stdin = lateReader{func() {
				now = start.Add(test.wait)
				if test.then != nil {
					if err := test.then(approvers, approval.Folder(planned)); err != nil {
						t.Error(err)
					}
				}
			}, strings.NewReader("y\n")}
			env.LookupEnv = func(name string) (string, bool) {
				return map[string]string{"XDG_STATE_HOME": dir}[name], name == "XDG_STATE_HOME"
			}
			code := Main(t.Context(), append([]string{programName}, args...), env)
			return code, out.String() + errs.String()
		}
		if code, out := run("plan", "-f", documents, "-o", planned); code != 0 {
			t.Fatal(out)
		}
		statement, err := statementOf(readSavedPlan(t, planned), start, start.Add(4*time.Second))
		if err != nil {
			t.Fatal(err)
		}
		file, err := approval.Sign(statement, jane)
		if err != nil {
			t.Fatal(err)
		}
		if err := approval.Save(approval.Folder(planned), file); err != nil {
			t.Fatal(err)
		}
		code, out := run("apply", "-f", documents, "--approvals", "1", "--approvers", approvers, planned)
		if code != test.code.Code || strings.Contains(out, "1 succeeded") != (test.code == exit.OK) {
			t.Errorf("%s: exit %d\n%s", name, code, out)
		}
	}
}
