package examples_test

import (
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	policy "k8s.io/api/policy/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"

	"makesync/sync/sandbox"
)

var parseFault = sandbox.ParseFault

// TestControlPlane follows the page of examples/kubernetes on a real control plane, and lets happen
// what happens to pods, jobs, nodes and API servers. Whatever it is: no write is made twice, and in
// the end all is as the documents say. With -v it shows what `run` printed each time.
func TestControlPlane(t *testing.T) {
	t.Parallel()
	nodes := startKubelet(t, newControlPlane(t), "one", "two")
	t.Run("beside each other", func(t *testing.T) {
		for _, c := range []struct {
			name string
			try  func(*testing.T, *namespace)
		}{
			{"calm", tryCalm},
			{"kill", tryKill},
			{"eviction", tryEviction},
			{"deletion", tryDeletion},
			{"suspend", trySuspend},
			{"two-jobs", tryTwoJobs},
			{"fewer-shards", tryFewerShards},
			{"stopped", tryStopped},
			{"no-image", tryNoImage},
			{"no-secret", tryNoSecret},
			{"no-claim", tryNoClaim},
			{"bad-volume", tryBadVolume},
			{"deadline", tryDeadline},
			{"out-of-time", tryOutOfTime},
			{"usage", tryUsage},
			{"not-admitted", tryNotAdmitted},
			{"refused", tryRefused},
			{"nights", tryNights},
		} {
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				c.try(t, newNamespace(t, nodes, c.name))
			})
		}
	})
	t.Run("lost node", func(t *testing.T) { tryLostNode(t, newNamespace(t, nodes, "lost-node")) })
	t.Run("restarted API server", func(t *testing.T) { tryRestart(t, newNamespace(t, nodes, "restarted")) })
}

const allDone = "49 planned, 49 succeeded, 0 failed, 0 skipped, 0 unknown"

func tryCalm(t *testing.T, n *namespace) {
	n.start(t, "plan").wants(t, 0, "is complete", "49 to change")
	if written := len(n.zone.Log()); written > 0 {
		t.Errorf("plan has written %d times", written)
	}
	n.start(t, "apply").wants(t, 0, "is complete", allDone)
	n.settled(t)
}

func tryKill(t *testing.T, n *namespace) {
	s := n.midway(t)
	eventually(t, "a pod that was killed, as a lack of memory does", func() bool {
		return n.anyPod(func(p *podProcess) bool { return n.works(p) && p.running.Process.Kill() == nil })
	})
	n.release()
	s.wants(t, 0, "is complete", allDone)
	n.settled(t)
}

func tryEviction(t *testing.T, n *namespace) {
	s := n.midway(t)
	name, _ := n.worker(t)
	eviction := policy.Eviction{ObjectMeta: meta.ObjectMeta{Name: name, Namespace: n.name}}
	path := "/api/v1/namespaces/" + n.name + "/pods/" + name + "/eviction"
	if err := n.plane.call(http.MethodPost, path, asJSON, eviction, nil); err != nil {
		t.Error(err)
	}
	n.releaseStopping(t)
	s.wants(t, 0, "is complete", allDone)
	n.settled(t)
}

func tryDeletion(t *testing.T, n *namespace) {
	s := n.midway(t)
	name, _ := n.worker(t)
	n.kubectl(t, "delete", "pod", name, "--wait=false")
	n.releaseStopping(t)
	s.wants(t, 0, "is complete", allDone)
	n.settled(t)
}

func trySuspend(t *testing.T, n *namespace) {
	s := n.midway(t)
	job := s.job(t)
	n.kubectl(t, "patch", "job", job, "--patch", `{"spec": {"suspend": true}}`)
	n.releaseStopping(t)
	eventually(t, "the end of all pods", func() bool { return n.idle() })
	before := len(n.zone.Log())
	time.Sleep(2 * time.Second)
	if now := len(n.zone.Log()); now != before {
		t.Errorf("a suspended job has written %d times", now-before)
	}
	n.kubectl(t, "patch", "job", job, "--patch", `{"spec": {"suspend": false}}`)
	s.wants(t, 0, "Suspended: by somebody", "is complete", allDone)
	n.settled(t)
}

// tryTwoJobs: the script makes no second job; one that somebody makes by hand waits for the shards
// of the first.
func tryTwoJobs(t *testing.T, n *namespace) {
	s := n.midway(t)
	n.start(t, "apply").wants(t, 8, "a job runs already: "+s.job(t), "attach "+s.job(t))
	made := strings.Fields(n.kubectl(t, "create", "-f", "apply.yaml"))[0]
	eventually(t, "a pod of the second job", func() bool {
		return n.anyPod(func(p *podProcess) bool { return p.applies() && !strings.HasPrefix(p.pod.Name, s.job(t)) })
	})
	n.release()
	s.wants(t, 0, "is complete", allDone)
	n.kubectl(t, "wait", "--for=condition=Complete", "--timeout=600s", made)
	n.settled(t)
}

