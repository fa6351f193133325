package examples_test

import (
	"bytes"
	"cmp"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	core "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// kubelet plays the scheduler and the nodes of a control plane: it binds pods, runs their containers
// as processes of this machine with their mounts in folders, stops them, and reports.
type kubelet struct {
	plane *controlPlane
	port  int

	mu         sync.Mutex
	namespaces map[string]*place
	pods       map[types.UID]*podProcess
	lost       map[string]bool      // nodes that are switched off
	hindered   map[string]time.Time // when the API server heard, by namespace, that a pod cannot start
	bound      int
	stopped    bool
}

// place is what the pods of a namespace find.
type place struct {
	documents, volume, guards string
}

// podProcess is a pod that was begun.
type podProcess struct {
	pod            core.Pod
	running        *exec.Cmd
	stopping, over bool
	output         map[string]*output // by container
	began          time.Time
}

// applies tells whether a container that changes something runs right now.
func (p *podProcess) applies() bool {
	return p.running != nil && slices.Contains(p.running.Args, "apply")
}

// output is what a container has said.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(data []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(data)
}

func (o *output) lines() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Collect(strings.Lines(o.text.String()))
}

// startKubelet has nodes, until the test ends.
func startKubelet(t *testing.T, plane *controlPlane, nodes ...string) *kubelet {
	t.Helper()
	k := &kubelet{plane: plane, namespaces: map[string]*place{}, pods: map[types.UID]*podProcess{}, lost: map[string]bool{},
		hindered: map[string]time.Time{}}
	server := httptest.NewTLSServer(http.HandlerFunc(k.logs))
	t.Cleanup(server.Close)
	_, port, _ := net.SplitHostPort(server.Listener.Addr().String())
	k.port, _ = strconv.Atoi(port)
	for _, name := range nodes {
		k.addNode(t, name)
	}
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-done:
				return
			case <-time.After(150 * time.Millisecond):
				k.look()
			}
		}
	}()
	t.Cleanup(func() { close(done); <-ended; k.killAll() })
	return k
}

func (k *kubelet) addNode(t *testing.T, name string) {
	t.Helper()
	node := core.Node{ObjectMeta: meta.ObjectMeta{Name: name}}
	if err := k.plane.call(http.MethodPost, "/api/v1/nodes", asJSON, node, nil); err != nil {
		t.Fatal(err)
	}
	status := map[string]any{"status": core.NodeStatus{
		Addresses:       []core.NodeAddress{{Type: core.NodeInternalIP, Address: "127.0.0.1"}},
		DaemonEndpoints: core.NodeDaemonEndpoints{KubeletEndpoint: core.DaemonEndpoint{Port: int32(k.port)}},
		Conditions:      []core.NodeCondition{{Type: core.NodeReady, Status: core.ConditionTrue}},
	}}
	if err := k.plane.call(http.MethodPatch, "/api/v1/nodes/"+name+"/status", asPatch, status, nil); err != nil {
		t.Fatal(err)
	}
	k.mu.Lock()
	k.lost[name] = false
	k.mu.Unlock()
}

// lose switches a node off: its processes end, and nobody reports anything of it.
func (k *kubelet) lose(node string) (pods []string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.lost[node] = true
	for _, p := range k.pods {
		if p.pod.Spec.NodeName == node && p.running != nil {
			pods = append(pods, p.pod.Name)
			_ = p.running.Process.Kill()
		}
	}
	return pods
}

// logs answers the API server, which asks nodes for what containers have said.
func (k *kubelet) logs(w http.ResponseWriter, r *http.Request) {
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/") // containerLogs/NAMESPACE/POD/CONTAINER
	k.mu.Lock()
	var found *output
	for _, p := range k.pods {
		if len(parts) == 4 && p.pod.Namespace == parts[1] && p.pod.Name == parts[2] {
			found = p.output[parts[3]]
		}
	}
	k.mu.Unlock()
	if found == nil {
		http.NotFound(w, r)
		return
	}
	lines := found.lines()
	if last, err := strconv.Atoi(r.URL.Query().Get("tailLines")); err == nil {
		lines = lines[max(0, len(lines)-last):]
	}
	fmt.Fprint(w, strings.Join(lines, ""))
}

// look does what there is to do. An API server that does not answer is asked again.
func (k *kubelet) look() {
	var pods core.PodList
	if k.plane.call(http.MethodGet, "/api/v1/pods", asJSON, nil, &pods) != nil {
		return
	}
	for _, pod := range pods.Items {
		k.mu.Lock()
		known, lost, at := k.pods[pod.UID], k.lost[pod.Spec.NodeName], k.namespaces[pod.Namespace]
		k.mu.Unlock()
		switch {
		case at == nil || lost:
		case pod.DeletionTimestamp != nil:
			k.stop(&pod, known)
		case pod.Spec.NodeName == "":
			k.schedule(&pod)
		case known == nil && pod.Status.Phase == core.PodPending && k.startable(&pod):
			p := &podProcess{pod: pod, output: map[string]*output{}, began: time.Now()}
			k.mu.Lock()
			k.pods[pod.UID] = p
			k.mu.Unlock()
			go k.runPod(p, at)
		}
	}
}

