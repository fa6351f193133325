package examples_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// apiServer answers what kubectl asks on behalf of kubernetes/run: a cluster in which the second
// pod of every job of makesync fails with exit code 1, since its volume cannot be written, and a
// merge with 3.
type apiServer struct {
	mu    sync.Mutex
	jobs  map[string]*batch.Job
	looks map[string]int
	asked []string
}

func (a *apiServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	a.asked = append(a.asked, r.Method+" "+r.URL.String())
	_, path, _ := strings.Cut(r.URL.Path, "v1/namespaces/default")
	name := filepath.Base(path)
	switch {
	case r.URL.Path == "/api":
		answer(w, meta.APIVersions{TypeMeta: meta.TypeMeta{Kind: "APIVersions"}, Versions: []string{"v1"}})
	case r.URL.Path == "/apis":
		version := meta.GroupVersionForDiscovery{GroupVersion: "batch/v1", Version: "v1"}
		answer(w, meta.APIGroupList{TypeMeta: meta.TypeMeta{Kind: "APIGroupList", APIVersion: "v1"},
			Groups: []meta.APIGroup{
				{Name: "batch", Versions: []meta.GroupVersionForDiscovery{version}, PreferredVersion: version},
			}})
	case r.URL.Path == "/api/v1":
		answer(w, resources("v1", "Pod", "pods", "Event", "events"))
	case r.URL.Path == "/apis/batch/v1":
		answer(w, resources("batch/v1", "Job", "jobs"))
	case r.URL.Path == "/openapi/v3":
		fmt.Fprint(w, `{"paths": {"apis/batch/v1": {"serverRelativeURL": "/openapi/v3/apis/batch/v1"}}}`)
	case r.URL.Path == "/openapi/v3/apis/batch/v1":
		fmt.Fprint(w, fieldValidation)
	case path == "/jobs" && r.Method == http.MethodPost:
		a.create(w, r)
	case path == "/jobs":
		list := batch.JobList{TypeMeta: meta.TypeMeta{Kind: "JobList", APIVersion: "batch/v1"}}
		for _, job := range a.jobs {
			list.Items = append(list.Items, *job)
		}
		answer(w, list)
	case path == "/jobs/"+name && a.jobs[name] != nil:
		if a.looks[name]++; a.looks[name] > 2 {
			a.end(a.jobs[name])
		}
		answer(w, a.jobs[name])
	case path == "/pods":
		answer(w, a.pods(r.URL.Query().Get("labelSelector")))
	case strings.HasPrefix(path, "/pods/") && name == "log":
		fmt.Fprintf(w, "the last words of %s\n", strings.Split(path, "/")[2])
	case strings.HasPrefix(path, "/pods/"):
		answer(w, pod(name, 1))
	case path == "/events":
		answer(w, core.EventList{TypeMeta: meta.TypeMeta{Kind: "EventList", APIVersion: "v1"}, Items: a.events()})
	default:
		w.WriteHeader(http.StatusNotFound)
		answer(w, meta.Status{TypeMeta: meta.TypeMeta{Kind: "Status", APIVersion: "v1"}, Status: meta.StatusFailure,
			Reason: meta.StatusReasonNotFound, Message: path + " not found", Code: http.StatusNotFound})
	}
}

// fieldValidation says that the server itself refuses unknown fields; kubectl looks for that before
// it creates something.
const fieldValidation = `{"openapi": "3.0.0", "info": {"title": "Kubernetes", "version": "v1"},
"paths": {"/apis/batch/v1/namespaces/{namespace}/jobs/{name}": {
"patch": {"x-kubernetes-group-version-kind": {"group": "batch", "version": "v1", "kind": "Job"}, "responses": {},
"parameters": [{"name": "fieldValidation", "in": "query", "schema": {"type": "string"}}]}}}}`

func answer(w io.Writer, object any) {
	_ = json.NewEncoder(w).Encode(object)
}