// tryFewerShards: a run of 16 shards is taken away in the middle, and what it has done can be seen;
// the next one has 8.
func tryFewerShards(t *testing.T, n *namespace) {
	s := n.midway(t)
	job := s.job(t)
	n.kubectl(t, "delete", "job", job, "--cascade=foreground", "--wait=false")
	n.releaseStopping(t)
	s.wants(t, 1, "asking for "+job)
	said := n.pasted(t, s, "sed ")
	made := strings.Fields(said)[0]
	eventually(t, "the end of "+made, func() bool {
		return n.kubectl(t, "get", made, "-o", `jsonpath={.status.conditions[?(@.type=="Failed")].status}`) == "True"
	})
	if said := n.kubectl(t, "logs", made); !strings.Contains(said, "shards are missing") {
		t.Errorf("what the run has left:\n%s", said)
	}
	n.edit(t, "apply.yaml", "completions: 16", "completions: 8", "--shard=auto/16", "--shard=auto/8")
	n.edit(t, "apply.yaml", "maxFailedIndexes: 16", "maxFailedIndexes: 8")
	n.start(t, "apply").wants(t, 0, "is complete", "0 failed, 0 skipped, 0 unknown")
	n.settled(t)
}

// tryStopped: the script is stopped and attached to the job again, by two people at once.
func tryStopped(t *testing.T, n *namespace) {
	s := n.midway(t)
	s.signal(t, syscall.SIGTERM)
	s.wants(t, 143, "the job goes on by itself", "attach "+s.job(t))
	n.release()
	first, second := n.start(t, "attach", s.job(t)), n.start(t, "attach", "job.batch/"+s.job(t))
	first.wants(t, 0, "is complete", allDone)
	second.wants(t, 0, "is complete", allDone)
	n.settled(t)
}

// cannotStart expects the reason within a minute of when the API server knows it.
func (n *namespace) cannotStart(t *testing.T, reason string) *script {
	t.Helper()
	s := n.start(t, "apply")
	eventually(t, reason, func() bool { return strings.Contains(s.said(), reason) })
	n.nodes.mu.Lock()
	defer n.nodes.mu.Unlock()
	if took := time.Since(n.nodes.hindered[n.name]); took > time.Minute {
		t.Errorf("it tells the reason after %v", took)
	}
	return s
}

func tryNoImage(t *testing.T, n *namespace) {
	n.edit(t, "apply.yaml", "registry.example/", "missing.example/")
	s := n.cannotStart(t, "ErrImagePull: failed to pull")
	s.signal(t, syscall.SIGTERM)
	s.wants(t, 143, "attach "+s.job(t))
	n.kubectl(t, "delete", "job", s.job(t))
}

func tryNoSecret(t *testing.T, n *namespace) {
	if signal.Ignored(syscall.SIGINT) {
		t.Skip("CANNOT CHECK HERE: whoever runs the tests ignores SIGINT, and so does the script")
	}
	n.kubectl(t, "delete", "secret", "makesync-tokens")
	s := n.cannotStart(t, `CreateContainerConfigError: secret "makesync-tokens" not found`)
	s.signal(t, syscall.SIGINT)
	s.wants(t, 130, "attach "+s.job(t))
}

// tryNoClaim: the pods start when what they lack is there.
func tryNoClaim(t *testing.T, n *namespace) {
	n.kubectl(t, "delete", "-f", "volume.yaml", "--wait=false")
	n.kubectl(t, "patch", "pvc", "makesync", "--patch", `{"metadata": {"finalizers": null}}`)
	s := n.cannotStart(t, `Unschedulable: persistentvolumeclaim "makesync" not found`)
	n.kubectl(t, "apply", "-f", "volume.yaml")
	s.wants(t, 0, "is complete", allDone)
	n.settled(t)
}