func podPath(pod *core.Pod) string {
	return "/api/v1/namespaces/" + pod.Namespace + "/pods/" + pod.Name
}

// schedule binds a pod whose claims are there to a node, each in turn.
func (k *kubelet) schedule(pod *core.Pod) {
	for _, volume := range pod.Spec.Volumes {
		claim := volume.PersistentVolumeClaim
		if claim == nil {
			continue
		}
		path := "/api/v1/namespaces/" + pod.Namespace + "/persistentvolumeclaims/" + claim.ClaimName
		if err := k.plane.call(http.MethodGet, path, asJSON, nil, nil); err != nil {
			if strings.Contains(err.Error(), "404") {
				k.hinder(pod, core.PodStatus{Conditions: []core.PodCondition{{
					Type: core.PodScheduled, Status: core.ConditionFalse, Reason: core.PodReasonUnschedulable,
					Message: fmt.Sprintf("persistentvolumeclaim %q not found", claim.ClaimName),
				}}})
			}
			return
		}
	}
	k.mu.Lock()
	var up []string
	for name, lost := range k.lost {
		if !lost {
			up = append(up, name)
		}
	}
	slices.Sort(up)
	node := up[k.bound%len(up)]
	k.bound++
	k.mu.Unlock()
	binding := core.Binding{ObjectMeta: meta.ObjectMeta{Name: pod.Name}, Target: core.ObjectReference{Kind: "Node", Name: node}}
	_ = k.plane.call(http.MethodPost, podPath(pod)+"/binding", asJSON, binding, nil)
}

// startable tells whether image and secrets are there; if not the pod's status says what is missing.
func (k *kubelet) startable(pod *core.Pod) bool {
	c := pod.Spec.Containers[0]
	wait := func(reason, message string) bool {
		waiting := &core.ContainerStateWaiting{Reason: reason, Message: message}
		k.hinder(pod, core.PodStatus{ContainerStatuses: []core.ContainerStatus{
			{Name: c.Name, Image: c.Image, State: core.ContainerState{Waiting: waiting}},
		}})
		return false
	}
	if strings.HasPrefix(c.Image, "missing.example/") {
		return wait("ErrImagePull", fmt.Sprintf("failed to pull %q: not found", c.Image))
	}
	for _, from := range c.EnvFrom {
		path := "/api/v1/namespaces/" + pod.Namespace + "/secrets/" + from.SecretRef.Name
		if err := k.plane.call(http.MethodGet, path, asJSON, nil, nil); err != nil {
			return wait("CreateContainerConfigError", fmt.Sprintf("secret %q not found", from.SecretRef.Name))
		}
	}
	return true
}

func (k *kubelet) report(pod *core.Pod, status core.PodStatus) error {
	return k.plane.call(http.MethodPatch, podPath(pod)+"/status", asPatch, map[string]any{"status": status}, nil)
}

// hinder reports why a pod cannot start.
func (k *kubelet) hinder(pod *core.Pod, status core.PodStatus) {
	heard := k.report(pod, status) == nil
	k.mu.Lock()
	defer k.mu.Unlock()
	if heard && k.hindered[pod.Namespace].IsZero() {
		k.hindered[pod.Namespace] = time.Now()
	}
}

// stop ends a pod that is being deleted, with SIGTERM, and lets the object go when it has ended.
func (k *kubelet) stop(pod *core.Pod, known *podProcess) {
	k.mu.Lock()
	begun, over := known != nil, known != nil && known.over
	if begun && !known.stopping && known.running != nil {
		known.stopping = true
		_ = known.running.Process.Signal(syscall.SIGTERM)
	}
	k.mu.Unlock()
	if begun && !over {
		return
	}
	if !begun && pod.Status.Phase != core.PodFailed && pod.Status.Phase != core.PodSucceeded {
		_ = k.report(pod, core.PodStatus{Phase: core.PodFailed})
	}
	now := int64(0)
	options := meta.DeleteOptions{GracePeriodSeconds: &now, Preconditions: &meta.Preconditions{UID: &pod.UID}}
	_ = k.plane.call(http.MethodDelete, podPath(pod), asJSON, options, nil)
}

// runPod runs the containers, one after the other until one fails, and reports until it is heard.
func (k *kubelet) runPod(p *podProcess, at *place) {
	_ = k.report(&p.pod, core.PodStatus{Phase: core.PodRunning})
	code := 0
	var init, own []core.ContainerStatus
	for _, c := range p.pod.Spec.InitContainers {
		code = k.runContainer(p, c, at)
		init = append(init, terminated(c, code, p.began))
		if code != 0 {
			break
		}
	}
	if code == 0 {
		c := p.pod.Spec.Containers[0]
		code = k.runContainer(p, c, at)
		own = append(own, terminated(c, code, p.began))
	}
	status := core.PodStatus{Phase: core.PodSucceeded, InitContainerStatuses: init, ContainerStatuses: own}
	if code != 0 {
		status.Phase = core.PodFailed
	}
	for !k.heard(p, status) {
		time.Sleep(200 * time.Millisecond)
	}
}

