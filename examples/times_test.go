package examples_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	batch "k8s.io/api/batch/v1"
)

// What an attempt may take besides --max-runtime: to fetch the image and begin, and to finish what
// is in flight, which is --timeout.
const (
	toBegin = 2 * time.Minute
	toStop  = 2 * time.Minute
)

// fitsIn checks that a job's deadline has room for all that it may do: so many waves of pods, each
// pod with all of its attempts, each attempt with all of its --max-runtime, and Kubernetes' pauses
// between them, 10 s and twice as long each time.
func fitsIn(t *testing.T, job *batch.JobSpec, waves int32) {
	t.Helper()
	var runtime time.Duration
	for _, arg := range job.Template.Spec.Containers[0].Args {
		if value, is := strings.CutPrefix(arg, "--max-runtime="); is {
			runtime = duration(t, value)
		}
	}
	if runtime == 0 {
		t.Fatal("there is no --max-runtime")
	}
	retries := job.BackoffLimit
	if retries == nil {
		retries = job.BackoffLimitPerIndex
	}
	wave, pause := runtime+toBegin+toStop, 10*time.Second
	for range *retries {
		wave += pause + runtime + toBegin + toStop
		pause *= 2
	}
	deadline := time.Duration(*job.ActiveDeadlineSeconds) * time.Second
	if needs := time.Duration(waves) * wave; needs > deadline || deadline > needs+needs/4 {
		t.Errorf("activeDeadlineSeconds is %v; %d waves of %v need %v", deadline, waves, wave, needs)
	}
	grace := time.Duration(*job.Template.Spec.TerminationGracePeriodSeconds) * time.Second
	if args := job.Template.Spec.Containers[0].Args; args[0] == "apply" && job.BackoffLimitPerIndex != nil {
		at := slices.IndexFunc(args, func(arg string) bool { return strings.HasPrefix(arg, "--lock-timeout=") })
		if at < 0 {
			t.Fatal("a replacement does not wait for the lock of the pod before it")
		}
		wait := duration(t, strings.TrimPrefix(args[at], "--lock-timeout="))
		if wait <= grace || wait >= runtime {
			t.Errorf("--lock-timeout is %v; a pod that is stopped holds its lock for up to %v", wait, grace)
		}
	}
	if grace <= toStop {
		t.Errorf("a pod that is stopped has %v to finish what is in flight", grace)
	}
}

func duration(t *testing.T, text string) time.Duration {
	t.Helper()
	d, err := time.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestTimesOfNights: whatever runs a night outside of Kubernetes gives it the time that its own
// --max-runtime may take, and 20 minutes for what the job does besides.
func TestTimesOfNights(t *testing.T) {
	t.Parallel()
	find := func(file, pattern string) string {
		t.Helper()
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		found := regexp.MustCompile(pattern).FindSubmatch(text)
		if found == nil {
			t.Fatalf("%s has no %s", file, pattern)
		}
		return string(found[1])
	}
	night := duration(t, find(filepath.Join(ci, "nightly.sh"), `MAX_RUNTIME:-(\w+)`))
	unit := filepath.Join(cron, "makesync.service")
	for _, c := range []struct {
		name          string
		runtime, room time.Duration
	}{
		{"GitHub", night, duration(t, find(filepath.Join(ci, "makesync-nightly.yml"), `timeout-minutes: (\d+)`)+"m")},
		{"GitLab", night, duration(t, find(filepath.Join(ci, "gitlab-ci.yml"), `timeout: (\d+) hours`)+"h")},
		{"systemd", duration(t, find(unit, `--max-runtime (\w+)`)), duration(t, find(unit, `TimeoutStartSec=(\w+)`))},
	} {
		if c.room < c.runtime+toBegin+toStop+20*time.Minute {
			t.Errorf("%s: %v for a night of %v", c.name, c.room, c.runtime)
		}
	}
	if stop := duration(t, find(unit, `TimeoutStopSec=(\w+)`)); stop <= toStop {
		t.Errorf("systemd: %v to finish what is in flight", stop)
	}
}