// tryBadVolume: the state folder of a shard cannot be made.
func tryBadVolume(t *testing.T, n *namespace) {
	for index := range 16 {
		state := filepath.Join(n.volume, "state", string("0123456789abcdef"[index]))
		if index >= 10 {
			state = filepath.Join(n.volume, "state", "1"+string("0123456789"[index-10]))
		}
		if err := os.MkdirAll(state, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(state, "makesync"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	n.start(t, "apply").wants(t, 1, "ended with 1:", "the state folder cannot be written", "the run itself with 1")
	if written := len(n.zone.Log()); written > 0 {
		t.Errorf("without a state folder it has written %d times", written)
	}
}

func tryDeadline(t *testing.T, n *namespace) {
	n.slowly(t)
	n.edit(t, "apply.yaml", "activeDeadlineSeconds: 24000", "activeDeadlineSeconds: 6")
	n.start(t, "apply").wants(t, 4, "DeadlineExceeded")
	n.edit(t, "apply.yaml", "activeDeadlineSeconds: 6", "activeDeadlineSeconds: 24000")
	n.start(t, "apply").wants(t, 0, "is complete")
	n.settled(t)
}

// tryOutOfTime: a shard that --max-runtime has stopped is not tried again; the next run goes on.
func tryOutOfTime(t *testing.T, n *namespace) {
	n.slowly(t)
	n.edit(t, "apply.yaml", "--max-runtime=1h", "--max-runtime=1s")
	s := n.start(t, "apply")
	s.wants(t, 4, "ended with 4:", "0 failed")
	const shards = 16
	if pods := strings.Fields(n.kubectl(t, "get", "pods", "-l", labelled(s.job(t)), "-o", "name")); len(pods) != shards {
		t.Errorf("%d pods of %d shards", len(pods), shards)
	}
	n.edit(t, "apply.yaml", "--max-runtime=1s", "--max-runtime=1h")
	n.start(t, "apply").wants(t, 0, "is complete")
	n.settled(t)
}

func tryUsage(t *testing.T, n *namespace) {
	n.edit(t, "apply.yaml", "- --yes", "- --yess")
	n.start(t, "apply").wants(t, 64, "ended with 64:", "--yess")
}

// tryNotAdmitted: the namespace takes pods without privileges alone.
func tryNotAdmitted(t *testing.T, n *namespace) {
	n.edit(t, "apply.yaml", "allowPrivilegeEscalation: false", "allowPrivilegeEscalation: true")
	s := n.start(t, "apply")
	eventually(t, "the reason", func() bool { return strings.Contains(s.said(), "violates PodSecurity") })
	s.signal(t, syscall.SIGTERM)
	s.wants(t, 143, "do not run:\n  FailedCreate: Error creating: pods \""+s.job(t)+"-*\" is forbidden", "attach "+s.job(t))
	n.kubectl(t, "delete", "job", s.job(t))
}

// tryRefused: whom the cluster does not know, and a namespace that is not there, are told at once.
func tryRefused(t *testing.T, n *namespace) {
	config, err := os.ReadFile(n.config)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		what, other string
		code        int
		says        string
	}{
		{clusterToken, "expired", 7, "asking for jobs: error: You must be logged in"},
		{`"namespace": "` + n.name, `"namespace": "absent`, 1, `namespaces "absent" not found`},
	} {
		other := strings.ReplaceAll(string(config), c.what, c.other)
		if err := os.WriteFile(n.config, []byte(other), 0o600); err != nil {
			t.Fatal(err)
		}
		n.start(t, "apply").wants(t, c.code, c.says)
	}
	if written := len(n.zone.Log()); written > 0 {
		t.Errorf("it has written %d times", written)
	}
}

// tryNights: the jobs of cron jobs, made by hand as the pages say: a night, and what cleans up.
func tryNights(t *testing.T, n *namespace) {
	night := filepath.Join(n.dir, "cronjob.yaml")
	text, err := os.ReadFile(filepath.Join(cron, "cronjob.yaml"))
	if err == nil {
		err = os.WriteFile(night, text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	volume, err := filepath.Abs(filepath.Join(cron, "volume.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	n.edit(t, "cronjob.yaml", image+"DIGEST", image+strings.Repeat("0", 64))
	n.kubectl(t, "apply", "-f", volume, "-f", "cronjob.yaml")
	n.kubectl(t, "create", "job", "makesync-first", "--from=cronjob/makesync")
	n.kubectl(t, "wait", "--for=condition=Complete", "--timeout=600s", "job/makesync-first")
	said := n.kubectl(t, "logs", "job/makesync-first", "--container", "makesync")
	if !strings.Contains(said, allDone) {
		t.Errorf("the first night:\n%s", said)
	}
	old := filepath.Join(n.volume, "results", "old")
	if err := os.MkdirAll(old, 0o700); err != nil {
		t.Fatal(err)
	}
	long := time.Now().AddDate(0, -2, 0)
	if err := os.Chtimes(old, long, long); err != nil {
		t.Fatal(err)
	}
	n.kubectl(t, "create", "job", "clean", "--from=cronjob/makesync-clean")
	n.kubectl(t, "wait", "--for=condition=Complete", "--timeout=600s", "job/clean")
	if _, err := os.Stat(old); err == nil {
		t.Error("results of an old run are still there")
	}
}

// tryLostNode: a node is switched off, and nothing of it is done elsewhere while its object stays.
func tryLostNode(t *testing.T, n *namespace) {
	s := n.midway(t)
	_, node := n.worker(t)
	lost := n.nodes.lose(node)
	if len(lost) == 0 {
		t.Fatal("nothing ran on the node")
	}
	n.release()
	time.Sleep(5 * time.Second)
	job := s.job(t)
	for _, name := range lost {
		index := strings.TrimPrefix(name, job+"-")
		index, _, _ = strings.Cut(index, "-")
		of := n.kubectl(t, "get", "pods", "-l", labelled(job)+",batch.kubernetes.io/job-completion-index="+index, "--no-headers")
		if strings.Count(of, "\n") != 1 {
			t.Errorf("shard %s has another pod while its node may be at work:\n%s", index, of)
		}
	}
	n.kubectl(t, "delete", "node", node)
	s.wants(t, 0, "is complete", allDone)
	n.settled(t)
}

func tryRestart(t *testing.T, n *namespace) {
	s := n.midway(t)
	n.release()
	n.plane.restartAPI(t, 4*time.Second)
	s.wants(t, 0, "asking again", "is complete", allDone)
	n.settled(t)
}
