package examples_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// namespace is one of the cluster in which the page of examples/kubernetes was followed.
type namespace struct {
	name, config string
	dir          string // a copy of the manifests
	zone         *zone
	*place
	plane   *controlPlane
	nodes   *kubelet
	release func() // what midway holds
}

// image is where the manifests' image would be.
const image = "registry.example/makesync-documents@sha256:"

// newNamespace does what the page says up to the first run.
func newNamespace(t *testing.T, nodes *kubelet, name string) *namespace {
	t.Helper()
	k := newCluster(t)
	n := &namespace{
		name: name, zone: k.zone, place: &place{k.documents, k.volume, k.guards}, plane: nodes.plane, nodes: nodes,
		config: nodes.plane.kubeconfig(name), dir: filepath.Join(t.TempDir(), "kubernetes"),
	}
	copyExample(t, kubernetes, n.dir)
	for _, manifest := range []string{"plan.yaml", "apply.yaml", "merge.yaml"} {
		n.edit(t, manifest, image+"DIGEST", image+strings.Repeat("0", 64))
	}
	environment := filepath.Join(t.TempDir(), "environment")
	host := strings.TrimPrefix(n.zone.url, "http://")
	text := "MAKE_API_KEY_TRY=" + n.zone.FirstToken() + "\nMAKESYNC_HOSTS=try=" + host + "\n"
	if err := os.WriteFile(environment, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	n.kubectl(t, "create", "namespace", name)
	n.kubectl(t, "label", "namespace", name, "pod-security.kubernetes.io/enforce=restricted")
	n.kubectl(t, "create", "secret", "generic", "makesync-tokens", "--from-env-file="+environment)
	n.kubectl(t, "apply", "-f", "volume.yaml", "-f", "clean.yaml")
	set := func(place *place) {
		nodes.mu.Lock()
		defer nodes.mu.Unlock()
		nodes.namespaces[name] = place
	}
	set(n.place)
	t.Cleanup(func() { set(nil) })
	return n
}

// edit changes a copied manifest, as its comments say.
func (n *namespace) edit(t *testing.T, file string, pairs ...string) {
	t.Helper()
	path := filepath.Join(n.dir, file)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(pairs); i += 2 {
		if !bytes.Contains(text, []byte(pairs[i])) {
			t.Fatalf("%s holds no %q", file, pairs[i])
		}
		text = bytes.ReplaceAll(text, []byte(pairs[i]), []byte(pairs[i+1]))
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

func (n *namespace) command(name string, args ...string) *exec.Cmd {
	c := exec.Command(name, args...)
	c.Dir = n.dir
	c.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + n.plane.dir, "KUBECONFIG=" + n.config, "POLL=1"}
	return c
}

func (n *namespace) kubectl(t *testing.T, args ...string) string {
	t.Helper()
	out, err := n.command("kubectl", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("kubectl %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	if strings.Contains(string(out), "Warning:") {
		t.Errorf("kubectl %s: %s", strings.Join(args, " "), out)
	}
	return string(out)
}

// script is a run of the script that goes on.
type script struct {
	cmd            *exec.Cmd
	stdout, stderr output
	ended          chan error
}

func (s *script) said() string { return strings.Join(s.stderr.lines(), "") }

// start starts the script.
func (n *namespace) start(t *testing.T, args ...string) *script {
	t.Helper()
	s := &script{cmd: n.command("sh", append([]string{"run"}, args...)...), ended: make(chan error, 1)}
	s.cmd.Stdout, s.cmd.Stderr = &s.stdout, &s.stderr
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { s.ended <- s.cmd.Wait() }()
	return s
}

// wants waits for the end of the script and shows what it printed: exit code, words on stderr or
// stdout.
func (s *script) wants(t *testing.T, code int, words ...string) {
	t.Helper()
	select {
	case <-s.ended:
	case <-time.After(patience):
		t.Fatalf("it does not end:\n%s", s.said())
	}
	stdout := s.stdout.lines()
	last := strings.Join(stdout[max(0, len(stdout)-1):], "")
	t.Logf("exit %d\n%s%s", s.cmd.ProcessState.ExitCode(), s.said(), last)
	if got := s.cmd.ProcessState.ExitCode(); got != code {
		t.Errorf("exit %d, want %d\n%s", got, code, strings.Join(stdout, ""))
	}
	if strings.Contains(s.said(), "the beginning of the result is lost") {
		t.Error("it takes the result for the end of a longer one")
	}
	for _, want := range words {
		if !strings.Contains(s.said()+strings.Join(stdout, ""), want) {
			t.Errorf("it does not say %q", want)
		}
	}
}

// eventually waits until something holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for began := time.Now(); !holds(); time.Sleep(100 * time.Millisecond) {
		if time.Since(began) > patience {
			t.Fatalf("not in time: %s", what)
		}
	}
}

// slowly has each write take its time, so that something can happen meanwhile.
func (n *namespace) slowly(t *testing.T) {
	t.Helper()
	fault, err := parseFault("op=write,kind=delay,delay=700ms")
	if err == nil {
		err = n.zone.AddFault(fault)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// midway starts an apply and waits until the zone has taken some of its writes. It takes no more
// until release, so that however slow the machine is what happens meanwhile happens midway.
func (n *namespace) midway(t *testing.T) *script {
	t.Helper()
	const taken = 4
	n.slowly(t)
	hold := n.zone.Hold(taken+1, false)
	n.release = func() { hold.Release(true) }
	t.Cleanup(n.release)
	s := n.start(t, "apply")
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if _, err := hold.Wait(ctx); err != nil {
		t.Fatalf("not in time: some writes:\n%s", s.said())
	}
	return s
}

// releaseStopping is release, when a pod has been told to stop, which is at work: it finishes what is in flight.
func (n *namespace) releaseStopping(t *testing.T) {
	t.Helper()
	eventually(t, "a pod that is told to stop", func() bool {
		return n.anyPod(func(p *podProcess) bool { return p.stopping && n.works(p) })
	})
	n.release()
}

var jobLine = regexp.MustCompile(`(?m)^job (makesync-\S+)$`)

// job is the one that a run has made.
func (s *script) job(t *testing.T) string {
	t.Helper()
	found := jobLine.FindStringSubmatch(s.said())
	if found == nil {
		t.Fatalf("it names no job:\n%s", s.said())
	}
	return found[1]
}

// anyPod tells whether something holds for a pod of the namespace.
func (n *namespace) anyPod(holds func(*podProcess) bool) bool {
	n.nodes.mu.Lock()
	defer n.nodes.mu.Unlock()
	for _, p := range n.nodes.pods {
		if p.pod.Namespace == n.name && holds(p) {
			return true
		}
	}
	return false
}

// works tells whether a pod is at its writes: it has begun its journal, and has not ended.
func (n *namespace) works(p *podProcess) bool {
	index := p.pod.Annotations["batch.kubernetes.io/job-completion-index"]
	journals, err := filepath.Glob(filepath.Join(n.volume, "state", index, "makesync", "runs", "*.jsonl"))
	return err == nil && len(journals) > 0 && p.applies()
}

// worker is a pod that works, and its node.
func (n *namespace) worker(t *testing.T) (name, node string) {
	t.Helper()
	eventually(t, "a pod that works", func() bool {
		return n.anyPod(func(p *podProcess) bool {
			name, node = p.pod.Name, p.pod.Spec.NodeName
			return n.works(p)
		})
	})
	return name, node
}

// idle tells whether no pod of the namespace runs.
func (n *namespace) idle() bool {
	return !n.anyPod(func(p *podProcess) bool { return p.running != nil })
}

// settled checks that all is as the documents say, and that nothing was written twice.
func (n *namespace) settled(t *testing.T) {
	t.Helper()
	written := map[string]int{}
	for _, w := range n.zone.Log() {
		written[w.Operation+" "+w.Path+" "+string(w.Body)]++
	}
	for what, times := range written {
		if times != 1 {
			t.Errorf("%d times: %s", times, what)
		}
	}
	const calm = 49
	if len(written) < calm {
		t.Errorf("%d writes, a calm run makes at least %d", len(written), calm)
	}
	if err := n.zone.ClearFaults(); err != nil {
		t.Fatal(err)
	}
	again := n.start(t, "apply")
	again.wants(t, 0, "0 planned, 0 succeeded")
	if now := len(n.zone.Log()); now != len(written) {
		t.Errorf("the next run has written %d times", now-len(written))
	}
}

// pasted runs a line that the script has said, as somebody does who pastes it.
func (n *namespace) pasted(t *testing.T, s *script, begins string) string {
	t.Helper()
	for line := range strings.Lines(s.said()) {
		if line := strings.TrimSpace(line); strings.HasPrefix(line, begins) {
			out, err := n.command("sh", "-c", line).CombinedOutput()
			if err != nil {
				t.Fatalf("%s: %v\n%s", line, err, out)
			}
			return string(out)
		}
	}
	t.Fatalf("it says nothing that begins with %q:\n%s", begins, s.said())
	return ""
}

// signal is what is sent to the script.
func (s *script) signal(t *testing.T, signal syscall.Signal) {
	t.Helper()
	if err := s.cmd.Process.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Fatal(err)
	}
}

func labelled(job string) string { return "batch.kubernetes.io/job-name=" + job }
