package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"makesync/sync/report"
)

// TestInterrupt asks makesync to stop while the zone holds a write of an apply: that write is
// finished, the rest is counted as skipped, and a later run does what is left.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		signal os.Signal
		code   int
		exit   string
	}{
		{syscall.SIGHUP, 129, "interrupted"},
		{os.Interrupt, 130, "interrupted"},
		{syscall.SIGQUIT, 131, "interrupted"},
		{syscall.SIGTERM, 143, "interrupted"},
	} {
		t.Run(test.signal.String(), func(t *testing.T) {
			t.Parallel()
			if signal.Ignored(test.signal) {
				t.Skip("whoever runs this (nohup) ignores the signal, and so does makesync")
			}
			zone := newZoneUnderTest(t)
			report := interrupted(t, zone, test.signal, test.code, "")
			if report.Exit.Code != test.code || report.Exit.Name != test.exit {
				t.Errorf("the report ends with %+v", report.Exit)
			}
			written := len(zone.Log())
			if report.Succeeded < 1 || report.Skipped < 1 || report.Failed+report.Unknown > 0 ||
				report.Planned != report.Succeeded+report.Skipped {
				t.Errorf("%d planned, %d succeeded, %d failed, %d skipped, %d unknown; %d writes",
					report.Planned, report.Succeeded, report.Failed, report.Skipped, report.Unknown, written)
			}
			zone.run(t, 0, "apply", "--yes")
			zone.run(t, 0, "plan", "--exit-code")
		})
	}
}

// TestInterruptInJSON: where stderr is a log of JSON lines, what a signal makes it say is one too.
func TestInterruptInJSON(t *testing.T) {
	t.Parallel()
	interrupted(t, newZoneUnderTest(t), syscall.SIGTERM, 143, "json")
}

// interrupted signals an apply during its third write and gives its report. The log's format is
// text for "".
func interrupted(t *testing.T, zone *zoneUnderTest, asked os.Signal, code int, format string) report.Report {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	hold := zone.Hold(3, false)
	defer hold.Release(false) // or the zone never ends
	out := filepath.Join(t.TempDir(), "report.json")
	words := []string{"apply", "--yes", "--out-json", out}
	if format != "" {
		words = append(words, "--log-format", format)
	}
	child := zone.makesync(words...)
	said, err := child.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := hold.Wait(ctx); err != nil {
		t.Fatal(err)
	}
	if err := child.Process.Signal(asked); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(said).ReadString('\n')
	if format == "json" {
		var entry struct{ Msg string }
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Fatalf("it said %q: %v", line, err)
		}
		line = entry.Msg
	}
	if err != nil || !strings.HasPrefix(line, "stopping cleanly") {
		t.Fatalf("it said %q (%v)", line, err)
	}
	hold.Release(true)
	_ = child.Wait()
	if got := child.ProcessState.ExitCode(); got != code {
		t.Fatalf("exit %d instead of %d", got, code)
	}
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	var report report.Report
	if err := json.Unmarshal(data, &report); err != nil {
		t.Fatal(err)
	}
	return report
}

// TestSecondSignal: who asks twice does not want to wait for what is in flight, whatever he asked
// for first. A hangup right behind another signal is no second request: who closes a terminal
// causes both.
func TestSecondSignal(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		signals []os.Signal
		code    int
	}{
		{"TERM, TERM", []os.Signal{syscall.SIGTERM, syscall.SIGTERM}, 143},
		{"INT, QUIT", []os.Signal{os.Interrupt, syscall.SIGQUIT}, 131},
		{"HUP, HUP, TERM", []os.Signal{syscall.SIGHUP, syscall.SIGHUP, syscall.SIGTERM}, 143},
		{"QUIT, INT", []os.Signal{syscall.SIGQUIT, os.Interrupt}, 130},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if slices.ContainsFunc(test.signals, func(s os.Signal) bool { return signal.Ignored(s) }) {
				t.Skip("whoever runs this (nohup) ignores a signal, and so does makesync")
			}
			zone := newZoneUnderTest(t)
			hold := zone.Hold(2, false)
			defer hold.Release(false)
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			child := zone.makesync("apply", "--yes")
			said, err := child.StderrPipe()
			if err == nil {
				err = child.Start()
			}
			if err != nil {
				t.Fatal(err)
			}
			if _, err := hold.Wait(ctx); err != nil {
				t.Fatal(err)
			}
			for i, asked := range test.signals {
				if err := child.Process.Signal(asked); err != nil {
					t.Fatal(err)
				}
				if i > 0 {
					continue
				}
				if line, err := bufio.NewReader(said).ReadString('\n'); !strings.HasPrefix(line, "stopping cleanly") {
					t.Fatalf("it said %q (%v)", line, err)
				}
			}
			stuck := time.AfterFunc(time.Minute, func() { _ = child.Process.Kill() })
			defer stuck.Stop()
			_ = child.Wait()
			if got := child.ProcessState.ExitCode(); got != test.code {
				t.Errorf("exit %d instead of %d", got, test.code)
			}
		})
	}
}
