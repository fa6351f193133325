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

	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

const (
	kubernetes = "kubernetes"
	component  = "app.kubernetes.io/component" // by which run tells jobs apart
)

// manifest decodes a manifest strictly: a field that Kubernetes does not have fails the test.
func manifest[T any](t *testing.T, dir, name string) *T {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	object := new(T)
	if err := yaml.UnmarshalStrict(data, object); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return object
}

func job(t *testing.T, name string) *batch.Job {
	t.Helper()
	return manifest[batch.Job](t, kubernetes, name)
}

// cleaning is the command that deletes old results.
func cleaning(t *testing.T) []string {
	t.Helper()
	clean := manifest[batch.CronJob](t, kubernetes, "clean.yaml")
	return clean.Spec.JobTemplate.Spec.Template.Spec.Containers[0].Command
}

// TestKubernetesManifests: what the API server would refuse, and what keeps pods small and harmless.
func TestKubernetesManifests(t *testing.T) {
	t.Parallel()
	claim := manifest[core.PersistentVolumeClaim](t, kubernetes, "volume.yaml")
	if claim.Kind != "PersistentVolumeClaim" || !slices.Contains(claim.Spec.AccessModes, core.ReadWriteMany) {
		t.Errorf("volume.yaml: %+v", claim.Spec.AccessModes)
	}
	clean := manifest[batch.CronJob](t, kubernetes, "clean.yaml")
	schedule(t, strings.Fields(clean.Spec.Schedule))
	harmless(t, &clean.Spec.JobTemplate.Spec.Template.Spec)
	for _, name := range []string{"plan.yaml", "apply.yaml", "merge.yaml"} {
		t.Run(name, func(t *testing.T) {
			job, part := job(t, name), strings.TrimSuffix(name, ".yaml")
			pod := job.Spec.Template.Spec
			for what, ok := range map[string]bool{
				"the kind":   job.Kind == "Job" && job.APIVersion == "batch/v1" && job.GenerateName != "",
				"the labels": job.Labels[component] == part && job.Spec.Template.Labels[component] == part,
				"the volume": pod.Volumes[0].PersistentVolumeClaim.ClaimName == claim.Name,
				"the end":    job.Spec.ActiveDeadlineSeconds != nil && job.Spec.TTLSecondsAfterFinished != nil,
			} {
				if !ok {
					t.Error(what)
				}
			}
			harmless(t, &pod)
			if part != "merge" {
				checkIndexed(t, job)
			}
		})
	}
}

// checkIndexed checks what makes a job one of shards.
func checkIndexed(t *testing.T, job *batch.Job) {
	t.Helper()
	s, c := job.Spec, job.Spec.Template.Spec.Containers[0]
	for what, ok := range map[string]bool{
		"the mode":     *s.CompletionMode == batch.IndexedCompletion,
		"the shards":   slices.Contains(c.Args, fmt.Sprintf("--shard=auto/%d", *s.Completions)),
		"retries":      s.BackoffLimit == nil && *s.BackoffLimitPerIndex > 0,
		"other shards": *s.MaxFailedIndexes == *s.Completions, // the merge wants a result of each
		"tokens":       c.EnvFrom[0].SecretRef != nil,
		"the guards":   hasGuards(&s.Template.Spec),
		"the volume":   looksAtVolume(&job.Spec.Template.Spec),
	} {
		if !ok {
			t.Error(what)
		}
	}
	actions := failureActions(t, &s)
	for _, code := range []int32{3, 4, 5, 7} {
		if actions[code] != batch.PodFailurePolicyActionFailIndex {
			t.Errorf("exit %d is tried again", code)
		}
	}
	if actions[64] != batch.PodFailurePolicyActionFailJob || len(actions) != 5 {
		t.Errorf("actions: %v", actions)
	}
	fitsIn(t, &s, (*s.Completions+*s.Parallelism-1) / *s.Parallelism)
}

// hasGuards: the container reads guards of the cluster, which it cannot write.
func hasGuards(pod *core.PodSpec) bool {
	c := pod.Containers[0]
	return slices.Contains(c.Env, core.EnvVar{Name: "MAKESYNC_GUARDS", Value: "/etc/makesync/guards.yaml"}) &&
		slices.ContainsFunc(c.VolumeMounts, func(m core.VolumeMount) bool {
			return m.Name == "guards" && m.MountPath == "/etc/makesync" && m.ReadOnly
		}) &&
		slices.ContainsFunc(pod.Volumes, func(v core.Volume) bool {
			return v.Name == "guards" && v.ConfigMap != nil && v.ConfigMap.Name == "makesync-guards"
		})
}

// looksAtVolume: before a shard begins, its state folder is found good, without any token.
func looksAtVolume(pod *core.PodSpec) bool {
	const state = "/state"
	first, folders := pod.InitContainers[0], map[string]string{}
	for _, c := range []core.Container{first, pod.Containers[0]} {
		for _, mount := range c.VolumeMounts {
			if mount.MountPath == state {
				folders[mount.SubPathExpr] = c.Name
			}
		}
	}
	return slices.Equal(first.Args, []string{"doctor", "--state"}) && first.EnvFrom == nil && len(folders) == 1 &&
		slices.ContainsFunc(first.Env, func(e core.EnvVar) bool { return e.Name == "XDG_STATE_HOME" && e.Value == state })
}

// cluster plays the pods of a job: it runs the containers' arguments on the built binary, with the
// mounts in folders of this machine.
type cluster struct {
	zone      *zone
	documents string
	volume    string
	guards    string // what the ConfigMap is made of
	run       string // the job's name
}

