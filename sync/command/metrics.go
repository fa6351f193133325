package command

import (
	"makesync/spec/regular"
	"makesync/sync/metrics"
)

// writeMetrics replaces the metrics file.
func writeMetrics(r *runtimeEnv, e runEnd, file string) error {
	run := metrics.Run{
		Version: r.Build.Version, Began: e.began, Ended: r.Now(), Exit: e.exit, HeldOnly: e.heldOnly,
		Plan: e.plan, Report: e.applied, Status: e.status, Problems: e.problems, Zones: e.calls(),
	}
	text, err := run.Text(previousText(file))
	if err != nil {
		return err
	}
	return r.files.put(output{"--metrics-file", file, metricsFile}, text)
}

// maxPrevious bounds what is read of a file that may be anything.
const maxPrevious = 1 << 20

// previousText is what a metrics file holds; nothing when it cannot be read, which put then says.
func previousText(path string) []byte {
	text, err := regular.ReadFile(path, maxPrevious)
	if err != nil {
		return nil
	}
	return text
}
