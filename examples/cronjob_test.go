package examples_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
)

// TestCronJob decodes the manifests strictly and runs the container's command with the mounts in
// folders.
func TestCronJob(t *testing.T) {
	t.Parallel()
	claim := manifest[core.PersistentVolumeClaim](t, cron, "volume.yaml")
	for _, name := range []string{"cronjob.yaml", "cronjob-git.yaml"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			job := manifest[batch.CronJob](t, cron, name)
			checkCronJob(t, job, claim.Name)
			if inits := job.Spec.JobTemplate.Spec.Template.Spec.InitContainers; name == "cronjob-git.yaml" {
				checkCheckout(t, inits)
			} else if len(inits) > 0 {
				t.Errorf("init containers: %v", inits)
			}
			runCronJob(t, job.Spec.JobTemplate.Spec.Template.Spec.Containers[0])
		})
	}
}

func checkCronJob(t *testing.T, job *batch.CronJob, claim string) {
	t.Helper()
	schedule(t, strings.Fields(job.Spec.Schedule))
	run := job.Spec.JobTemplate.Spec
	pod := run.Template.Spec
	c := pod.Containers[0]
	state := pod.Volumes[len(pod.Volumes)-1]
	mount := c.VolumeMounts[len(c.VolumeMounts)-1]
	late := *job.Spec.StartingDeadlineSeconds
	for what, ok := range map[string]bool{
		"the kind":      job.Kind == "CronJob" && job.APIVersion == "batch/v1" && job.Name == "makesync",
		"the time zone": *job.Spec.TimeZone == "Etc/UTC",
		"one at a time": job.Spec.ConcurrencyPolicy == batch.ForbidConcurrent,
		"a late start":  late >= 100, // the controller looks every 10 s, and gives up below
		"a night a day": late+*run.ActiveDeadlineSeconds < 24*3600,
		"retries":       *run.BackoffLimit > 0,
		"tokens":        c.EnvFrom[0].SecretRef.Name == "makesync-tokens",
		"the guards": slices.Contains(c.Env, core.EnvVar{Name: "MAKESYNC_GUARDS", Value: "/etc/makesync/guards.yaml"}) &&
			c.VolumeMounts[len(c.VolumeMounts)-2].MountPath == "/etc/makesync" &&
			pod.Volumes[len(pod.Volumes)-2].ConfigMap.Name == "makesync-guards",
		"no token here": !strings.Contains(fmt.Sprint(c.Env, c.Args), "KEY"),
		"a held night":  slices.Contains(c.Args, "--held-exit=0"), // notified and measured, as elsewhere
		"the claim":     state.PersistentVolumeClaim.ClaimName == claim,
		"the state":     mount.Name == state.Name && mount.MountPath == "/state" && !mount.ReadOnly,
	} {
		if !ok {
			t.Error(what)
		}
	}
	actions := failureActions(t, &run)
	for _, code := range []int32{3, 4, 5, 7, 64} {
		if actions[code] != batch.PodFailurePolicyActionFailJob || len(actions) != 5 {
			t.Errorf("exit %d: %v", code, actions)
		}
	}
	harmless(t, &pod)
	fitsIn(t, &run, 1)
}

// checkCheckout: the container that fetches the documents gets no token of Make, and just one
// commit of just this repository.
func checkCheckout(t *testing.T, inits []core.Container) {
	t.Helper()
	if len(inits) != 1 || len(inits[0].EnvFrom) > 0 || len(inits[0].Env) > 0 {
		t.Fatalf("init containers: %+v", inits)
	}
	var ref string
	for _, arg := range inits[0].Args {
		if value, is := strings.CutPrefix(arg, "--ref="); is {
			ref = value
		}
	}
	if len(ref) != 40 || strings.Trim(ref, "0123456789abcdef") != "" {
		t.Errorf("--ref=%s is no commit", ref)
	}
	for _, want := range []string{
		"--one-time", "--submodules=off", "--ssh-known-hosts-file=/key/known_hosts", "--link=/git/current",
	} {
		if !slices.Contains(inits[0].Args, want) {
			t.Errorf("%s is missing: %q", want, inits[0].Args)
		}
	}
}

// runCronJob runs the container twice; the second night remembers the first. The documents lie in a
// folder of the documents' folder, where --file names: in the image, or behind the link that
// git-sync makes to its work tree.
func runCronJob(t *testing.T, c core.Container) {
	t.Helper()
	m := newMachine(t)
	state, tree := filepath.Join(m.root, "state"), filepath.Join(m.root, "git/root/.worktrees/0000")
	for _, dir := range []string{filepath.Join(tree, "documents/clients"), state} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	document := filepath.Join(tree, "documents/clients/acme.yaml")
	if err := os.Rename(filepath.Join(m.root, "etc/makesync/documents/makesync.yaml"), document); err != nil {
		t.Fatal(err)
	}
	links := map[string]string{"git/current": "root/.worktrees/0000", "documents": "git/current/documents"}
	for link, to := range links {
		if err := os.Symlink(to, filepath.Join(m.root, link)); err != nil {
			t.Fatal(err)
		}
	}
	here := strings.NewReplacer(
		"=/documents", "="+m.root+"/documents",
		"=/git", "="+m.root+"/git",
		"=/state", "="+state,
		"=/etc/makesync", "="+filepath.Join(m.root, "etc/makesync"),
	)
	variables := []string{"MAKE_API_KEY=" + m.zone.FirstToken(), "MAKESYNC_HOSTS=" + strings.TrimPrefix(m.zone.url, "http://")}
	for _, variable := range c.Env {
		variables = append(variables, here.Replace(variable.Name+"="+variable.Value))
	}
	// The first pod cannot tell who changed what, and holds it; the second lets it through, as by hand.
	for night, want := range []string{"0 planned, 0 succeeded, 0 failed, 0 skipped, 0 unknown, 0 waiting, 1 held",
		"1 planned, 1 succeeded", "0 planned, 0 succeeded"} {
		var args []string
		for _, arg := range c.Args {
			args = append(args, here.Replace(arg))
		}
		if night == 1 {
			args = append(args, "--allow=revert:drift@*")
		}
		cmd := exec.Command("makesync", args...)
		cmd.Env = variables
		if code, out := result(t, cmd); code != 0 || !strings.Contains(out, want) {
			t.Errorf("night %d ended with %d, want %q:\n%s", night, code, want, out)
		}
	}
	runs, err := filepath.Glob(filepath.Join(state, "makesync/runs/*.jsonl"))
	if err != nil || len(runs) != 1 {
		t.Errorf("the volume holds the journals %v, %v", runs, err)
	}
	if base, err := filepath.Glob(filepath.Join(state, "base/*.json")); err != nil || len(base) != 1 {
		t.Errorf("the volume holds the snapshots %v, %v", base, err)
	}
}