// pod runs the containers of a pod of a job, one after the other until one fails, and gives the exit
// code and the output of the last.
func (k *cluster) pod(t *testing.T, job *batch.Job, index int) (code int, out string) {
	t.Helper()
	spec := job.Spec.Template.Spec
	for _, c := range slices.Concat(spec.InitContainers, spec.Containers) {
		if code, out = k.container(t, c, index); code != 0 {
			break
		}
	}
	return code, out
}

func (k *cluster) container(t *testing.T, c core.Container, index int) (int, string) {
	t.Helper()
	expand := func(text string) string {
		names := strings.NewReplacer("$(JOB_COMPLETION_INDEX)", fmt.Sprint(index), "$(RUN)", k.run, "RUN_NAME", k.run)
		return names.Replace(text)
	}
	places := []string{"/documents", k.documents}
	for _, mount := range c.VolumeMounts {
		dir := filepath.Join(k.volume, expand(mount.SubPathExpr+mount.SubPath))
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		places = append(places, mount.MountPath, dir)
	}
	here := strings.NewReplacer(places...)
	var args []string
	for _, arg := range c.Args {
		args = append(args, here.Replace(expand(arg)))
	}
	cmd := exec.Command("makesync", args...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), fmt.Sprintf("JOB_COMPLETION_INDEX=%d", index),
		"MAKE_API_KEY_TRY=" + k.zone.FirstToken(), "MAKESYNC_HOSTS=try=" + strings.TrimPrefix(k.zone.url, "http://")}
	for _, variable := range c.Env {
		switch {
		case variable.Name == "MAKESYNC_GUARDS": // what the ConfigMap is made of
			cmd.Env = append(cmd.Env, variable.Name+"="+k.guards)
		case variable.Value != "":
			cmd.Env = append(cmd.Env, variable.Name+"="+here.Replace(variable.Value))
		}
	}
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}

// all runs every pod of an indexed job.
func (k *cluster) all(t *testing.T, job *batch.Job) {
	t.Helper()
	for index := range int(*job.Spec.Completions) {
		if code, out := k.pod(t, job, index); code != 0 {
			t.Fatalf("pod %d ended with %d:\n%s", index, code, out)
		}
	}
}

// newCluster has the agency's documents at its zone.
func newCluster(t *testing.T) *cluster {
	t.Helper()
	k := &cluster{zone: newZone(t, "agency"), documents: filepath.Join(t.TempDir(), "documents"), volume: t.TempDir()}
	copyExample(t, "agency", k.documents)
	file := filepath.Join(k.documents, "makesync.yaml")
	atZone(t, file, k.zone)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	wider := strings.Replace(string(text), "guards:", "guards:\n  maxDeletesPerRun: {variable: 100}", 1)
	if err := os.WriteFile(file, []byte(wider), 0o600); err != nil {
		t.Fatal(err)
	}
	if text, err = os.ReadFile(filepath.Join(cron, "guards.yaml")); err != nil {
		t.Fatal(err)
	}
	k.guards = filepath.Join(t.TempDir(), "guards.yaml")
	wider = strings.Replace(string(text), "maxDeletesPerRun: {variable: 25,", "maxDeletesPerRun: {variable: 100,", 1)
	if err := os.WriteFile(k.guards, []byte(wider), 0o600); err != nil {
		t.Fatal(err)
	}
	return k
}

// TestKubernetesRun applies with the manifests as they stand: plan, apply, merge, and a run of
// which a pod is missing.
func TestKubernetesRun(t *testing.T) {
	t.Parallel()
	k := newCluster(t)
	plan, apply, merge := job(t, "plan.yaml"), job(t, "apply.yaml"), job(t, "merge.yaml")
	k.run = "makesync-plan-1"
	k.all(t, plan)
	expectMerge(t, k, merge, 0, "49 to change")
	k.run = "makesync-apply-1"
	if code, out := k.pod(t, apply, 0); code != 0 {
		t.Fatalf("pod 0 ended with %d:\n%s", code, out)
	}
	expectMerge(t, k, merge, 3, "shards are missing, 15 of 16")
	k.all(t, apply)
	expectMerge(t, k, merge, 0, "0 failed")
	k.run = "makesync-apply-2"
	k.all(t, apply)
	expectMerge(t, k, merge, 0, "0 planned")
	k.run = "makesync-plan-2"
	k.all(t, plan)
	expectMerge(t, k, merge, 0, "0 to change, 10 waiting, 0 held")
}

// beginning fits what `run` takes for the beginning of a result.
func beginning(t *testing.T) *regexp.Regexp {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(kubernetes, "run"))
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`head -n 1 .*grep -q -E '(.*)'`).FindSubmatch(text)
	if found == nil {
		t.Fatal("run does not look at the beginning of a result")
	}
	return regexp.MustCompile(string(found[1]))
}

func expectMerge(t *testing.T, k *cluster, merge *batch.Job, code int, words string) {
	t.Helper()
	got, out := k.pod(t, merge, 0)
	if got != code || !strings.Contains(out, words) {
		t.Errorf("the merge of %s ended with %d, want %d and %q:\n%s", k.run, got, code, words, out)
	}
	if code == 0 && !beginning(t).MatchString(out) {
		t.Errorf("run takes the merge of %s for the end of a longer one:\n%s", k.run, out)
	}
}

// atZone has a document of an example, which embeds a simulated zone, speak of a zone that serves.
func atZone(t *testing.T, file string, z *zone) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	const embedded = "{sandbox: {seed: seed.json, state: .makesync/try.json}}"
	if !strings.Contains(string(text), embedded) {
		t.Fatalf("%s has no zone %s", file, embedded)
	}
	changed := strings.Replace(string(text), embedded, `{url: "`+z.url+`"}`, 1)
	if err := os.WriteFile(file, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
}
