//go:build !windows

package examples_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestNightlyPassesSignalsOn stops nightly.sh while the zone holds a write: makesync is told once
// however often the signal comes, finishes that write and counts the rest as skipped, and
// nightly.sh ends after it with its code.
func TestNightlyPassesSignalsOn(t *testing.T) {
	t.Parallel()
	for _, s := range shells(t) {
		for _, signal := range []struct {
			signal syscall.Signal
			code   int
		}{{syscall.SIGTERM, 143}, {syscall.SIGINT, 130}} {
			t.Run(s.name+" "+signal.signal.String(), func(t *testing.T) {
				t.Parallel()
				stopNight(t, s, signal.signal, signal.code)
			})
		}
	}
}

func stopNight(t *testing.T, s shell, signal syscall.Signal, code int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	z, dir := newZone(t, "quickstart"), t.TempDir()
	documents := filepath.Join(dir, "documents")
	copyExample(t, "quickstart", documents)
	atZone(t, filepath.Join(documents, "makesync.yaml"), z)
	hold := z.Hold(3, false)
	night := s.command("ci/nightly.sh", documents, filepath.Join(dir, "out"))
	night.Env = append(night.Env, "XDG_STATE_HOME="+filepath.Join(dir, "state"), "MAKE_API_KEY="+z.FirstToken(),
		"MAKESYNC_HOSTS="+strings.TrimPrefix(z.url, "http://"), "ZONES=try", "HOME="+dir)
	night.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // without a terminal, as a pipeline's job
	var said bytes.Buffer
	night.Stdout, night.Stderr = &said, &said
	if err := night.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := hold.Wait(ctx); err != nil {
		_ = night.Process.Kill()
		t.Fatalf("the write never came: %v\n%s", err, &said)
	}
	for range 2 {
		if err := night.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		waitForText(ctx, t, filepath.Join(dir, "out", "said"), "stopping cleanly")
	}
	hold.Release(true)
	_ = night.Wait()
	if got := night.ProcessState.ExitCode(); got != code {
		t.Errorf("it ended with %d, want %d:\n%s", got, code, &said)
	}
	var report struct{ Succeeded, Skipped, Failed, Unknown int }
	data, err := os.ReadFile(filepath.Join(dir, "out", "report.json"))
	if err == nil {
		err = json.Unmarshal(data, &report)
	}
	if err != nil || report.Succeeded < 1 || report.Skipped < 1 || report.Failed+report.Unknown > 0 {
		t.Errorf("makesync was not let finish: %v %s", err, data)
	}
	if made, _ := filepath.Glob(filepath.Join(dir, "out", "snapshot", "*")); len(made) > 0 {
		t.Errorf("after the stop it took the snapshots %v", made)
	}
}

// waitForText waits until a file holds a text.
func waitForText(ctx context.Context, t *testing.T, file, text string) {
	t.Helper()
	for ctx.Err() == nil {
		if data, err := os.ReadFile(file); err == nil && strings.Contains(string(data), text) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("%s never said %q", file, text)
}