func resources(group string, names ...string) meta.APIResourceList {
	list := meta.APIResourceList{GroupVersion: group}
	list.Kind, list.APIVersion = "APIResourceList", "v1"
	for i := 0; i < len(names); i += 2 {
		list.APIResources = append(list.APIResources, meta.APIResource{Kind: names[i], Name: names[i+1],
			SingularName: strings.ToLower(names[i]), Namespaced: true, Verbs: meta.Verbs{"get", "list", "create"}})
	}
	return list
}

func (a *apiServer) create(w http.ResponseWriter, r *http.Request) {
	job := new(batch.Job)
	if err := json.NewDecoder(r.Body).Decode(job); err != nil || job.Name == "" {
		http.Error(w, fmt.Sprint(err), http.StatusBadRequest)
		return
	}
	job.Namespace = "default"
	job.Spec.Selector = &meta.LabelSelector{MatchLabels: map[string]string{"batch.kubernetes.io/job-name": job.Name}}
	a.jobs[job.Name] = job
	w.WriteHeader(http.StatusCreated)
	answer(w, job)
}

// made is how many jobs were created.
func (a *apiServer) made() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.jobs)
}

// log is what was asked. A kubectl that was ended may still be asking.
func (a *apiServer) log() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return strings.Join(a.asked, "\n")
}

// end gives a job the conditions that Kubernetes gives it.
func (a *apiServer) end(job *batch.Job) {
	const yes, reason, message = core.ConditionTrue, "FailedIndexes", "Job has failed indexes"
	job.Status.Conditions = []batch.JobCondition{
		{Type: batch.JobSuspended, Status: core.ConditionFalse, Reason: "JobResumed"},
		{Type: batch.JobFailureTarget, Status: yes, Reason: reason, Message: message},
		{Type: batch.JobFailed, Status: yes, Reason: reason, Message: message},
	}
	if strings.Contains(job.Name, "-merge-") {
		job.Status.Conditions = []batch.JobCondition{
			{Type: batch.JobSuccessCriteriaMet, Status: yes},
			{Type: batch.JobComplete, Status: yes},
		}
	}
}

func pod(name string, code int32) core.Pod {
	return core.Pod{
		TypeMeta:   meta.TypeMeta{Kind: "Pod", APIVersion: "v1"},
		ObjectMeta: meta.ObjectMeta{Name: name, Namespace: "default"},
		Spec:       core.PodSpec{Containers: []core.Container{{Name: "makesync"}}},
		Status: core.PodStatus{Phase: core.PodFailed, ContainerStatuses: []core.ContainerStatus{
			{Name: "makesync", State: core.ContainerState{Terminated: &core.ContainerStateTerminated{ExitCode: code}}},
		}},
	}
}

func (a *apiServer) pods(selector string) core.PodList {
	list := core.PodList{TypeMeta: meta.TypeMeta{Kind: "PodList", APIVersion: "v1"}}
	job, ok := strings.CutPrefix(selector, "batch.kubernetes.io/job-name=")
	switch {
	case !ok || a.jobs[job] == nil:
	case strings.Contains(job, "-merge-"):
		result := pod(job+"-x", 3)
		result.Status.ContainerStatuses = append(result.Status.ContainerStatuses, pod("", 0).Status.ContainerStatuses...)
		result.Status.ContainerStatuses[1].Name = "mesh"
		list.Items = []core.Pod{result}
	default:
		meshed := pod(job+"-1-x", 1)
		meshed.Status.ContainerStatuses = append(pod("", 137).Status.ContainerStatuses, meshed.Status.ContainerStatuses...)
		meshed.Status.ContainerStatuses[0].Name = "mesh"
		meshed.Status.InitContainerStatuses = slices.Concat(pod("", 0).Status.ContainerStatuses, pod("", 0).Status.ContainerStatuses)
		meshed.Status.InitContainerStatuses[0].Name, meshed.Status.InitContainerStatuses[1].Name = "mesh-init", "state"
		evicted := core.Pod{ObjectMeta: meta.ObjectMeta{Name: job + "-5-x"}}
		evicted.Status.Reason, evicted.Status.Message = "Evicted", "the node was low on disk"
		unable := pod(job+"-6-x", 128)
		ended := unable.Status.ContainerStatuses[0].State.Terminated
		ended.Reason, ended.Message = "StartError", "exec format error"
		homeless := core.Pod{ObjectMeta: meta.ObjectMeta{Name: job + "-2-x"}}
		homeless.Status.Conditions = []core.PodCondition{
			{Type: core.PodReadyToStartContainers, Status: core.ConditionFalse},
			{Type: core.PodScheduled, Status: core.ConditionFalse, Reason: "Unschedulable", Message: "0/3 nodes fit"},
		}
		list.Items = []core.Pod{
			pod(job+"-0-x", 0),
			meshed,
			homeless,
			evicted,
			unable,
			waits(job+"-3-x", "InvalidImageName", "couldn't parse image name"),
			waits(job+"-4-x", "ContainerCreating", ""),
		}
	}
	return list
}