// heard reports the end of a pod; one whose node is lost reports nothing any more.
func (k *kubelet) heard(p *podProcess, status core.PodStatus) bool {
	k.mu.Lock()
	lost := k.lost[p.pod.Spec.NodeName] || k.stopped
	k.mu.Unlock()
	if !lost {
		err := k.report(&p.pod, status)
		if err != nil && !strings.Contains(err.Error(), "404") {
			return false
		}
	}
	k.mu.Lock()
	p.over = true
	k.mu.Unlock()
	return true
}

func terminated(c core.Container, code int, began time.Time) core.ContainerStatus {
	state := &core.ContainerStateTerminated{ExitCode: int32(code), StartedAt: meta.NewTime(began), FinishedAt: meta.Now()}
	if code != 0 {
		state.Reason = "Error"
	}
	return core.ContainerStatus{Name: c.Name, Image: c.Image, State: core.ContainerState{Terminated: state}}
}

// runContainer gives the exit code as a container runtime does.
func (k *kubelet) runContainer(p *podProcess, c core.Container, at *place) int {
	said := &output{}
	cmd, err := k.process(p, c, at)
	if err == nil {
		cmd.Stdout, cmd.Stderr = said, said
		k.mu.Lock()
		p.output[c.Name] = said
		if p.stopping || k.lost[p.pod.Spec.NodeName] {
			k.mu.Unlock()
			return 143
		}
		if err = cmd.Start(); err == nil {
			p.running = cmd
		}
		k.mu.Unlock()
	}
	if err != nil {
		fmt.Fprintln(said, err)
		return 128
	}
	_ = cmd.Wait()
	k.mu.Lock()
	p.running = nil
	k.mu.Unlock()
	if status := cmd.ProcessState.Sys().(syscall.WaitStatus); status.Signaled() {
		return 128 + int(status.Signal())
	}
	return cmd.ProcessState.ExitCode()
}

// process is a container as a process: variables in its environment, paths of mounts and of what
// the image holds in folders.
func (k *kubelet) process(p *podProcess, c core.Container, at *place) (*exec.Cmd, error) {
	environment := map[string]string{"PATH": os.Getenv("PATH")}
	for _, from := range c.EnvFrom {
		var secret core.Secret
		path := "/api/v1/namespaces/" + p.pod.Namespace + "/secrets/" + from.SecretRef.Name
		if err := k.plane.call(http.MethodGet, path, asJSON, nil, &secret); err != nil {
			return nil, err
		}
		for name, value := range secret.Data {
			environment[name] = string(value)
		}
	}
	for _, variable := range c.Env {
		environment[variable.Name] = variable.Value
		if variable.ValueFrom != nil {
			environment[variable.Name] = fieldOf(&p.pod, variable.ValueFrom.FieldRef.FieldPath)
		}
	}
	expand := func(text string) string {
		for name, value := range environment {
			text = strings.ReplaceAll(text, "$("+name+")", value)
		}
		return text
	}
	places := []string{"/documents", at.documents}
	for _, mount := range c.VolumeMounts {
		dir := filepath.Join(at.volume, expand(mount.SubPathExpr+mount.SubPath))
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, err
		}
		places = append(places, mount.MountPath, dir)
	}
	here := strings.NewReplacer(places...)
	var args []string
	for _, arg := range c.Args {
		args = append(args, here.Replace(expand(arg)))
	}
	command := []string{"makesync"}
	for i, word := range c.Command {
		command = append(command[:i], here.Replace(expand(word)))
	}
	cmd := exec.Command("unshare", slices.Concat(ownHost(&p.pod), command, args)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	for name, value := range environment {
		switch name {
		case "XDG_STATE_HOME":
			value = here.Replace(value)
		case "MAKESYNC_GUARDS": // what the ConfigMap is made of
			value = at.guards
		}
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	return cmd, nil
}

// ownHost are the words that give a process the host name of its pod, by which journals are found.
func ownHost(pod *core.Pod) []string {
	words := []string{"--uts", "sh", "-c", `hostname "$0" && exec "$@"`, cmp.Or(pod.Spec.Hostname, pod.Name)}
	if os.Getuid() != 0 {
		words = slices.Insert(words, 0, "--user", "--map-root-user")
	}
	return words
}

// fieldOf is what the downward API gives for the paths that the examples use.
func fieldOf(pod *core.Pod, path string) string {
	if path == "metadata.name" {
		return pod.Name
	}
	kind, key, _ := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(path, "metadata."), "']"), "['")
	if kind == "labels" {
		return pod.Labels[key]
	}
	return pod.Annotations[key]
}

func (k *kubelet) killAll() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.stopped = true
	for _, p := range k.pods {
		if p.running != nil {
			_ = p.running.Process.Kill()
		}
	}
}
