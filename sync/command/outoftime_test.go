package command

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"makesync/sync/exit"
	"makesync/sync/history"
	"makesync/sync/report"
)

// quickstartEnv is the quickstart in a folder of its own, with somebody at a terminal who never answers.
func quickstartEnv(t *testing.T) (run func(args ...string) (code int, report report.Report), home string) {
	t.Helper()
	home = t.TempDir()
	docs := filepath.Join(home, "quickstart")
	if err := os.CopyFS(docs, os.DirFS(filepath.Join("..", "..", "examples", "quickstart"))); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(docs, ".makesync")); err != nil {
		t.Fatal(err)
	}
	return func(args ...string) (int, report.Report) {
		t.Helper()
		env, out, errs := testEnv("", true)
		env.Stdin = blocked{}
		env.LookupEnv = func(name string) (string, bool) {
			if name == "HOME" {
				return home, true
			}
			return "", false
		}
		args = append([]string{programName, "apply", "-f", docs, "--format", "json"}, args...)
		code := Main(t.Context(), args, env)
		var report report.Report
		if err := json.Unmarshal(out.Bytes(), &report); err != nil {
			t.Fatalf("%v\n%s%s", err, out, errs)
		}
		return code, report
	}, home
}

// What an apply has not begun when its time is over is skipped: exit 4, never 0.
func TestOutOfTimeAtTheQuestion(t *testing.T) {
	t.Parallel()
	run, _ := quickstartEnv(t)
	code, report := run("--max-runtime", "2s")
	if code != 4 || report.Exit != exit.Partial {
		t.Errorf("exit %d, %+v", code, report.Exit)
	}
	if report.Planned == 0 || report.Skipped != report.Planned || len(report.Steps) != report.Planned || report.Calls.Read == 0 {
		t.Errorf("%d planned, %d skipped, %d steps, %d reads", report.Planned, report.Skipped, len(report.Steps), report.Calls.Read)
	}
}

// A run whose time is over while it waits for another one still says who holds the lock: exit 8.
func TestOutOfTimeAtTheLock(t *testing.T) {
	t.Parallel()
	run, home := quickstartEnv(t)
	store := history.Open(history.Options{Dir: filepath.Join(home, ".local", "state", programName)})
	lock, err := store.Lock(t.Context(), history.LockRequest{
		Zones: []string{filepath.Join(home, "quickstart", ".makesync", "try.json")}, Run: "20261122T031500Z-7f3a91c2",
	})
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Release()
	code, report := run("--yes", "--max-runtime", "300ms", "--lock-timeout", time.Minute.String())
	if code != 8 || len(report.Problems) != 1 {
		t.Errorf("exit %d, %+v", code, report.Problems)
	}
}