func waits(name, reason, message string) core.Pod {
	pod := core.Pod{ObjectMeta: meta.ObjectMeta{Name: name}}
	state := core.ContainerState{Waiting: &core.ContainerStateWaiting{Reason: reason, Message: message}}
	pod.Status.ContainerStatuses = []core.ContainerStatus{{State: state}}
	return pod
}

func (a *apiServer) events() []core.Event {
	var events []core.Event
	for name := range a.jobs {
		events = append(events, core.Event{ObjectMeta: meta.ObjectMeta{Name: name + ".1"},
			InvolvedObject: core.ObjectReference{Kind: "Job", Name: name},
			Type:           core.EventTypeWarning, Reason: "FailedCreate", Message: "exceeded quota"})
	}
	return events
}

// TestRunWithKubectl holds the scripted kubectl to the real one, where that is installed: flags,
// templates and answers that are no.
func TestRunWithKubectl(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("kubectl"); err != nil {
		t.Skip("CANNOT CHECK HERE: kubectl is not installed")
	}
	a := &apiServer{jobs: map[string]*batch.Job{}, looks: map[string]int{}}
	server := httptest.NewServer(a)
	t.Cleanup(server.Close)
	home := t.TempDir()
	config := filepath.Join(home, "config")
	text := fmt.Sprintf(`{"apiVersion": "v1", "kind": "Config", "current-context": "c",
"contexts": [{"name": "c", "context": {"cluster": "c"}}],
"clusters": [{"name": "c", "cluster": {"server": %q}}]}`, server.URL)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) (int, string) {
		c := exec.Command("sh", append([]string{"kubernetes/run"}, args...)...)
		c.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "KUBECONFIG=" + config, "POLL=0", "PATIENCE=2"}
		return result(t, c)
	}
	code, out := run("apply")
	for _, want := range []string{
		"failed: FailedIndexes: Job has failed indexes\n", "-1-x ended with 1:\n  the last words of makesync-apply-",
		"do not run:\n  Evicted: the node was low on disk\n  FailedCreate: exceeded quota\n" +
			"  InvalidImageName: couldn't parse image name\n  StartError: exec format error\n  Unschedulable: 0/3 nodes fit\n",
		"cluster of context c, namespace default\n",
		"\nthe last words of makesync-merge-", "the merge ended with 3; the run itself with 1\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("it does not say %q", want)
		}
	}
	if code != 1 || a.made() != 2 || strings.Contains(out, "ContainerCreating") || t.Failed() {
		t.Fatalf("exit %d, %d jobs:\n%s\n%s", code, a.made(), out, a.log())
	}
	if got := a.log(); !regexp.MustCompile(`/makesync-merge-\S+-x/log\?container=makesync&timeout=10m0s`).MatchString(got) {
		t.Errorf("a long result has no time:\n%s", got)
	}
	if code, out := run("attach", "makesync-apply-1"); code != 1 || !strings.Contains(out, "(NotFound)") {
		t.Errorf("attach to nothing: exit %d:\n%s", code, out)
	}
	a.mu.Lock()
	for name := range a.jobs {
		a.jobs[name].Status.Conditions = nil
		a.looks[name] = -9
	}
	a.mu.Unlock()
	if code, out := run("plan"); code != 8 || !strings.Contains(out, "a job runs already: ") {
		t.Errorf("beside a job: exit %d:\n%s", code, out)
	}
}
