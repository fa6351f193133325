package examples_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// scripted is a cluster that testdata/kubectl/kubectl plays, with files that say how it behaves.
type scripted struct {
	shell shell
	dir   string
}

func newScripted(t *testing.T, s shell, files map[string]string) *scripted {
	t.Helper()
	k := &scripted{s, t.TempDir()}
	if err := os.Mkdir(filepath.Join(k.dir, "jobs"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"after": "3", "end": "Complete |", "code": "0", "words": "merged"} {
		k.write(t, name, text)
	}
	for name, text := range files {
		k.write(t, name, text)
	}
	return k
}

func (k *scripted) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(k.dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// run runs the script and gives its exit code and what it said on stdout and stderr.
func (k *scripted) run(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	const itself = `SCRIPT=$$ && export SCRIPT && exec sh "$@"`
	return k.line(t, itself, append([]string{"sh", "kubernetes/run"}, args...)...)
}

// line runs a line of the shell in which the script is started.
func (k *scripted) line(t *testing.T, line string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	fake, err := filepath.Abs("testdata/kubectl")
	if err != nil {
		t.Fatal(err)
	}
	c := k.shell.command("-c", append([]string{line}, args...)...)
	path := fake + string(os.PathListSeparator) + k.shell.path
	temporary := t.TempDir()
	c.Env = []string{"PATH=" + path, "TMPDIR=" + temporary, "CLUSTER=" + k.dir, "POLL=0", "POLLS=6", "PATIENCE=4"}
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	if err := c.Run(); c.ProcessState == nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(temporary + "/*"); len(left) > 0 {
		t.Errorf("it leaves %v", left)
	}
	return c.ProcessState.ExitCode(), out.String(), errs.String()
}

// asked is how many calls were made.
func (k *scripted) asked(t *testing.T) int {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(k.dir, "asked"))
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Count(data, []byte("\n"))
}

// jobs are those that were created for a mode: plan, apply, merge.
func (k *scripted) jobs(t *testing.T, mode string) []string {
	t.Helper()
	var names []string
	files, err := filepath.Glob(filepath.Join(k.dir, "jobs", "makesync-"+mode+"-*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if !strings.HasSuffix(file, ".looks") {
			names = append(names, filepath.Base(file))
		}
	}
	return names
}

// whole checks that a run came to its result, with one job for it.
func (k *scripted) whole(t *testing.T, what string, code int, stdout, stderr string) {
	t.Helper()
	jobs := k.jobs(t, "apply")
	if code != 4 || stdout != "makesync: report: merged\n" || len(jobs) != 1 {
		t.Fatalf("%s: exit %d, jobs %v\n%s%s", what, code, jobs, stdout, stderr)
	}
	merges := k.jobs(t, "merge")
	text, err := os.ReadFile(filepath.Join(k.dir, "jobs", merges[len(merges)-1]))
	reads := strings.Contains(string(text), "subPath: results/"+jobs[0]+",")
	if err != nil || !reads || strings.Contains(string(text), "RUN_NAME") {
		t.Fatalf("%s: the merge of %s: %v\n%s", what, jobs[0], err, text)
	}
}

// TestRunFailsNowhere has each call of a run refused, twice, and done with its answer lost, and the
// script stopped at each call: always one job, and in the end its result. The shells take turns.
func TestRunFailsNowhere(t *testing.T) {
	t.Parallel()
	files := map[string]string{"end": failed + "FailedIndexes: Job has failed indexes", "exits": "p-1 0/4\n", "code": "4"}
	all := shells(t)
	calm := newScripted(t, all[0], files)
	code, stdout, stderr := calm.run(t, "apply")
	calm.whole(t, "calm", code, stdout, stderr)
	calls := calm.asked(t)
	if calls < 15 {
		t.Fatalf("only %d calls", calls)
	}
	for n := 1; n <= calls; n++ {
		for i, fault := range []struct{ how, calls string }{
			{"refuse", fmt.Sprintf("%d\n%d\n", n, n+1)},
			{"lose", fmt.Sprintln(n)},
			{"stop", fmt.Sprintln(n)},
		} {
			s := all[(n+i)%len(all)]
			t.Run(fmt.Sprintf("%s %d %s", fault.how, n, s.name), func(t *testing.T) {
				t.Parallel()
				k := newScripted(t, s, files)
				k.write(t, fault.how, fault.calls)
				code, stdout, stderr := k.run(t, "apply")
				if fault.how == "stop" {
					code, stdout = k.goOn(t, code, stdout, stderr)
				}
				k.whole(t, fault.how, code, stdout, stderr)
			})
		}
	}
}

var attachLine = regexp.MustCompile(`(?m): sh (\S+) attach (makesync-apply-\S+)$`)

// goOn does what the script says that has been stopped.
func (k *scripted) goOn(t *testing.T, code int, stdout, stderr string) (int, string) {
	t.Helper()
	if code != 143 && stdout == "" {
		t.Fatalf("stopped, it ends with %d\n%s", code, stderr)
	}
	again := []string{"apply"}
	if found := attachLine.FindStringSubmatch(stderr); found != nil {
		again = []string{"attach", found[2]}
	} else if len(k.jobs(t, "apply")) > 0 {
		t.Fatalf("stopped, it does not say how to go on\n%s", stderr)
	}
	code, stdout, _ = k.run(t, again...)
	return code, stdout
}

// failed begins the conditions of a job that has.
const failed = "FailureTarget Failed |"

const (
	expired     = "error: You must be logged in to the server (Unauthorized)"
	unreachable = "Error from server: Get \"https://10.0.0.5:10250/containerLogs/x\": dial tcp 10.0.0.5:10250: no route to host"
)

// stopped is what the merge says last, where a shard was.
const stopped = "49 planned, 3 succeeded, 0 failed, 46 skipped, 0 unknown, 0 waiting, 0 held; exit 143 (interrupted)"

// TestRunTells: what the script says and ends with, where not all is well.
func TestRunTells(t *testing.T) {
	t.Parallel()
	all := shells(t) // they take turns
	type files = map[string]string
	for i, c := range []struct {
		name, args string
		code       int
		says       string // on stderr
		jobs       int    // that were created, the merge among them
		files      files
	}{
		{"a good run", "plan", 0, "makesync-plan-", 2, nil},
		{"held", "apply", 5, "p-1 ended with 5", 2,
			files{"end": failed + "FailedIndexes: x", "exits": "p-1 0/5\n", "code": "5"}},
		{"the deadline, apply", "apply", 4, "failed: DeadlineExceeded: Job was active", 2,
			files{"end": failed + "DeadlineExceeded: Job was active longer than specified deadline", "code": "3"}},
		{"the deadline, plan", "plan", 6, "the run itself with 6", 2,
			files{"end": failed + "DeadlineExceeded: x", "code": "3"}},
		{"usage", "apply", 64, "the last words of p-1", 1,
			files{"end": failed + "PodFailurePolicy: Container makesync failed", "exits": "p-1 0/64\np-2 0/143\n"}},
		{"a volume that cannot be written", "apply", 1, "the last words of p-1", 2,
			files{"end": failed + "FailedIndexes: x", "exits": "p-1 0/1\np-2 0/0\n", "code": "3"}},
		{"a volume without locks", "apply", 1, "the last words of p-2, of state", 2,
			files{"end": failed + "FailedIndexes: x", "exits": "p-1 0/0\np-2 1/\np-3 0/\n", "code": "3"}},
		{"an invalid document", "apply", 3, "p-1 ended with 3", 2,
			files{"end": failed + "FailedIndexes: x", "exits": "p-1 0/3\np-2 0/1\n", "code": "3"}},
		{"results that nobody explains", "apply", 3, "is complete", 2,
			files{"code": "3"}},
		{"a merge that is killed", "apply", 1, "has left no result\nthe job has ended; to add up its results again: sh ",
			2, files{"code": "137"}},
		{"a merge that is stopped", "apply", 1, "has left no result", 2, files{"code": "143"}},
		{"the deadline, all results there", "apply", 4, "the merge ended with 143; the run itself with 4", 2,
			files{"end": failed + "DeadlineExceeded: x", "exits": "p-1 0/143\n", "code": "143", "words": stopped}},
		{"the deadline, plan, all results there", "plan", 6, "the merge ended with 143; the run itself with 6", 2,
			files{"end": failed + "DeadlineExceeded: x", "exits": "p-1 0/143\n", "code": "143", "words": stopped}},
		{"pods that somebody stopped", "apply", 4, "p-1 ended with 143", 2,
			files{"end": failed + "FailedIndexes: x", "exits": "p-1 0/143\n", "code": "143", "words": stopped}},
		{"a pod that was replaced", "apply", 1, "p-2 ended with 1:", 2,
			files{"end": failed + "FailedIndexes: x", "exits": "p-1 0/143\np-2 0/1\np-3 0/0\n", "code": "3"}},
		{"no memory", "apply", 1, "p-1 ended with 137:", 2,
			files{"end": failed + "FailedIndexes: x", "exits": "p-1 0/137\n", "code": "3"}},
		{"no image", "apply", 0, "do not run:\n  ErrImagePull: manifest unknown\n", 2,
			files{"pods": "pod ErrImagePull: manifest unknown\npod : \npod ContainerCreating: \n"}},
		{"no secret", "apply", 0, "  CreateContainerConfigError: secret \"makesync-tokens\" not found\n", 2,
			files{"pods": "pod CreateContainerConfigError: secret \"makesync-tokens\" not found\n"}},
		{"no claim", "apply", 0, "  Unschedulable: persistentvolumeclaim", 2,
			files{"pods": "pod Unschedulable: persistentvolumeclaim \"makesync\" not found\n"}},
		{"a volume that does not come", "apply", 0, "do not run:\n  FailedMount: timed out\n", 2,
			files{"events": "JOB-0-abcde FailedMount: timed out\nother FailedMount: not ours\nJOB Failed: x\n"}},
		{"no pods", "apply", 0, "  FailedCreate: exceeded quota\n", 2,
			files{"events": "JOB FailedCreate: exceeded quota\nJOB FailedIndexes: not ours\nJOB2 FailedCreate: not ours\n"}},
		{"suspended", "apply", 0, "  Suspended: by somebody", 2, files{"before": "Suspended |"}},
		{"what no node can run", "apply", 1, "p-1 ended with 128:", 2, files{"exits": "p-1 0/128\np-2 0/0\np-3 0/143\n",
			"end": failed + "FailedIndexes: x", "code": "3", "pods": "pod StartError: exec format error\n"}},
		{"what no node takes", "apply", 3, "  OutOfcpu: Pod was rejected", 2, files{"exits": "p-1 /\n", "after": "1",
			"end": failed + "FailedIndexes: x", "code": "3", "pods": "pod OutOfcpu: Pod was rejected\n"}},
		{"a node that went with its logs", "apply", 5, "p-1 ended with 5:\n  its last words are lost", 2, files{
			"end": failed + "FailedIndexes: x", "exits": "p-1 0/5\n", "code": "5", "deny": "--tail=12 " + unreachable}},
		{"a result that went with its node", "apply", 8, "the job has ended; to add up its results again: sh ", 2,
			files{"deny": "logs " + unreachable}},
		{"a result that went with its pod", "apply", 1, "pods \"x\" not found\nthe job has ended; to add up", 2,
			files{"deny": "logs Error from server (NotFound): pods \"x\" not found"}},
		{"a result that was thrown away", "apply", 1, "containerd://x\n", 2,
			files{"lost": "unable to retrieve container logs for containerd://x"}},
		{"pods of many names", "apply", 0, "-*\" is forbidden\nmakesync-apply-", 2,
			files{"events": "JOB FailedCreate: pods \"JOB-0-abcde\" is forbidden\nJOB FailedCreate: pods \"JOB-15-fghij\" is forbidden\n"}},
		{"beside another", "apply", 8, "a job runs already: makesync-plan-1\nto wait for it: sh ", 0,
			files{"running": "makesync-plan-1 SuccessCriteriaMet\nmakesync-2 Complete\nmakesync-3 FailureTarget\n"}},
		{"beside ended ones", "apply", 0, "is complete", 2,
			files{"running": "makesync-2 SuccessCriteriaMet Complete\nmakesync-3 FailureTarget Failed\n"}},
		{"not allowed", "apply", 7, "creating makesync-apply-", 0,
			files{"deny": "create Forbidden"}},
		{"not allowed to read", "apply", 7, "asking for jobs", 0, files{"deny": "get Forbidden"}},
		{"a token that was refused", "apply", 7, "asking for jobs: " + expired, 0, files{"deny": "get " + expired}},
		{"a token that runs out", "apply", 7, expired + "\nthe job goes on by itself", 1, files{"deny": "job " + expired}},
		{"no context", "apply", 1, "asking for jobs: Error in configuration", 0,
			files{"deny": "get Error in configuration: context was not found for specified context: x"}},
		{"no namespace", "apply", 1, "namespaces \"x\" not found", 0,
			files{"deny": "create Error from server (NotFound): error when creating \"apply.yaml\": namespaces \"x\" not found"}},
		{"not admitted", "apply", 1, "denied the request: no", 0,
			files{"deny": "create Error from server: error when creating \"apply.yaml\": admission webhook \"a.b\" denied the request: no"}},
		{"nobody who admits", "apply", 8, "failed calling webhook", 0,
			files{"deny": "create Error from server (InternalError): Internal error occurred: failed calling webhook \"a.b\""}},
		{"etcd that is away", "apply", 8, "has not answered 4 times: Error from server: etcdserver", 0,
			files{"deny": "get Error from server: etcdserver: request timed out"}},
		{"never ends", "plan", 8, "has not ended in time\nthe job goes on by itself", 1,
			files{"after": "100"}},
		{"a silent API server", "plan", 8, "did you specify the right host or port?\nthe job goes on by itself", 1,
			files{"refuse": "3\n4\n5\n6\n7\n8\n"}},
		{"attach to nothing", "attach job.batch/makesync-1", 1, "nothing to attach to: Error from server (NotFound)", 0, nil},
		{"attach to what is gone", "attach makesync-1", 1, "  sed 's/RUN_NAME/makesync-1/' /", 0, nil},
		{"attach to all", "attach --all", 64, "usage", 0, nil},
		{"attach to a kind", "attach job/", 64, "usage", 0, nil},
		{"no mode", "", 64, "usage", 0, nil},
		{"another mode", "delete", 64, "usage", 0, nil},
		{"attach without a job", "attach", 64, "usage", 0, nil},
	} {
		s := all[i%len(all)]
		t.Run(c.name+", "+s.name, func(t *testing.T) {
			t.Parallel()
			k := newScripted(t, s, c.files)
			code, stdout, stderr := k.run(t, strings.Fields(c.args)...)
			if code != c.code || !strings.Contains(stderr, c.says) {
				t.Errorf("exit %d, want %d and %q:\n%s%s", code, c.code, c.says, stdout, stderr)
			}
			if strings.Count(stderr, "do not run") > 2 || strings.Contains(stderr, "not ours") {
				t.Errorf("it repeats itself:\n%s", stderr)
			}
			if made := len(k.jobs(t, "*")); made != c.jobs {
				t.Errorf("%d jobs, want %d:\n%s", made, c.jobs, stderr)
			}
		})
	}
}

// TestRunLosesItsJob: a job that somebody deletes is not waited for.
func TestRunLosesItsJob(t *testing.T) {
	t.Parallel()
	for _, s := range shells(t) {
		k := newScripted(t, s, map[string]string{"deny": "job NotFound"})
		code, _, stderr := k.run(t, "apply")
		if code != 1 || !strings.Contains(stderr, "(NotFound)") || strings.Contains(stderr, "attach") {
			t.Errorf("%s: exit %d\n%s", s.name, code, stderr)
		}
	}
}

// TestRunWaitsLongEnough: as long as the jobs may take, by what stands in the script and in the
// manifests.
func TestRunWaitsLongEnough(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("kubernetes/run")
	if err != nil {
		t.Fatal(err)
	}
	number := func(name string) int {
		found := regexp.MustCompile(name + `:-(\d+)`).FindSubmatch(text)
		if found == nil {
			t.Fatalf("run has no %s", name)
		}
		n, _ := strconv.Atoi(string(found[1]))
		return n
	}
	for _, name := range []string{"plan.yaml", "apply.yaml", "merge.yaml"} {
		if deadline := int(*job(t, name).Spec.ActiveDeadlineSeconds); number("POLL")*number("POLLS") < deadline+600 {
			t.Errorf("%s may take %d s", name, deadline)
		}
	}
}

// TestDockerfileModes: the container's user may read what is copied, and nobody may write it.
func TestDockerfileModes(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("kubernetes/Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	copies := regexp.MustCompile(`(?m)^(COPY|ADD) .*$`).FindAllString(string(text), -1)
	if len(copies) < 3 {
		t.Fatalf("copies: %q", copies)
	}
	for _, line := range copies {
		if !strings.Contains(line, " --chmod=0555 ") {
			t.Errorf("%s: the mode is that of the machine that builds", line)
		}
	}
}

// TestClean runs what cleans up, on a folder with results of an old and of a new run.
func TestClean(t *testing.T) {
	t.Parallel()
	for _, s := range shells(t) {
		dir := t.TempDir()
		for _, name := range []string{"old", "new"} {
			if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, name, "0.json"), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		touch := exec.Command("touch", "-d", "2020-01-01 00:00:00", filepath.Join(dir, "old"))
		if out, err := touch.CombinedOutput(); err != nil {
			t.Fatalf("%v %s", err, out)
		}
		args := cleaning(t)
		for i, arg := range args {
			args[i] = strings.Replace(arg, "/results", dir, 1)
		}
		c := s.command("-c", append([]string{`exec "$@"`, "sh"}, args...)...)
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v %s", s.name, err, out)
		}
		if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) != 1 || filepath.Base(left[0]) != "new" {
			t.Errorf("%s: it leaves %v", s.name, left)
		}
	}
}
